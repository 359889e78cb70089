import { describe, expect, test } from 'vitest';
import type { RequestLogFilter } from '../request-logs.ts';
import type { Store } from '../store.ts';
import { aRecord, ownRange } from './record.fixture.ts';

const asked = (content: unknown) => ({ request: { messages: [{ role: 'user', content }] } });
const answered = (content: string) => ({ response: { choices: [{ message: { content } }] } });

/** All that a search finds, by looking further until there is nothing older. */
async function searchAll(
  store: Store,
  query: { range: { from: number; to: number }; filter: RequestLogFilter; limit?: number },
) {
  const found: string[] = [];
  let before: number | undefined;
  do {
    const page = await store.requestLogs.list({ limit: 500, ...query, before });
    found.push(...page.rows.map((row) => row.id));
    before = page.next ?? undefined;
  } while (before !== undefined);
  return found;
}

export function describeSearch(store: () => Store): void {
  describe('search', () => {
    test.each([
      ['one word of a prompt', 'invoice', ['prompt']],
      ['in any case', 'INVOICE', ['prompt']],
      ['a word of an answer', 'refunded', ['answer']],
      ['all the words, in any order', 'paid invoice', ['prompt']],
      ['not one that is missing', 'invoice refunded', []],
      ['words in quotes, one after the other', '"was never paid"', ['prompt']],
      ['not words in quotes with another between', '"invoice paid"', []],
      ['not a part of a word', 'voice', []],
      ['accents and other alphabets', 'café', ['other']],
      ['a language without spaces', '請求', ['other']],
      ['text in parts', 'pictured', ['parts']],
      ['what a tool was called with', 'Reykjavik', ['tool']],
      ['a code with a dash', '4F-83721', ['answer']],
    ])('finds %s', async (_case, text, expected) => {
      const range = ownRange();
      const at = { started_at: range.from + 1 };
      await store().requestLogs.book([
        { ...aRecord({ ...at, ...asked('Invoice 77 was never paid.') }), source: 'prompt' },
        { ...aRecord({ ...at, ...answered('It was refunded: 4F-83721') }), source: 'answer' },
        { ...aRecord({ ...at, ...asked('Le Café — 請求書の日付') }), source: 'other' },
        {
          ...aRecord({
            ...at,
            ...asked([
              { type: 'text', text: 'What is pictured?' },
              { type: 'image_url', image_url: { url: 'data:image/png;base64,aW52b2ljZQ==' } },
            ]),
          }),
          source: 'parts',
        },
        {
          ...aRecord({
            ...at,
            response: {
              choices: [
                {
                  message: {
                    tool_calls: [
                      { function: { name: 'weather', arguments: '{"city":"Reykjavik"}' } },
                    ],
                  },
                },
              ],
            },
          }),
          source: 'tool',
        },
      ]);
      const { rows, next, looked_back_to } = await store().requestLogs.list({
        range,
        filter: { text },
        limit: 10,
      });
      expect(rows.map((row) => row.source)).toEqual(expected);
      expect({ next, looked_back_to }).toEqual({ next: null, looked_back_to: range.from });
    });

    test('pages through what it finds, newest first, with other filters', async () => {
      const range = ownRange();
      const records = Array.from({ length: 400 }, (_, index) =>
        aRecord({
          started_at: range.from + ((index * 7919) % 400) * 1000,
          model: index % 2 === 0 ? 'even' : 'odd',
          ...asked(index % 5 === 0 ? `needle ${index}` : `hay ${index}`),
        }),
      );
      for (let start = 0; start < 400; start += 40) {
        await store().requestLogs.book(records.slice(start, start + 40));
      }
      const expected = records
        .filter((_, index) => index % 10 === 0)
        .sort((a, b) => b.data.started_at - a.data.started_at)
        .map(({ id }) => id);
      const filter = { text: 'needle', model: 'even' };
      expect(await searchAll(store(), { range, filter, limit: 7 })).toEqual(expected);
      expect(await searchAll(store(), { range, filter: { text: '"needle 25"' } })).toHaveLength(1);
    });

    test('what was started long ago and booked now has its place in time', async () => {
      const range = ownRange();
      const needle = (started_at: number) => aRecord({ started_at, ...asked('late needle') });
      const late = [range.from + 5, range.from + 80_000, range.from + 40_000_000].map(needle);
      await store().requestLogs.book([
        late[1] as (typeof late)[0],
        ...Array.from({ length: 20 }, (_, index) =>
          aRecord({ started_at: range.from + 100_000 + index, ...asked('hay') }),
        ),
      ]);
      await store().requestLogs.book([late[0] as (typeof late)[0], late[2] as (typeof late)[0]]);
      const found = await searchAll(store(), { range, filter: { text: 'needle' }, limit: 1 });
      expect(found).toEqual([late[2]?.id, late[1]?.id, late[0]?.id]);
    });

    test('without a word that could be searched for, lists all', async () => {
      const range = ownRange();
      await store().requestLogs.book([aRecord({ started_at: range.from })]);
      expect(await searchAll(store(), { range, filter: { text: ' !? ' } })).toHaveLength(1);
    });
  });
}
