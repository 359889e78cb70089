import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { encodeEvent } from '../../../functions/_shared/events/encode.ts';
import { eventTypes } from '../../../functions/_shared/events/types.ts';
import { deriveKey } from '../../../functions/_shared/secrets.ts';
import {
  type PostgresServer,
  startPostgres,
} from '../../../functions/_shared/store/postgres/server.fixture.ts';
import { allRows, callsInSums, untilDelivered, urlOfBooks } from '../books.ts';
import { startCallers } from '../callers.ts';
import { masterKey, type Stack, type StackOptions, startStack } from '../stack.ts';
import { expectWhole } from './plain-books.ts';
import { setting } from './settings.ts';
import { startSlowRelay } from './slow-relay.ts';

/**
 * A store that is away, or slow, while calls go on. AWAY_SECONDS says how long PostgreSQL is gone,
 * SLOW_SECONDS how long each of a slow store's answers takes and a third of how long that lasts.
 */
const awaySeconds = setting('AWAY_SECONDS', 5);
const slowSeconds = setting('SLOW_SECONDS', 1);
const patienceMs = 300_000 + 1000 * (awaySeconds + 10 * slowSeconds);

const parts: StackOptions['parts'] = ['upstream', 'broker', 'proxy', 'ingest'];
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function startOn(options: Omit<StackOptions, 'parts'>): Promise<Stack> {
  const stack = await startStack({ parts, ...options });
  ends.push(stack.end);
  return stack;
}

async function startServer(): Promise<{ server: PostgresServer; url: string }> {
  const server = await startPostgres();
  ends.push(() => server.stop());
  return { server, url: await server.createDatabase() };
}

async function depthOf({ urls }: Stack): Promise<number> {
  const text = await fetch(`${urls.proxy}/metrics`).then((answer) => answer.text());
  return Number(/^outbox_depth (\d+)$/m.exec(text)?.[1]);
}

/** What ingest says to a record that comes straight to it. */
async function sendToIngest({ urls }: Stack, id: string): Promise<number> {
  const time = Date.now();
  const { headers, body } = encodeEvent({
    key: deriveKey(masterKey, 'events'),
    type: eventTypes.requestCompleted,
    source: '/somebody/else',
    id,
    time,
    data: JSON.stringify({ started_at: time, model: 'theirs', cost_nanos: 1 }),
  });
  const answer = await fetch(`${urls.ingest}/events`, { method: 'POST', headers, body });
  return answer.status;
}

const medianOf = (values: number[]) =>
  Math.round(values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN);

/** Every whole answer has one row, no row is doubled, and the sums are of as many. */
async function expectBookedOnce(
  stack: Stack,
  callers: ReturnType<typeof startCallers>,
  { url, beside, what }: { url: string; beside: number; what: string },
) {
  expect(callers.failures).toEqual(new Map());
  await untilDelivered(stack);
  const rows = await allRows(stack);
  const booked = new Set(rows.map(({ id }) => id));
  const missing = callers.whole.filter(({ callId }) => !booked.has(callId));
  const doubled = rows.length - booked.size;
  console.info(
    `${what}; answered ${callers.whole.length}, rows ${rows.length}, missing ${missing.length}, doubled ${doubled}`,
  );
  expect({ missing, doubled }).toEqual({ missing: [], doubled: 0 });
  expect(rows).toHaveLength(callers.whole.length + beside);
  expect(await callsInSums(stack)).toEqual({ usage: rows.length, spend: rows.length });
  console.info(`${what}: ${await expectWhole(url)}`);
}

test(
  'PostgreSQL gone for a while: 503 at ingest, calls go on, records wait, then all are booked once',
  async () => {
    const { server, url } = await startServer();
    const stack = await startOn({ env: { DATABASE_URL: url } });
    const callers = startCallers({ ...stack.proxy, count: 4 });
    await callers.further(40);
    await untilDelivered(stack);

    await server.kill();
    const goneAt = performance.now();
    const before = callers.whole.length;
    expect(await sendToIngest(stack, 'while-away')).toBe(503);
    await callers.further(40);
    await sleep(Math.max(0, awaySeconds * 1000 - (performance.now() - goneAt)));
    expect(await sendToIngest(stack, 'while-away')).toBe(503);
    const whileAway = callers.whole.length - before;
    // What the outbox says of itself comes a moment after what it tells of.
    await vi.waitFor(async () => expect(await depthOf(stack)).toBeGreaterThanOrEqual(40), 20_000);
    const waiting = await depthOf(stack);
    await server.start();

    await vi.waitFor(async () => expect(await sendToIngest(stack, 'while-away')).toBe(202), {
      timeout: 60_000,
      interval: 250,
    });
    await callers.further(20);
    await callers.stop();
    const what = `PostgreSQL gone for ${awaySeconds} s: answered meanwhile ${whileAway}, waiting then ${waiting}`;
    await expectBookedOnce(stack, callers, { url, beside: 1, what });
  },
  patienceMs,
);

describe('a slow store', () => {
  test.each(['PostgreSQL', 'SQLite by the proxy’s door'])(
    '%s: calls do not wait for it, and all are booked once',
    async (name) => {
      const relay = await startSlowRelay();
      ends.push(relay.close);
      let stack: Stack;
      let url: string;
      if (name === 'PostgreSQL') {
        const server = await startServer();
        url = server.url;
        const { hostname, pathname } = new URL(url);
        relay.leadTo({ path: join(decodeURIComponent(hostname), '.s.PGSQL.5432') });
        const relayed = `postgres://plain@127.0.0.1:${relay.port}${pathname}`;
        stack = await startOn({ env: { DATABASE_URL: relayed } });
      } else {
        stack = await startOn({
          envOf({ proxy }) {
            relay.leadTo({ host: '127.0.0.1', port: Number(new URL(proxy).port) });
            return { ingest: { DATABASE_URL: `http://127.0.0.1:${relay.port}` } };
          },
        });
        url = urlOfBooks(stack);
      }
      const callers = startCallers({ ...stack.proxy, count: 4 });
      await callers.further(100);
      const usual = medianOf(callers.latencies.splice(0));

      relay.slowDown(slowSeconds * 1000);
      const slowAt = performance.now();
      await callers.further(40);
      await sleep(Math.max(0, 3000 * slowSeconds - (performance.now() - slowAt)));
      const latencies = callers.latencies.splice(0);
      const waiting = await depthOf(stack);
      await callers.stop();
      relay.slowDown(0);

      const what = `${name}, answers ${slowSeconds} s late: calls took ${usual} ms before and ${medianOf(latencies)} ms meanwhile (median of ${latencies.length}), waiting then ${waiting}`;
      await expectBookedOnce(stack, callers, { url, beside: 0, what });
      expect(waiting).toBeGreaterThan(0);
      // Had they waited for the store, each had taken longer than that.
      expect(medianOf(latencies)).toBeLessThan((slowSeconds * 1000) / 2);
    },
    patienceMs,
  );
});
