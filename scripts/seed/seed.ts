import { parseArgs } from 'node:util';
import { openStore } from '../../functions/_shared/store/open.ts';
import type { BookableRecord } from '../../functions/_shared/store/request-logs.ts';
import { createLogger } from '../../functions/_shared/telemetry.ts';
import { createTraffic } from './traffic.ts';

/**
 * npx node scripts/seed/seed.ts --store file:data/tallygate.db [--calls 100000] [--days 365]
 *   [--body-length 4096] [--seed 1]
 *
 * Books plausible traffic of the last days, for looking at the dashboard with something in it and
 * for measuring queries. The same settings book the same calls: running it twice adds nothing.
 */
const { values } = parseArgs({
  options: {
    store: { type: 'string' },
    calls: { type: 'string', default: '100000' },
    days: { type: 'string', default: '365' },
    'body-length': { type: 'string', default: '4096' },
    seed: { type: 'string', default: '1' },
  },
});
const dayMs = 86_400_000;
const batchSize = 1000;
const say = (text: string) => process.stderr.write(`${text}\n`);

function wholeNumber(name: 'calls' | 'days' | 'body-length' | 'seed', most: number): number {
  const value = Number(values[name]);
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new Error(`--${name} must be a whole number from 1 to ${most}.`);
}

async function seed(): Promise<void> {
  if (!values.store) throw new Error('Say where to: --store file:<path> or postgres://…');
  const calls = wholeNumber('calls', 1e9);
  // Whole days, so that a second run of the same day means the same calls.
  const to = Math.floor(Date.now() / dayMs) * dayMs;
  const traffic = createTraffic({
    calls,
    from: to - wholeNumber('days', 3650) * dayMs,
    to,
    seed: wholeNumber('seed', 2 ** 31),
    bodyLength: wholeNumber('body-length', 1_000_000),
  });
  const logger = createLogger('seed', 'warn');
  const store = await openStore({ url: values.store, bearer: '', logger });
  const began = performance.now();
  let seen = 0;
  let booked = 0;
  let batch: BookableRecord[] = [];
  const book = async (records: BookableRecord[]) => {
    booked += (await store.requestLogs.book(records)).booked;
    seen += records.length;
    const rate = Math.round(seen / ((performance.now() - began) / 1000));
    if (seen % 50_000 === 0 || seen === calls) say(`${seen} of ${calls}, ${rate}/s`);
  };
  // While one batch is booked, in the store's thread, the next one is made up.
  let booking = Promise.resolve();
  for (const record of traffic) {
    batch.push(record);
    if (batch.length < batchSize) continue;
    await booking;
    booking = book(batch);
    batch = [];
  }
  await booking;
  if (batch.length > 0) await book(batch);
  await store.close();
  say(`${booked} calls are booked; ${seen - booked} were there already.`);
}

seed().catch((error: unknown) => {
  say(error instanceof Error ? error.message : String(error));
  process.exit(1);
});
