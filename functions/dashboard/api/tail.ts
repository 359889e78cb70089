import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { answerJson } from '../../_shared/http/answer.ts';
import type { Routes } from '../../_shared/http/router.ts';
import type { Tail } from '../../_shared/store/request-logs.ts';
import type { Store } from '../../_shared/store/store.ts';
import { logFilterFields } from './filters.ts';
import { epochMs, readQuery } from './read.ts';

const { text: _, ...tailFilterFields } = logFilterFields;
const tailFields = {
  ...tailFilterFields,
  after: epochMs.optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
};

/**
 * How long a question is held open for news. Short beside every proxy's time-out between here and
 * the browser, and beside the time in which a function that is told to stop must have ended.
 */
const holdMs = 8_000;
const lookEveryMs = 500;

export interface TailAnswer extends Tail {
  /** True where more may have come than `limit`, and the oldest of it was left out. */
  overflowed: boolean;
}

/**
 * What is booked while someone looks on, by long-polling: each answer is whole, so none is lost in
 * a proxy that collects, and a function that sleeps is woken by the next question.
 */
export function tailRoutes(
  { requestLogs }: Pick<Store, 'requestLogs'>,
  leaving: AbortSignal,
): Routes {
  return {
    async 'GET /ui/api/request-logs/tail'(request, response) {
      const { after, limit, ...filter } = readQuery(request, tailFields);
      const gone = goneOf(response);
      const heldUntil = performance.now() + holdMs;
      const look = () => requestLogs.tail({ filter, after, limit });
      let tail = await look();
      if (after !== undefined && !tail.rows.some(({ booked_at }) => booked_at > after)) {
        // Rows that are no newer came with the answer before, as the store tells of them twice.
        const known = new Set(tail.rows.map(({ seq }) => seq));
        const signal = AbortSignal.any([gone, leaving]);
        const isNews = () => tail.rows.some(({ seq }) => !known.has(seq));
        while (!isNews() && !leaving.aborted && performance.now() < heldUntil) {
          await sleep(lookEveryMs, undefined, { signal }).catch(() => {});
          if (gone.aborted) return;
          tail = await look();
        }
      }
      const overflowed = tail.rows.length === limit;
      answerJson(response, 200, { ...tail, overflowed } satisfies TailAnswer);
    },
  };
}

function goneOf(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  response.once('close', () => controller.abort());
  return controller.signal;
}
