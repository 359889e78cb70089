import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, expect, onTestFailed, test, vi } from 'vitest';
import type { RequestLogRow } from '../../functions/_shared/store/request-logs.ts';
import { allRows, callsInSums, deliveryPatienceMs, untilDelivered } from './books.ts';
import { startCallers, type WholeAnswer } from './callers.ts';
import { type Stack, startStack } from './stack.ts';

const concurrent = 100;
const kills = 3;

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({
    parts: ['upstream', 'broker', 'proxy', 'ingest'],
    // Slow enough for streams to be on their way at any moment.
    env: { DEMO_PACE_MS: '8' },
  });
});
afterAll(() => stack?.end());

test.each(['proxy', 'ingest', 'broker'] as const)(
  'kill -9 of the %s under load: each whole answer has one row, none has two',
  async (victim) => {
    onTestFailed(() => console.log(troubles(stack).join('\n')));
    const callers = startCallers({ ...stack.proxy, count: concurrent });
    for (let kill = 0; kill < kills; kill++) {
      await callers.further(randomInt(20, 200));
      stack.signal(victim, 'SIGKILL');
      await stack.ready();
    }
    await callers.further(100);
    await callers.stop();
    const deaths = stack.lines.filter((line) => line.startsWith(`${victim} ended (SIGKILL)`));
    expect(deaths).toHaveLength(kills);

    const { whole, cutOff } = callers;
    await vi.waitFor(async () => expect(missingOf(whole, await allRows(stack))).toEqual([]), {
      timeout: deliveryPatienceMs,
      interval: 250,
    });
    // What comes a second time comes before the outbox is empty.
    await untilDelivered(stack);
    const rows = await allRows(stack);
    const missing = missingOf(whole, rows);
    const doubled = rows.length - new Set(rows.map(({ id }) => id)).size;
    const streams = whole.filter(({ stream }) => stream).length;
    const booked = whole.length - missing.length;
    console.log(
      `kill -9 of the ${victim}, ${kills} times, ${concurrent} concurrent: ` +
        `answered whole: ${whole.length} (${streams} streams), rows: ${booked}, ` +
        `missing ${missing.length}, doubled ${doubled}; cut off: ${cutOff.length}`,
    );
    expect({ missing, doubled }).toEqual({ missing: [], doubled: 0 });
    expect(await callsInSums(stack)).toEqual({ usage: rows.length, spend: rows.length });
    expect(streams).toBeGreaterThan(0);
    expect(streams).toBeLessThan(whole.length);
  },
  3 * deliveryPatienceMs,
);

/** What the parts had to say, but for how they are doing. */
const troubles = ({ lines }: Stack) => lines.filter((line) => !line.includes('"level":"info"'));

/** The answers that have no row which tells of them. */
function missingOf(whole: WholeAnswer[], rows: RequestLogRow[]): WholeAnswer[] {
  const booked = new Map(rows.map((row) => [row.id, row]));
  return whole.filter(({ callId, responseId, stream }) => {
    const row = booked.get(callId);
    const tells = row?.status === 'success' && row.response_id === responseId;
    return !tells || row.stream !== stream;
  });
}
