import { describe, expect, test } from 'vitest';
import type { Store } from '../store.ts';
import { admin, anEntity, anId } from './entity.fixture.ts';

export function describeAuditLog(store: () => Store): void {
  describe('audit log', () => {
    test('each change of an entity is in it: who, what, before and after', async () => {
      const setting = { name: anId('settings'), value: 1 };
      const by = { changed_by: 'eve', changed_by_api_key: anId('keys') };
      const terms = (version: number, action?: string) => ({ version, by, action });
      const made = await store().settings.put(setting, terms(0));
      const changed = await store().settings.put({ ...setting, value: 2 }, terms(1, 'raised'));
      await store().settings.remove(setting.name, terms(2));
      const filter = { object_id: setting.name, changed_by: 'eve' };
      const rows = await store().auditLog.list({ filter, limit: 10 });
      const common = {
        ...by,
        kind: 'settings',
        object_id: setting.name,
        id: expect.any(String),
        updated_at: expect.any(Number),
      };
      expect(rows).toHaveLength(3);
      expect(rows).toEqual(
        expect.arrayContaining([
          { ...common, action: 'created', before_value: null, updated_values: made },
          { ...common, action: 'raised', before_value: made, updated_values: changed },
          { ...common, action: 'deleted', before_value: changed, updated_values: null },
        ]),
      );
    });

    test('no secret is in it', async () => {
      const model = { ...anEntity('models'), sealed_params: 's'.repeat(50) };
      await store().models.put(model as never, { version: 0, by: admin });
      await store().auditLog.append(
        {
          action: 'tried',
          kind: 'connections',
          object_id: String((model as Record<string, unknown>).model_id),
          before_value: { deep: [{ langfuse_secret_key: 'sk-lf-1', max_tokens: 5 }] },
          updated_values: { api_key: 'os.environ/KEY' },
        },
        admin,
      );
      const filter = { object_id: String((model as Record<string, unknown>).model_id) };
      const rows = await store().auditLog.list({ filter, limit: 10 });
      expect(rows.find(({ action }) => action === 'created')?.updated_values).toMatchObject({
        sealed_params: '(sealed)',
        litellm_params: { api_key: 'os.environ/OPENAI_API_KEY' },
      });
      expect(rows.find(({ action }) => action === 'tried')).toMatchObject({
        before_value: { deep: [{ langfuse_secret_key: '(secret)', max_tokens: 5 }] },
        updated_values: { api_key: 'os.environ/KEY' },
      });
    });

    test('pages over entries of one moment miss none', async () => {
      const object_id = anId('users', 'log-in-عربي\0\ud83d');
      const entry = { action: 'logged_in', kind: 'sessions', object_id };
      const appended = await Promise.all(
        Array.from({ length: 9 }, (_, index) =>
          store().auditLog.append({ ...entry, before_value: null, updated_values: index }, admin),
        ),
      );
      const seen: string[] = [];
      let before: { updated_at: number; id: string } | undefined;
      for (;;) {
        const filter = { object_id, action: 'logged_in' };
        const rows = await store().auditLog.list({ filter, limit: 4, before });
        if (rows.length === 0) break;
        seen.push(...rows.map(({ id }) => id));
        before = rows.at(-1);
        if (before) before = { updated_at: before.updated_at, id: before.id };
      }
      expect(seen.toSorted()).toEqual(appended.map(({ id }) => id).sort());
      const range = { from: 0, to: 1 };
      expect(await store().auditLog.list({ filter: { object_id, range }, limit: 4 })).toEqual([]);
      await expect(store().auditLog.list({ filter: {}, limit: 501 })).rejects.toMatchObject({
        code: 'invalid_request',
      });
    });
  });
}
