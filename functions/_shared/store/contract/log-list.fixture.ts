import { describe, expect, test } from 'vitest';
import type { RequestCompletedInput } from '../../events/types.ts';
import type { RequestLogFilter } from '../request-logs.ts';
import type { Store } from '../store.ts';
import { aRecord, ownRange } from './record.fixture.ts';

export function describeLogList(store: () => Store): void {
  describe('log list', () => {
    test.each<[RequestLogFilter, Partial<RequestCompletedInput>]>([
      [{ model: 'x' }, { model: 'x' }],
      [{ provider: 'p' }, { provider: 'p' }],
      [{ status: 'failure' }, { status: 'failure' }],
      [{ status: 'success' }, { status: 'success' }],
      [{ key_id: 'a-key-that-is-long' }, { key_id: 'a-key-that-is-long' }],
      [{ team_id: 't' }, { team_id: 't' }],
      [{ user_id: 'u' }, { user_id: 'u' }],
      [{ end_user: 'e' }, { end_user: 'e' }],
      [{ tag: 'say "hi"' }, { tags: ['one', 'say "hi"'] }],
      [{ tag: '100%_\\' }, { tags: ['100%_\\'] }],
      [{ endpoint: '/v1/embeddings' }, { endpoint: '/v1/embeddings' }],
      [{ operation: 'embeddings' }, { operation: 'embeddings' }],
      [{ stream: true }, { stream: true }],
      [{ cache_hit: true }, { cache_hit: true, saved_nanos: 7 }],
      [{ http_status: 429 }, { http_status: 429 }],
      [{ error_type: 'E' }, { error: { type: 'E', message: '' } }],
      [{ error_code: 'C' }, { error: { type: 'T', code: 'C', message: '' } }],
      [{ error_text: 'Timed OUT' }, { error: { type: 'T', message: 'It timed out.' } }],
      [{ finish_reason: 'length' }, { finish_reason: 'length' }],
      [{ deployment_id: 'd' }, { deployment_id: 'd' }],
      [{ client_ip: '::1' }, { client_ip: '::1' }],
      [{ unpriced: true }, { cost_nanos: null }],
      [{ min_cost_nanos: 100 }, { cost_nanos: 100 }],
      [{ min_latency_ms: 5000 }, { latency_ms: 5000 }],
      [{ min_tokens: 12 }, { tokens: { input: 5, output: 7 } }],
      [
        { status: 'failure', key_id: 'kk', model: 'mm' },
        { status: 'failure', key_id: 'kk', model: 'mm' },
      ],
    ])('is narrowed by %o', async (filter, data) => {
      const range = ownRange();
      const at = { started_at: range.from, status: 'interrupted' as const };
      // Alike in the beginning, which is all that an index of keys holds.
      const other = aRecord({ ...at, key_id: 'a-key-that-is-another' });
      const one = aRecord({ ...at, ...data });
      await store().requestLogs.book([other, one]);
      const { rows, next } = await store().requestLogs.list({ range, filter, limit: 10 });
      expect(rows.map(({ id }) => id)).toEqual([one.id]);
      expect(next).toBeNull();
    });

    test('filters that nobody knows are refused', async () => {
      const filter = { modle: 'x' } as RequestLogFilter;
      const query = { range: ownRange(), filter, limit: 1 };
      await expect(store().requestLogs.list(query)).rejects.toMatchObject({
        code: 'invalid_request',
        message: expect.stringContaining('modle'),
      });
    });

    test('a record that comes again is a duplicate; with other data, a conflict too', async () => {
      const record = aRecord({ tokens: { input: 3 } });
      const other = { ...record, data: { ...record.data, model: 'other' } };
      const dearer = { ...record, data: { ...record.data, cost_nanos: 99, request: null } };
      const book = store().requestLogs.book;
      const conflicts = [{ id: record.id, source: record.source }];
      expect(await book([record, other])).toEqual({ booked: 1, duplicates: 1, conflicts });
      expect(await book([record, dearer])).toEqual({ booked: 0, duplicates: 2, conflicts: [] });
      expect(await book([other])).toEqual({ booked: 0, duplicates: 1, conflicts });
      expect((await store().requestLogs.find(record.id))?.model).toBe('m');
    });

    test('is watched as calls are booked, whenever they began', async () => {
      const { tail } = store().requestLogs;
      const filter = { model: 'tailed' };
      const start = await tail({ filter, limit: 10 });
      expect(start.rows).toEqual([]);
      const long = aRecord({ started_at: Date.now() - 3_600_000, model: 'tailed' });
      await store().requestLogs.book([long, aRecord({ model: 'untailed' })]);
      const first = await tail({ filter, after: start.next, limit: 10 });
      expect(first.rows.map(({ id }) => id)).toEqual([long.id]);
      const next = aRecord({ model: 'tailed' });
      await store().requestLogs.book([next]);
      const second = await tail({ filter, after: first.next, limit: 10 });
      expect(second.rows.at(-1)?.id).toBe(next.id);
      expect(second.next).toBeGreaterThanOrEqual(first.next);
    });

    test('is exported as CSV that a spreadsheet reads and as JSON lines, part by part', async () => {
      const range = ownRange();
      const formula = '=cmd|"/c calc"!A1';
      const records = Array.from({ length: 5 }, (_, index) =>
        aRecord({
          started_at: range.from + index,
          error: { type: 't', message: 'a "quoted",\nbroken line' },
          request: { messages: [{ role: 'user', content: formula }] },
        }),
      );
      await store().requestLogs.book(records);
      const whole = async (format: 'csv' | 'jsonl') => {
        const texts: string[] = [];
        let before: number | undefined;
        do {
          const query = { range, filter: {}, limit: 2, format, before };
          const page = await store().requestLogs.export(query);
          texts.push(page.text);
          before = page.next ?? undefined;
        } while (before !== undefined);
        return texts.join('');
      };
      const lines = (await whole('jsonl'))
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect(lines.map(({ id }) => id)).toEqual(records.map(({ id }) => id).toReversed());
      const csv = await whole('csv');
      expect(csv.match(/^id,started_at,/gm)).toHaveLength(1);
      expect(csv.split('\r\n')).toHaveLength(1 + 5 + 1);
      expect(csv).toContain('"a ""quoted"",\nbroken line"');
      expect(csv).toContain(`"'=cmd|""/c calc""!A1"`);
    });
  });
}
