import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { totalTokens } from '../../units.ts';
import type { BookableRecord, RequestLogRow } from '../request-logs.ts';
import type { Store } from '../store.ts';
import { aRecord, ownRange } from './record.fixture.ts';

export function describeRequestLogs(store: () => Store): void {
  describe('request logs', () => {
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
      expect(await store().requestLogs.book([record])).toEqual({
        booked: 1,
        duplicates: 0,
        conflicts: [],
      });
      const found = await store().requestLogs.find(record.id);
      expect(found).toEqual({
        ...record.data,
        seq: expect.any(Number),
        booked_at: expect.any(Number),
        id: record.id,
        source: record.source,
        total_tokens: totalTokens(record.data.tokens),
        request_preview: 'Hello there',
        response_preview: 'General 🎉',
      });
      expect(await store().requestLogs.find('chatcmpl-77')).toEqual(found);
      expect(await store().requestLogs.find('no-such-id')).toBeNull();
    });

    test('attempts are kept as they were, whatever the call says of the last', async () => {
      const attempt = {
        ...{ deployment_id: 'd', provider: 'p', upstream_model: 'u' },
        ...{ started_at: 1, duration_ms: 2, status: 'failure' as const },
      };
      const record = aRecord({
        ...{ deployment_id: 'd', provider: 'p', upstream_model: 'u', api_base: 'http://a/v1' },
        attempts: [
          { ...attempt, deployment_id: 'other', api_base: null },
          { ...attempt, upstream_model: 'v', api_base: 'http://b/v1' },
          { ...attempt, status: 'success', api_base: 'http://a/v1' },
        ],
      });
      await store().requestLogs.book([record]);
      const found = await store().requestLogs.find(record.id);
      expect(found?.attempts).toEqual(record.data.attempts);
    });

    test('a record is booked once: in a batch, over batches, and by many at a time', async () => {
      const before = await store().spend.of('global', '');
      const record = aRecord({ cost_nanos: 7, key_id: 'once' });
      const answers = await Promise.all([
        store().requestLogs.book([record, record]),
        ...Array.from({ length: 20 }, () => store().requestLogs.book([record])),
      ]);
      expect(answers.reduce((sum, { booked }) => sum + booked, 0)).toBe(1);
      expect(await store().spend.of('key', 'once')).toEqual({ cost_nanos: 7, calls: 1 });
      const after = await store().spend.of('global', '');
      expect(after.calls - before.calls).toBe(1);
    });

    test('thousands of calls of one millisecond have a place each', async () => {
      const { from } = ownRange();
      const records = Array.from({ length: 3000 }, () => aRecord({ started_at: from }));
      const batches = [0, 1, 2].map((index) => records.slice(index * 1000, index * 1000 + 1000));
      await Promise.all(batches.map((batch) => store().requestLogs.book(batch)));
      const range = { from, to: from + 60_000 };
      const seen = new Set<string>();
      let before: number | undefined;
      do {
        const page = await store().requestLogs.list({ range, filter: {}, limit: 500, before });
        for (const { id } of page.rows) seen.add(id);
        before = page.next ?? undefined;
      } while (before);
      expect(seen.size).toBe(3000);
    });

    test('the same id from another source is another call', async () => {
      const record = aRecord({ key_id: 'two-sources' });
      await store().requestLogs.book([record, { ...record, source: '/elsewhere' }]);
      expect((await store().spend.of('key', 'two-sources')).calls).toBe(2);
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
          await store().requestLogs.book(records.slice(0, cut));
          await store().requestLogs.book(records);
          const distinct = [...byId.values()].map((record) => record.data);
          const sum = (of: (data: BookableRecord['data']) => number) =>
            distinct.reduce((total, data) => total + of(data), 0);
          const expected = {
            calls: distinct.length,
            cost_nanos: sum((data) => data.cost_nanos ?? 0),
          };
          expect(await store().spend.of('key', key_id)).toEqual(expected);
          const totals = await store().usage.totals({ range, filter: { key_id } });
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
      await store().requestLogs.book(records);
      const seen: RequestLogRow[] = [];
      let before: number | undefined;
      do {
        const page = await store().requestLogs.list({
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

    test.each([
      ['NUL', 'a\u0000b', 'a\ufffdb'],
      ['half an emoji', 'a\ud83d', 'a\ufffd'],
      ['right to left', 'שלום 👩‍👩‍👧‍👦', 'שלום 👩‍👩‍👧‍👦'],
    ])('text with %s is kept', async (_case, text, kept) => {
      const record = aRecord({ error: { type: 't', message: text }, request: { text } });
      await store().requestLogs.book([record]);
      const found = await store().requestLogs.find(record.id);
      expect(found?.error?.message).toBe(kept);
      expect(JSON.stringify(found?.request)).toBe(JSON.stringify({ text }));
    });

    test('a body of 5 MB comes back as it was', async () => {
      const text = 'lorem ipsum '.repeat(440_000);
      const record = aRecord({ request: { messages: [{ role: 'user', content: text }] } });
      await store().requestLogs.book([record]);
      const found = await store().requestLogs.find(record.id);
      expect(found?.request).toEqual(record.data.request);
      expect(found?.request_preview.length).toBeLessThanOrEqual(200);
    });
  });
}
