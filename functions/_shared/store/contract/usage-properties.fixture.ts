import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CallFilter } from '../call-filter.ts';
import type { BookableRecord } from '../request-logs.ts';
import type { Store } from '../store.ts';
import type { UsageDimension, UsageTotals } from '../usage.ts';
import { type Data, namesIn, plainSums } from './plain-sums.fixture.ts';
import { aRecord, ownRange } from './record.fixture.ts';

const hourMs = 3_600_000;
const days = 6;

/** Zones on either side of UTC, of whole hours and of quarters, with and without a change of clocks. */
const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'Australia/Adelaide'];
const steps = ['quarter_hour', 'hour', 'day'] as const;
const dimensions = ['model', 'provider', 'status', 'key_id', 'team_id', 'user_id', 'tag'] as const;

const name = fc.constantFrom('', 'a', 'b');
const drawnCall = fc.record({
  id: fc.nat(60),
  at: fc.nat(days * 24 * hourMs - 1),
  cost_nanos: fc.option(fc.nat(1e12)),
  saved_nanos: fc.option(fc.nat(1e9)),
  latency_ms: fc.option(fc.double({ min: 0, max: 1e5, noNaN: true })),
  time_to_first_token_ms: fc.option(fc.double({ min: 0, max: 1e5, noNaN: true })),
  status: fc.constantFrom('success', 'failure', 'interrupted'),
  cache_hit: fc.boolean(),
  input: fc.nat(1e6),
  output: fc.nat(1e6),
  model: fc.constantFrom('x', 'y'),
  provider: name,
  key_id: name,
  team_id: name,
  user_id: name,
  tags: fc.array(name, { maxLength: 3 }),
});
const drawnFilter = fc.record(
  {
    model: fc.constantFrom('x', 'y', 'z'),
    provider: name,
    status: fc.constantFrom('success', 'failure', 'interrupted'),
    key_id: name,
    team_id: name,
    user_id: name,
    tag: name,
  },
  { requiredKeys: [] },
);
const drawnQuestion = fc.record({
  filter: fc.oneof(fc.constant({}), drawnFilter),
  from: fc.nat(days * 24 * 4),
  quarters: fc.integer({ min: 1, max: days * 24 * 4 }),
  step: fc.constantFrom(...steps),
  time_zone: fc.constantFrom(...zones),
  by: fc.constantFrom(...dimensions),
});

const matches = (data: Data, filter: CallFilter) =>
  Object.entries(filter).every(([dimension, value]) =>
    namesIn(data, dimension as UsageDimension).includes(value),
  );

function expectTotals(totals: UsageTotals, calls: Data[]) {
  expect(totals).toMatchObject(plainSums(calls));
  for (const metric of ['latency_ms', 'time_to_first_token_ms'] as const) {
    const values = calls
      .map((data) => data[metric])
      .filter((value) => value !== null)
      .sort((a, b) => a - b);
    for (const [percentile, share] of [
      ['p50', 0.5],
      ['p95', 0.95],
      ['p99', 0.99],
    ] as const) {
      const found = totals[metric][percentile];
      const exact = values[Math.max(1, Math.ceil(share * values.length)) - 1];
      if (exact === undefined) expect(found).toBeNull();
      else
        expect(Math.abs((found ?? Number.NaN) - exact)).toBeLessThanOrEqual(exact * 0.0101 + 1e-6);
    }
  }
}

/** Where a bar begins there that a moment is in, found by the clock alone. */
function barOf(at: number, step: (typeof steps)[number], zone: string): string {
  const parts = new Intl.DateTimeFormat('sv-SE', {
    timeZone: zone,
    dateStyle: 'short',
    timeStyle: 'short',
    hourCycle: 'h23',
  }).format(at);
  if (step === 'day') return parts.slice(0, 10);
  if (step === 'hour') return parts.slice(0, 13);
  return String(Math.floor(at / 900_000) * 900_000);
}

export function describeUsageProperties(store: () => Store): void {
  test('in any order, doubled and in batches, usage is the plain sum over distinct records', async () => {
    const { usage, requestLogs } = store();
    await fc.assert(
      fc.asyncProperty(
        fc.array(drawnCall, { minLength: 1, maxLength: 80 }),
        fc.nat(80),
        fc.array(drawnQuestion, { minLength: 6, maxLength: 6 }),
        async (draws, cut, questions) => {
          // Whose local days reach beyond the range must find nobody else's calls there.
          const start = ownRange().from + 2 * 24 * hourMs;
          const byId = new Map(
            draws.map(({ id, at, input, output, ...data }) => [
              id,
              aRecord(
                { ...data, started_at: start + at, tokens: { input, output } },
                `${start}-${id}`,
              ),
            ]),
          );
          const records = draws.map(({ id }) => byId.get(id) as BookableRecord);
          await requestLogs.book(records.slice(0, cut));
          await requestLogs.book(records.toReversed());
          await Promise.all([requestLogs.book(records), requestLogs.book(records.slice(cut))]);
          const booked = [...byId.values()].map(({ data }) => data);

          for (const { filter, from, quarters, step, time_zone, by } of questions) {
            const range = { from: start + from * 900_000, to: start + (from + quarters) * 900_000 };
            const matching = booked.filter((data) => matches(data, filter));
            const within = matching.filter(
              ({ started_at: at }) => at >= range.from && at < range.to,
            );
            expectTotals(await usage.totals({ range, filter }), within);

            const points = await usage.series({ range, filter, step, time_zone });
            const touched = new Set(
              [range.from, range.to - 1].map((at) => barOf(at, 'day', time_zone)),
            );
            const barred = matching.filter(
              (data) =>
                within.includes(data) ||
                (step === 'day' && touched.has(barOf(data.started_at, 'day', time_zone))),
            );
            const bars = Map.groupBy(barred, (data) => barOf(data.started_at, step, time_zone));
            expect(points.map((point) => barOf(point.start, step, time_zone))).toEqual(
              [...bars.keys()].sort(),
            );
            for (const point of points) {
              expectTotals(point, bars.get(barOf(point.start, step, time_zone)) ?? []);
            }

            const ranks = await usage.rank({ range, filter, by, limit: 100 });
            const values = new Set(within.flatMap((data) => namesIn(data, by)));
            expect(ranks.map(({ value }) => value).sort()).toEqual([...values].sort());
            for (const { value, ...totals } of ranks) {
              expectTotals(
                totals,
                within.filter((data) => namesIn(data, by).includes(value)),
              );
            }
            const costs = ranks.map(({ cost_nanos }) => cost_nanos);
            expect(costs).toEqual(costs.toSorted((a, b) => b - a));
          }
        },
      ),
      { numRuns: 15 },
    );
  });
}
