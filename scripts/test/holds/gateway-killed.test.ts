import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, expect, onTestFailed, test, vi } from 'vitest';
import type { RequestLogRow } from '../../../functions/_shared/store/request-logs.ts';
import { allRows, callsInSums, deliveryPatienceMs, untilDelivered, urlOfBooks } from '../books.ts';
import { startCallers, type WholeAnswer } from '../callers.ts';
import { type Stack, startStack } from '../stack.ts';
import { expectWhole } from './plain-books.ts';
import { setting } from './settings.ts';

/**
 * The gateway, one of its processes killed at a time while 100 callers are at it, every other one
 * with a stream. KILLS says how often.
 */
const concurrent = 100;
const kills = setting('KILLS', 12);
/** A record that was dead-lettered over and over rests for a minute, two, four. */
const restingMs = 600_000;
const victims = ['proxy', 'ingest', 'broker'] as const;

type Victim = (typeof victims)[number];

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({
    parts: ['upstream', 'broker', 'proxy', 'ingest'],
    // Slow enough for streams to be on their way at any moment.
    env: { DEMO_PACE_MS: '8' },
  });
});
afterAll(() => stack?.end());

/** Any of them at any time, and each at least once. */
const drawVictim = (kill: number) => victims[kill < 3 ? kill : randomInt(3)] as Victim;

test(
  'kill -9 of any process under load: each whole answer has one row, none has two',
  async () => {
    onTestFailed(() => console.info(troubles(stack).join('\n')));
    const callers = startCallers({ ...stack.proxy, count: concurrent });
    const deaths = { proxy: 0, ingest: 0, broker: 0 };
    for (let kill = 0; kill < kills; kill++) {
      await callers.further(randomInt(20, 200));
      const victim = drawVictim(kill);
      stack.signal(victim, 'SIGKILL');
      deaths[victim]++;
      await stack.ready();
    }
    await callers.further(100);
    await callers.stop();
    for (const victim of victims) {
      const ended = stack.lines.filter((line) => line.startsWith(`${victim} ended (SIGKILL)`));
      expect(ended).toHaveLength(deaths[victim]);
    }

    const { whole, cutOff } = callers;
    // What comes a second time comes before the outbox is empty.
    await untilDelivered(stack, restingMs);
    // What the outbox says of itself comes a moment after what it tells of.
    await vi.waitFor(async () => expect(missingOf(whole, await allRows(stack))).toEqual([]), {
      timeout: deliveryPatienceMs,
      interval: 250,
    });
    const rows = await allRows(stack);
    const missing = missingOf(whole, rows);
    const doubled = rows.length - new Set(rows.map(({ id }) => id)).size;
    const streams = whole.filter(({ stream }) => stream).length;
    const { proxy, ingest, broker } = deaths;
    console.info(
      `gateway: kills ${kills} (proxy ${proxy}, ingest ${ingest}, broker ${broker}), ${concurrent} callers, ` +
        `answered whole ${whole.length} (${streams} streams), cut off ${cutOff.length}, ` +
        `rows ${rows.length}, missing ${missing.length}, doubled ${doubled}`,
    );
    expect({ missing, doubled }).toEqual({ missing: [], doubled: 0 });
    expect(await callsInSums(stack)).toEqual({ usage: rows.length, spend: rows.length });
    expect(streams).toBeGreaterThan(0);
    expect(streams).toBeLessThan(whole.length);
    // Of files that nobody has open any more.
    await stack.stop();
    console.info(`gateway: ${await expectWhole(urlOfBooks(stack))}`);
  },
  restingMs + 2 * deliveryPatienceMs + kills * 20_000,
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
