import { describe, expect, test } from 'vitest';
import type { Store } from '../store.ts';
import { aRecord, ownRange } from './record.fixture.ts';

export function describePayloads(store: () => Store): void {
  describe('payloads', () => {
    const bodies = {
      request: { messages: [{ role: 'user', content: 'a heavyweight question' }] },
      response: { choices: [{ message: { content: 'an answer' } }] },
    };
    const texts = {
      request: JSON.stringify(bodies.request),
      response: JSON.stringify(bodies.response),
    };

    test('bodies that came ahead of their record are found before and after it is booked', async () => {
      const { from } = ownRange();
      const record = aRecord({ started_at: from });
      const { id, source } = record;
      await store().payloads.keep({ id, source, ...texts });
      await store().payloads.keep({ id, source, request: '"the second"', response: null });
      expect(await store().payloads.find(id, source)).toEqual({ id, source, ...bodies });
      await store().requestLogs.book([{ ...record, bodies_kept: true }]);
      expect(await store().payloads.find(id, source)).toEqual({ id, source, ...bodies });
      expect(await store().requestLogs.find(id)).toMatchObject({
        ...bodies,
        request_preview: 'a heavyweight question',
        bodies_withheld: null,
      });
      const found = await store().requestLogs.list({
        range: { from, to: from + 1000 },
        filter: { text: 'heavyweight' },
        limit: 1,
      });
      expect(found.rows).toHaveLength(1);
    });

    test('bodies of a record that is booked already change nothing', async () => {
      const record = aRecord(bodies);
      const { id, source } = record;
      await store().requestLogs.book([record]);
      await store().payloads.keep({ id, source, request: '"other"', response: '"other"' });
      await store().requestLogs.book([{ ...record, bodies_kept: true }]);
      expect(await store().payloads.find(id, source)).toEqual({ id, source, ...bodies });
    });

    test('a body that is nested too deep to be written anew is left out, and no other', async () => {
      const record = aRecord();
      const { id, source } = record;
      const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
      await store().payloads.keep({ id, source, ...texts, request: deep });
      await store().requestLogs.book([{ ...record, bodies_kept: true }]);
      expect(await store().requestLogs.find(id)).toMatchObject({
        request: null,
        response: bodies.response,
        bodies_withheld: 'request nested more than 200 levels deep',
      });
    });

    test('a record whose bodies never came is booked, and says so', async () => {
      const record = { ...aRecord(), bodies_kept: true };
      await store().requestLogs.book([record]);
      expect(await store().requestLogs.find(record.id)).toMatchObject({
        request: null,
        bodies_withheld: expect.stringContaining('not in the store'),
      });
      expect(await store().payloads.find(record.id, record.source)).toBeNull();
    });
  });
}
