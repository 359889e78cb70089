import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { allRows, deliveryPatienceMs, untilDelivered, urlOfBooks } from '../books.ts';
import { startCallers, type WholeAnswer } from '../callers.ts';
import { type Stack, startStack } from '../stack.ts';
import { expectWhole } from './plain-books.ts';

const hourMs = 3600_000;
const minuteMs = 60_000;
const shifted = ['proxy', 'ingest'] as const;
type Shifted = (typeof shifted)[number];

let folder: string;
let stack: Stack;
const pathOf = (name: Shifted) => join(folder, name);
const setClock = (name: Shifted, hours: number) =>
  writeFileSync(pathOf(name), String(hours * hourMs));

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tallygate-clock-'));
  for (const name of shifted) setClock(name, 0);
  const preload = fileURLToPath(new URL('./shift-clock.ts', import.meta.url));
  const envOf = (name: Shifted) => ({
    NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --import ${preload}`,
    CLOCK_SHIFT_PATH: pathOf(name),
  });
  stack = await startStack({
    parts: ['upstream', 'broker', 'proxy', 'ingest'],
    envOf: () => ({ proxy: envOf('proxy'), ingest: envOf('ingest') }),
  });
});
afterAll(async () => {
  await stack?.end();
  rmSync(folder, { recursive: true, force: true });
});

/** Resolves when a call is booked that began by the proxy's clock as it is now. */
async function untilBookedAt(hours: number, whole: WholeAnswer[]): Promise<void> {
  for (let off = Number.NaN; !(Math.abs(off - hours * hourMs) < hourMs / 2); ) {
    const { callId } = whole.at(-1) as WholeAnswer;
    const row = await vi.waitUntil(() => stack.store.requestLogs.find(callId), {
      timeout: deliveryPatienceMs,
      interval: 50,
    });
    off = row.started_at - Date.now();
  }
}

/** Hours by which the clocks are wrong, one after the other. */
const jumps: [proxy: number, ingest: number][] = [
  [-2, -2],
  [2, 2],
  [0, -2],
  [-2, 2],
  [2, 0],
  [0, 0],
];

test('clocks that jump by hours under load: no call is lost or doubled, and each has its minute', async () => {
  const callers = startCallers({ ...stack.proxy, count: 20 });
  await callers.further(50);
  for (const [proxy, ingest] of jumps) {
    // Some wait in the outbox while the clocks are set.
    stack.signal('ingest', 'SIGSTOP');
    await callers.further(40);
    setClock('proxy', proxy);
    setClock('ingest', ingest);
    await callers.further(40);
    stack.signal('ingest', 'SIGCONT');
    await untilBookedAt(proxy, callers.whole);
  }
  await callers.stop();
  await untilDelivered(stack);

  const { whole, failures } = callers;
  const rows = await allRows(stack);
  const booked = new Set(rows.map(({ id }) => id));
  const missing = whole.filter(({ callId }) => !booked.has(callId));
  const doubled = rows.length - booked.size;
  const now = Date.now();
  const range = { from: now - 3 * hourMs, to: now + 3 * hourMs };
  const minutes = await stack.store.usage.series({
    range,
    filter: {},
    step: 'minute',
    time_zone: 'UTC',
  });
  console.info(
    `clock: jumps ${jumps.length}, answered ${whole.length}, rows ${rows.length}, missing ${missing.length}, doubled ${doubled}, minutes ${minutes.length} with ${minutes.reduce((sum, { calls }) => sum + calls, 0)} calls`,
  );
  expect(failures).toEqual(new Map());
  expect({ missing, doubled }).toEqual({ missing: [], doubled: 0 });
  const begun = Map.groupBy(rows, ({ started_at: at }) => at - (at % minuteMs));
  expect(minutes.map(({ start, calls }) => [start, calls])).toEqual(
    [...begun].map(([start, { length }]) => [start, length]).sort(([a = 0], [b = 0]) => a - b),
  );
  expect((await stack.store.usage.totals({ range, filter: {} })).calls).toBe(rows.length);
  expect((await stack.store.spend.of('global', '')).calls).toBe(rows.length);
  await stack.stop();
  console.info(`clock: ${await expectWhole(urlOfBooks(stack))}`);
}, 300_000);
