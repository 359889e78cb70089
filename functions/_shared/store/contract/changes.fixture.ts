import { describe, expect, test } from 'vitest';
import type { Change } from '../governance/changes.ts';
import type { Store } from '../store.ts';
import { admin, aKey, anEntity, anId } from './entity.fixture.ts';

export function describeChanges(store: () => Store): void {
  const now = async () => (await store().changes.since(null)).next;
  const aBudget = () => ({ budget_id: anId('budgets') });

  describe('changes', () => {
    test('all are made or none', async () => {
      const [one, two] = [aBudget(), aBudget()];
      await store().budgets.put(two, { version: 0, by: admin });
      const before = await now();
      const apply = store().changes.apply(
        [
          { kind: 'budgets', put: one, version: 0 },
          { kind: 'budgets', put: { ...two, rpm_limit: 1 }, version: 7 },
        ],
        admin,
      );
      await expect(apply).rejects.toMatchObject({
        code: 'conflict',
        message: expect.stringMatching(/at version 1, not 7/),
        details: { param: 'version' },
      });
      expect(await store().budgets.get(one.budget_id)).toBeNull();
      const { changes } = await store().changes.since(before);
      expect(changes.filter(({ id }) => id === one.budget_id)).toEqual([]);
      const filter = { object_id: one.budget_id };
      expect(await store().auditLog.list({ filter, limit: 5 })).toEqual([]);
    });

    test('whoever looks again and again hears of every change once, in order', async () => {
      const entities = Array.from({ length: 40 }, aBudget);
      const heard: { seq: number; id: string }[] = [];
      let next = await now();
      const look = async () => {
        const answer = await store().changes.since(next);
        expect(answer.complete).toBe(true);
        heard.push(...answer.changes);
        next = answer.next;
      };
      const puts = entities.map((entity) => store().budgets.put(entity, { version: 0, by: admin }));
      let isDone = false;
      const done = Promise.all(puts).finally(() => {
        isDone = true;
      });
      while (!isDone) await look();
      await done;
      await look();
      const ours = new Set(entities.map(({ budget_id }) => budget_id));
      const heardOfOurs = heard.filter(({ id }) => ours.has(id));
      expect(heardOfOurs).toHaveLength(entities.length);
      expect(new Set(heardOfOurs.map(({ id }) => id))).toEqual(ours);
      const seqs = heard.map(({ seq }) => seq);
      expect(seqs).toEqual(seqs.toSorted((a, b) => a - b));
      expect(new Set(seqs).size).toBe(seqs.length);
    });

    test('one who asks after what this store never counted is told to begin anew', async () => {
      const next = await now();
      expect(await store().changes.since(next + 1000)).toEqual({
        changes: [],
        next,
        complete: false,
      });
    });

    test('what makes no sense is refused', async () => {
      const key = aKey();
      const refuses = (changes: unknown[], message: RegExp) =>
        expect(store().changes.apply(changes as Change[], admin)).rejects.toMatchObject({
          code: 'invalid_request',
          message: expect.stringMatching(message),
        });
      const put = { kind: 'keys', put: key, version: 0 };
      await refuses([], /apply/);
      await refuses([put, { kind: 'keys', remove: key.token, version: 1 }], /once/);
      await refuses([{ kind: 'keys', version: 0 }], /put/);
      await refuses([{ ...put, remove: key.token }], /not both/);
      await refuses([{ kind: 'keys', remove: key.token, version: 0 }], /version/);
      await refuses([{ ...put, kind: 'nonsense' }], /kind/);
      await refuses([{ ...put, kind: 'teams' }], /put/);
      await refuses(Array(501).fill({ kind: 'teams', put: anEntity('teams'), version: 0 }), /500/);
    });
  });
}
