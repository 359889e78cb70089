import { z } from 'zod';
import { answerJson } from '../../_shared/http/answer.ts';
import { checkInput } from '../../_shared/http/checked.ts';
import { queryOf, type Routes } from '../../_shared/http/router.ts';
import type { Store } from '../../_shared/store/store.ts';

const mostIds = 100;
const idsField = z.object({ id: z.array(z.string().min(1).max(128)).min(1).max(mostIds) });

const keptMs = 5 * 60_000;
const mostKept = 10_000;
const allTime = { from: 0, to: 9_000_000_000_000 };

export interface KeyAliasesAnswer {
  /** By key id; null for a key without an alias, or without a call. */
  aliases: Record<string, string | null>;
}

/** What keys are called: rollups know them by their hash alone, the latest call knows the alias. */
export function keyAliasRoutes(
  { requestLogs }: Pick<Store, 'requestLogs'>,
  now: () => number,
): Routes {
  const kept = new Map<string, { alias: string | null; until: number }>();

  async function aliasOf(id: string): Promise<string | null> {
    const known = kept.get(id);
    if (known && known.until > now()) return known.alias;
    const query = { range: allTime, filter: { key_id: id }, limit: 1 };
    const { rows } = await requestLogs.list(query);
    const alias = rows[0]?.key_alias ?? null;
    // Set anew, it is the map's youngest; the oldest makes room.
    kept.delete(id);
    kept.set(id, { alias, until: now() + keptMs });
    if (kept.size > mostKept) kept.delete(kept.keys().next().value as string);
    return alias;
  }

  return {
    async 'GET /ui/api/key-aliases'(request, response) {
      const { id: ids } = checkInput(idsField, { id: queryOf(request).getAll('id') });
      const aliases = await Promise.all(ids.map(async (id) => [id, await aliasOf(id)] as const));
      answerJson(response, 200, {
        aliases: Object.fromEntries(aliases),
      } satisfies KeyAliasesAnswer);
    },
  };
}
