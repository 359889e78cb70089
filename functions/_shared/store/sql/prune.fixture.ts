import { expect, test, vi } from 'vitest';
import { aRecord } from '../contract/record.fixture.ts';
import type { Store } from '../store.ts';

const minuteMs = 60_000;

/** What pruning must do on every database of SQL's. */
export function describePruning(
  driver: string,
  open: () => Promise<Store & { prune(): Promise<void> }>,
): void {
  test(`on ${driver} minutes go after two days; the quarters keep every call`, async () => {
    const store = await open();
    const range = { from: Date.now() - 72 * 3600_000, to: Date.now() + 3600_000 };
    const records = Array.from({ length: 450 }, (_, index) =>
      aRecord({ started_at: range.from + index * minuteMs }),
    );
    vi.setSystemTime(range.from + 451 * minuteMs);
    await store.requestLogs.book(records).finally(() => vi.useRealTimers());
    await store.requestLogs.book([aRecord()]);
    const callsByMinute = async () => {
      const query = { range, filter: {}, step: 'minute' as const, time_zone: 'UTC' };
      const points = await store.usage.series(query);
      return points.reduce((sum, { calls }) => sum + calls, 0);
    };
    expect(await callsByMinute()).toBe(451);

    await Promise.all([store.prune(), store.prune()]);
    expect(await callsByMinute()).toBe(1);
    const { calls, latency_ms } = await store.usage.totals({ range, filter: {} });
    expect(calls).toBe(451);
    expect(latency_ms.p50).not.toBeNull();
    await store.close();
  });
}
