import { join } from 'node:path';
import { expect, vi } from 'vitest';
import type {
  RequestLogDetail,
  RequestLogRow,
} from '../../functions/_shared/store/request-logs.ts';
import type { Stack } from './stack.ts';

const patienceMs = 20_000;
/** A dead letter, which a slow machine can bring about, rests for a minute. */
export const deliveryPatienceMs = 100_000;
const always = { from: 0, to: 9_000_000_000_000 };

/** The row of a call, as soon as it is booked. */
export function rowOf({ store }: Stack, callId: string): Promise<RequestLogDetail> {
  return vi.waitFor(
    async () => {
      const row = await store.requestLogs.find(callId);
      if (row === null) throw new Error(`There is no row of ${callId}.`);
      return row;
    },
    { timeout: patienceMs, interval: 20 },
  );
}

/** Where they lie, for those who look at the file itself. */
export const urlOfBooks = ({ dataFolder }: Stack) => `file:${join(dataFolder, 'tallygate.db')}`;

/** Every row in the books, newest first. */
export async function allRows({ store }: Pick<Stack, 'store'>): Promise<RequestLogRow[]> {
  const rows: RequestLogRow[] = [];
  const query = { range: always, filter: {}, limit: 500 };
  let { rows: page, next } = await store.requestLogs.list(query);
  rows.push(...page);
  while (next) {
    ({ rows: page, next } = await store.requestLogs.list({ ...query, before: next }));
    rows.push(...page);
  }
  return rows;
}

/** How many calls the sums tell of, each counted when its row was booked. */
export async function callsInSums({ store }: Stack): Promise<{ usage: number; spend: number }> {
  const range = { from: 0, to: Date.now() + 60_000 };
  const [usage, spend] = await Promise.all([
    store.usage.totals({ range, filter: {} }),
    store.spend.of('global', ''),
  ]);
  return { usage: usage.calls, spend: spend.calls };
}

/** Resolves when the proxy has brought every record away. */
export async function untilDelivered({ urls }: Stack, timeout = deliveryPatienceMs): Promise<void> {
  await vi.waitFor(
    async () => {
      const metrics = await fetch(`${urls.proxy}/metrics`).then((answer) => answer.text());
      expect(metrics).toMatch(/^outbox_depth 0$/m);
    },
    { timeout, interval: 50 },
  );
}
