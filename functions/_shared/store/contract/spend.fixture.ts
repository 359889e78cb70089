import { describe, expect, test } from 'vitest';
import type { Store } from '../store.ts';
import { aRecord } from './record.fixture.ts';

export function describeSpend(store: () => Store): void {
  describe('spend', () => {
    test('spend is kept for each scope once', async () => {
      await store().requestLogs.book([
        aRecord({
          cost_nanos: 11,
          team_id: 'T',
          user_id: 'U',
          end_user: 'E',
          tags: ['G', 'G', 'H'],
        }),
      ]);
      for (const [scope, id] of [
        ['team', 'T'],
        ['user', 'U'],
        ['end_user', 'E'],
        ['tag', 'G'],
        ['tag', 'H'],
      ] as const) {
        expect(await store().spend.of(scope, id)).toEqual({ cost_nanos: 11, calls: 1 });
      }
      expect(await store().spend.of('team', 'nobody')).toEqual({ cost_nanos: 0, calls: 0 });
    });
  });
}
