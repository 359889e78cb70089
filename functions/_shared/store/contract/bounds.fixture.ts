import { describe, expect, test } from 'vitest';
import type { Store } from '../store.ts';
import { aRecord, ownRange } from './record.fixture.ts';

export function describeBounds(store: () => Store): void {
  describe('bounds', () => {
    test('what is out of bounds is refused, saying what', async () => {
      const range = ownRange();
      const refused = (call: Promise<unknown>, message: RegExp) =>
        expect(call).rejects.toMatchObject({
          code: 'invalid_request',
          message: expect.stringMatching(message),
        });
      const list = (limit: number) => store().requestLogs.list({ range, filter: {}, limit });
      await refused(list(0), /limit/);
      await refused(list(501), /limit/);
      await refused(store().requestLogs.find('x'.repeat(513)), /find/);
      await refused(store().requestLogs.book(Array(1001).fill(aRecord())), /book/);
      const query = { filter: {}, time_zone: 'UTC' };
      await refused(
        store().usage.totals({ range: { from: range.to, to: range.from }, filter: {} }),
        /start before/,
      );
      await refused(
        store().usage.series({ ...query, range: { from: 0, to: 1e12 }, step: 'minute' }),
        /longer step/,
      );
      await refused(
        store().usage.series({ ...query, range, step: 'day', time_zone: 'Mars/Olympus' }),
        /Mars/,
      );
    });
  });
}
