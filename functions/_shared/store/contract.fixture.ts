import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RequestCompletedInput, requestCompleted } from '../events/types.ts';
import { totalTokens } from '../units.ts';
import type { BookableRecord, RequestLogRow } from './request-logs.ts';
import type { Store } from './store.ts';

const source = '/tallygate/test/1';
let lastId = 0;

export function aRecord(data: Partial<RequestCompletedInput> = {}, id?: string): BookableRecord {
  const given = { started_at: Date.now(), model: 'm', latency_ms: 100, cost_nanos: 5, ...data };
  return { id: id ?? `call-${++lastId}`, source, data: requestCompleted.parse(given) };
}

/** A time range of a test's own, so that tests of one store do not see each other's records. */
let lastDay = Date.UTC(2001, 0, 1);
function ownRange() {
  lastDay += 10 * 86_400_000;
  return { from: lastDay, to: lastDay + 86_400_000 };
}

/** What every driver of the store must do. Each driver's test calls this with its own opening. */
export function describeStore(driver: string, open: () => Promise<Store>): void {
  describe(`the store's contract on ${driver}`, () => {
    let store: Store;
    beforeAll(async () => {
      store = await open();
    });
    afterAll(() => store.close());

    test('a booked call is found whole, by its id and by its answer’s id', async () => {
      const record = aRecord({
        response_id: 'chatcmpl-77',
        tokens: { input: 3, cache_read: 2, output: 5, reasoning: 1 },
        cost_lines: [{ kind: 'input', tokens: 3, nanos_per_million: 1e6, cost_nanos: 3 }],
        tags: ['a', 'b'],
        stream: true,
        attempts: [
          {
            deployment_id: 'd',
            provider: 'openai',
            upstream_model: 'u',
            started_at: 1,
            duration_ms: 2.5,
            status: 'failure',
            http_status: 503,
            error: { type: 'upstream_error', message: 'no' },
          },
        ],
        request: { messages: [{ role: 'user', content: 'Hello\n  there' }] },
        response: { choices: [{ message: { content: 'General 🎉' } }] },
      });
      expect(await store.requestLogs.book([record])).toEqual({
        booked: 1,
        duplicates: 0,
        conflicts: 0,
      });
      const found = await store.requestLogs.find(record.id);
      expect(found).toEqual({
        ...record.data,
        seq: expect.any(Number),
        booked_at: expect.any(Number),
        id: record.id,
        source,
        total_tokens: totalTokens(record.data.tokens),
        request_preview: 'Hello there',
        response_preview: 'General 🎉',
      });
      expect(await store.requestLogs.find('chatcmpl-77')).toEqual(found);
      expect(await store.requestLogs.find('no-such-id')).toBeNull();
    });

    test('a record is booked once: in a batch, over batches, and by many at a time', async () => {
      const before = await store.spend.of('global', '');
      const record = aRecord({ cost_nanos: 7, key_id: 'once' });
      const answers = await Promise.all([
        store.requestLogs.book([record, record]),
        ...Array.from({ length: 20 }, () => store.requestLogs.book([record])),
      ]);
      expect(answers.reduce((sum, { booked }) => sum + booked, 0)).toBe(1);
      expect(await store.spend.of('key', 'once')).toEqual({ cost_nanos: 7, calls: 1 });
      const after = await store.spend.of('global', '');
      expect(after.calls - before.calls).toBe(1);
    });

    test('the same id from another source is another call', async () => {
      const record = aRecord({ key_id: 'two-sources' });
      await store.requestLogs.book([record, { ...record, source: '/elsewhere' }]);
      expect((await store.spend.of('key', 'two-sources')).calls).toBe(2);
    });

    test('in any order, with any duplicates, totals are the sum over distinct records', async () => {
      const drawn = fc.array(
        fc.record({ id: fc.nat(30), cost: fc.nat(1e9), failed: fc.boolean() }),
        {
          minLength: 1,
          maxLength: 60,
        },
      );
      await fc.assert(
        fc.asyncProperty(drawn, fc.nat(10), async (draws, cut) => {
          const range = ownRange();
          const key_id = `property-${range.from}`;
          const byId = new Map(
            draws.map(({ id, cost, failed }) => [
              id,
              aRecord(
                {
                  started_at: range.from + id * 60_000,
                  cost_nanos: cost,
                  status: failed ? 'failure' : 'success',
                  key_id,
                  tokens: { input: id, output: 1 },
                },
                `${key_id}-${id}`,
              ),
            ]),
          );
          const records = draws.map(({ id }) => byId.get(id) as BookableRecord);
          await store.requestLogs.book(records.slice(0, cut));
          await store.requestLogs.book(records);
          const distinct = [...byId.values()].map((record) => record.data);
          const sum = (of: (data: BookableRecord['data']) => number) =>
            distinct.reduce((total, data) => total + of(data), 0);
          const expected = {
            calls: distinct.length,
            cost_nanos: sum((data) => data.cost_nanos ?? 0),
          };
          expect(await store.spend.of('key', key_id)).toEqual(expected);
          const totals = await store.usage.totals({ range, filter: { key_id } });
          expect(totals).toMatchObject({
            ...expected,
            failures: sum((data) => (data.status === 'failure' ? 1 : 0)),
          });
          expect(totalTokens(totals.tokens)).toBe(sum((data) => totalTokens(data.tokens)));
        }),
        { numRuns: 15 },
      );
    });

    test('lists newest first and pages by key, over equal times too', async () => {
      const range = ownRange();
      const records = Array.from({ length: 25 }, (_, index) =>
        aRecord({ started_at: range.from + Math.floor(index / 5), model: 'paged' }),
      );
      await store.requestLogs.book(records);
      const seen: RequestLogRow[] = [];
      let before: number | undefined;
      do {
        const page = await store.requestLogs.list({
          range,
          filter: { model: 'paged' },
          limit: 7,
          ...(before ? { before } : {}),
        });
        seen.push(...page.rows);
        before = page.next ?? undefined;
      } while (before);
      const ids = (rows: { id: string }[]) => rows.map(({ id }) => id);
      expect(ids(seen).sort()).toEqual(ids(records).sort());
      const times = seen.map((row) => row.started_at);
      expect(times).toEqual(times.toSorted((one, other) => other - one));
      expect(new Set(seen.map((row) => row.seq)).size).toBe(records.length);
    });

    test('filters by each column', async () => {
      const range = ownRange();
      const at = { started_at: range.from };
      await store.requestLogs.book([
        aRecord({ ...at, model: 'x', provider: 'p', status: 'failure', key_id: 'k' }),
        aRecord({ ...at, model: 'y', provider: 'q', team_id: 't', user_id: 'u' }),
      ]);
      const models = async (filter: object) =>
        (await store.requestLogs.list({ range, filter, limit: 10 })).rows.map((row) => row.model);
      expect(await models({ model: 'x' })).toEqual(['x']);
      expect(await models({ status: 'failure', provider: 'p', key_id: 'k' })).toEqual(['x']);
      expect(await models({ team_id: 't', user_id: 'u' })).toEqual(['y']);
      expect(await models({ status: 'failure', model: 'y' })).toEqual([]);
    });

    test.each([
      ['UTC', '2024-03-31T00:00:00Z', 24],
      ['Asia/Kathmandu', '2024-03-30T18:15:00Z', 24],
      ['Europe/Berlin', '2024-03-30T23:00:00Z', 23],
    ])('a day in %s is that place’s day', async (time_zone, begins, hours) => {
      const start = Date.parse(begins);
      const end = start + hours * 3_600_000;
      const model = `day-${time_zone}`;
      await store.requestLogs.book(
        [start - 1, start, end - 1, end].map((started_at) => aRecord({ started_at, model })),
      );
      const range = { from: start - 86_400_000, to: end + 86_400_000 };
      const days = await store.usage.series({ range, filter: { model }, step: 'day', time_zone });
      expect(days.map(({ start, calls }) => ({ start, calls }))).toMatchObject([
        { calls: 1 },
        { start, calls: 2 },
        { start: end, calls: 1 },
      ]);
      const hourly = await store.usage.series({
        range,
        filter: { model },
        step: 'hour',
        time_zone,
      });
      expect(hourly.map((point) => point.start)).toEqual([
        start - 3_600_000,
        start,
        end - 3_600_000,
        end,
      ]);
    });

    test('minutes are there for the last hours', async () => {
      const minute = Math.floor(Date.now() / 60_000) * 60_000;
      const filter = { model: 'minutes' };
      await store.requestLogs.book([aRecord({ started_at: minute, model: 'minutes' })]);
      const range = { from: minute - 600_000, to: minute + 60_000 };
      const points = await store.usage.series({ range, filter, step: 'minute', time_zone: 'UTC' });
      expect(points).toMatchObject([{ start: minute, calls: 1 }]);
    });

    test('percentiles are within 1 %, over any number of cells', async () => {
      const range = ownRange();
      const values = Array.from({ length: 1000 }, (_, index) => 1.01 ** index);
      await store.requestLogs.book(
        values.map((latency_ms, index) =>
          aRecord({ started_at: range.from + index * 60_000, latency_ms, model: 'sketch' }),
        ),
      );
      const { latency_ms } = await store.usage.totals({ range, filter: { model: 'sketch' } });
      for (const [share, found] of [
        [0.5, latency_ms.p50],
        [0.95, latency_ms.p95],
        [0.99, latency_ms.p99],
      ] as const) {
        const exact = values[Math.ceil(share * values.length) - 1] as number;
        expect(Math.abs((found ?? 0) / exact - 1)).toBeLessThanOrEqual(0.0101);
      }
      const none = await store.usage.totals({ range: ownRange(), filter: {} });
      expect(none).toMatchObject({ calls: 0, latency_ms: { p50: null } });
    });

    test('ranks by cost, then by calls, and tells what had no price', async () => {
      const range = ownRange();
      const at = { started_at: range.from };
      await store.requestLogs.book([
        aRecord({ ...at, model: 'cheap', cost_nanos: 1 }),
        aRecord({ ...at, model: 'dear', cost_nanos: 9 }),
        aRecord({ ...at, model: 'free', cost_nanos: null }),
        aRecord({
          ...at,
          model: 'free',
          cost_nanos: null,
          status: 'interrupted',
          tokens: { input: 1 },
        }),
        aRecord({ ...at, model: 'free', cost_nanos: null, status: 'failure' }),
        aRecord({ ...at, model: 'nil', cost_nanos: 0 }),
      ]);
      const ranks = await store.usage.rank({ range, filter: {}, by: 'model', limit: 3 });
      expect(ranks.map(({ value, unpriced_calls }) => [value, unpriced_calls])).toEqual([
        ['dear', 0],
        ['cheap', 0],
        ['free', 2],
      ]);
    });

    test('spend is kept for each scope once', async () => {
      await store.requestLogs.book([
        aRecord({
          cost_nanos: 11,
          team_id: 'T',
          user_id: 'U',
          end_user: 'E',
          tags: ['G', 'G', 'H'],
        }),
      ]);
      for (const [scope, id] of [
        ['team', 'T'],
        ['user', 'U'],
        ['end_user', 'E'],
        ['tag', 'G'],
        ['tag', 'H'],
      ] as const) {
        expect(await store.spend.of(scope, id)).toEqual({ cost_nanos: 11, calls: 1 });
      }
      expect(await store.spend.of('team', 'nobody')).toEqual({ cost_nanos: 0, calls: 0 });
    });

    test('an alert is raised once a window, whoever asks', async () => {
      const alert = {
        rule: 'error_rate',
        severity: 'critical' as const,
        scope: 'global',
        window_start: 1000,
        window_ms: 60_000,
        value: 0.9,
        threshold: 0.5,
        message: 'Nine of ten failed.',
      };
      const raised = await Promise.all(
        Array.from({ length: 20 }, (_, index) => store.alerts.raise({ ...alert, id: `a${index}` })),
      );
      expect(raised.filter(Boolean)).toHaveLength(1);
      expect(await store.alerts.raise({ ...alert, id: 'next', window_start: 61_000 })).toBe(true);
    });

    test.each([
      ['NUL', 'a\u0000b', 'a\ufffdb'],
      ['half an emoji', 'a\ud83d', 'a\ufffd'],
      ['right to left', 'שלום 👩‍👩‍👧‍👦', 'שלום 👩‍👩‍👧‍👦'],
    ])('text with %s is kept', async (_case, text, kept) => {
      const record = aRecord({ error: { type: 't', message: text }, request: { text } });
      await store.requestLogs.book([record]);
      const found = await store.requestLogs.find(record.id);
      expect(found?.error?.message).toBe(kept);
      expect(JSON.stringify(found?.request)).toBe(JSON.stringify({ text }));
    });

    test('a body of 5 MB comes back as it was', async () => {
      const text = 'lorem ipsum '.repeat(440_000);
      const record = aRecord({ request: { messages: [{ role: 'user', content: text }] } });
      await store.requestLogs.book([record]);
      const found = await store.requestLogs.find(record.id);
      expect(found?.request).toEqual(record.data.request);
      expect(found?.request_preview.length).toBeLessThanOrEqual(200);
    });

    test('what is out of bounds is refused, saying what', async () => {
      const range = ownRange();
      const refused = (call: Promise<unknown>, message: RegExp) =>
        expect(call).rejects.toMatchObject({
          code: 'invalid_request',
          message: expect.stringMatching(message),
        });
      const list = (limit: number) => store.requestLogs.list({ range, filter: {}, limit });
      await refused(list(0), /limit/);
      await refused(list(501), /limit/);
      await refused(store.requestLogs.find('x'.repeat(513)), /find/);
      await refused(store.requestLogs.book(Array(1001).fill(aRecord())), /book/);
      const query = { filter: {}, time_zone: 'UTC' };
      await refused(
        store.usage.totals({ range: { from: range.to, to: range.from }, filter: {} }),
        /start before/,
      );
      await refused(
        store.usage.series({ ...query, range: { from: 0, to: 1e12 }, step: 'minute' }),
        /longer step/,
      );
      await refused(
        store.usage.series({ ...query, range, step: 'day', time_zone: 'Mars/Olympus' }),
        /Mars/,
      );
    });
  });
}
