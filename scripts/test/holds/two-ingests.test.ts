import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { encodeEvent } from '../../../functions/_shared/events/encode.ts';
import { eventTypes, requestCompleted } from '../../../functions/_shared/events/types.ts';
import { deriveKey } from '../../../functions/_shared/secrets.ts';
import { startPostgres } from '../../../functions/_shared/store/postgres/server.fixture.ts';
import { allRows, urlOfBooks } from '../books.ts';
import { masterKey, startStack } from '../stack.ts';
import { factsOf, idOf } from './numbered-record.ts';
import { expectPlainSums, expectWhole } from './plain-books.ts';
import { seed } from './settings.ts';

const count = 1200;
const concurrent = 24;
const now = Date.now();
const key = deriveKey(masterKey, 'events');

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** Brings each record, in an order of its own, and hears that it is booked. */
async function sendAll(url: string, numbers: number[]): Promise<void> {
  const waiting = numbers.values();
  const sender = async () => {
    for (const number of waiting) {
      const { headers, body } = encodeEvent({
        key,
        type: eventTypes.requestCompleted,
        source: '/tallygate/proxy/twice',
        id: idOf(number),
        time: now,
        data: JSON.stringify(factsOf(number, now)),
      });
      const answer = await fetch(`${url}/events`, { method: 'POST', headers, body });
      expect(answer.status).toBe(202);
    }
  };
  await Promise.all(Array.from({ length: concurrent }, sender));
}

async function figuresOf(url: string): Promise<{ booked: number; duplicates: number }> {
  const text = await fetch(`${url}/metrics`).then((answer) => answer.text());
  const figure = (name: string) => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1]);
  return {
    booked: figure('ingest_records_booked_total'),
    duplicates: figure('ingest_records_duplicate_total'),
  };
}

test.each(['SQLite by the proxy’s door', 'PostgreSQL'])(
  'two ingests that get the same records at once over %s book each once',
  async (name) => {
    // Nothing is past: each log is to be counted.
    const env: Record<string, string> = { LOGS_KEPT_DAYS: '0', PAYLOADS_KEPT_DAYS: '0' };
    if (name === 'PostgreSQL') {
      const server = await startPostgres();
      ends.push(() => server.stop());
      env.DATABASE_URL = await server.createDatabase();
    }
    const first = await startStack({ parts: ['proxy', 'ingest'], env });
    ends.push(first.end);
    const second = await startStack({
      parts: ['ingest'],
      env: { DATABASE_URL: first.urls.proxy, ...env },
    });
    ends.push(second.end);

    const numbers = Array.from({ length: count }, (_, number) => number);
    const whole = { minLength: count, maxLength: count };
    const orders = fc.sample(fc.shuffledSubarray(numbers, whole), { seed, numRuns: 2 });
    const urls = [first.urls.ingest, second.urls.ingest];
    await Promise.all(urls.map((url, index) => sendAll(url, orders[index] ?? [])));

    const figures = await Promise.all(urls.map(figuresOf));
    const rows = await allRows(first);
    const doubled = rows.length - new Set(rows.map(({ id }) => id)).size;
    console.info(
      `two ingests over ${name} (seed ${seed}): sent ${count} to both, booked ${figures.map(({ booked }) => booked).join(' + ')}, known already ${figures.map(({ duplicates }) => duplicates).join(' + ')}, rows ${rows.length}, doubled ${doubled}`,
    );
    const sum = (of: 'booked' | 'duplicates') =>
      figures.reduce((total, figure) => total + figure[of], 0);
    expect({ booked: sum('booked'), duplicates: sum('duplicates') }).toEqual({
      booked: count,
      duplicates: count,
    });
    expect({ rows: rows.length, doubled }).toEqual({ rows: count, doubled: 0 });
    // Neither could have had all to itself.
    for (const { booked } of figures) expect(booked).toBeGreaterThan(0);
    const calls = numbers.map((number) => requestCompleted.parse(factsOf(number, now)));
    await expectPlainSums(first.store, calls);
    console.info(await expectWhole(env.DATABASE_URL ?? urlOfBooks(first)));
  },
  180_000,
);
