import { expect, test } from 'vitest';
import type { ReceivedEvent } from '../_shared/events/binary-event.ts';
import { eventTypes } from '../_shared/events/types.ts';
import { createPriceBook } from '../_shared/pricing/price.ts';
import { readRecord } from './read-record.ts';

const priceBook = createPriceBook();

const event = (data: object): ReceivedEvent => ({
  id: 'e1',
  source: '/test',
  type: eventTypes.requestCompleted,
  time: 0,
  data: { started_at: 1_750_000_000_000, model: 'gpt-4o-mini', ...data },
  extensions: {},
});

test('prices what its producer did not', () => {
  const tokens = { input: 1_000_000, output: 0 };
  const given = event({ provider: 'openai', tokens });
  expect(readRecord(given, priceBook).data).toMatchObject({
    cost_nanos: 150_000_000,
    price_source: 'genai-prices',
  });
  const priced = event({ provider: 'openai', tokens, cost_nanos: 7 });
  expect(readRecord(priced, priceBook).data).toMatchObject({ cost_nanos: 7, price_source: null });
});

test('names the field that is wrong', () => {
  const wrong = event({ tokens: { input: -1 } });
  expect(() => readRecord(wrong, priceBook)).toThrow(/^Event e1: tokens\.input: /);
});

test('leaves a body out that no thread or wire could carry on', () => {
  const deep: unknown = JSON.parse('['.repeat(20_000) + ']'.repeat(20_000));
  const { data } = readRecord(event({ request: { deep }, response: { ok: true } }), priceBook);
  expect(data).toMatchObject({
    request: null,
    response: { ok: true },
    bodies_withheld: 'request nested more than 200 levels deep',
  });
});
