import fc from 'fast-check';
import { expect, test } from 'vitest';
import { GatewayError } from '../../../_shared/errors.ts';
import { createMessagesReader } from './chunks.ts';

const types = [
  ...['message_start', 'content_block_start', 'content_block_delta', 'content_block_stop'],
  ...['message_delta', 'message_stop', 'ping', 'error', 'something_new'],
];
const inner = fc.option(
  fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.record({
      type: fc.constantFrom('text', 'tool_use', 'thinking', 'text_delta', 'input_json_delta'),
      text: fc.jsonValue({ maxDepth: 1 }),
      partial_json: fc.jsonValue({ maxDepth: 1 }),
    }),
  ),
);
const anyEvent = fc.record({
  type: fc.constantFrom(...types),
  index: fc.option(fc.nat(3)),
  message: inner,
  content_block: inner,
  delta: inner,
  usage: inner,
  error: inner,
});

test('whatever events come, only errors of the upstream are thrown', () => {
  fc.assert(
    fc.property(fc.array(anyEvent, { maxLength: 12 }), fc.boolean(), (events, usesJsonTool) => {
      const reader = createMessagesReader(usesJsonTool);
      try {
        for (const event of events) {
          reader.push(Buffer.from(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`));
        }
        expect(reader.done).toBe(events.some(({ type }) => type === 'message_stop'));
      } catch (error) {
        if (!(error instanceof GatewayError)) throw error;
        expect(error.code).toBe('upstream_interrupted');
      }
    }),
  );
});

test.each(['data: <html>\n\n', 'data: 5\n\n'])('%j is no event', (text) => {
  const reader = createMessagesReader(false);
  expect(() => reader.push(Buffer.from(text))).toThrow(/not a JSON object/);
});

test('an event without an end is refused', () => {
  const reader = createMessagesReader(false);
  const piece = Buffer.alloc(1024 * 1024, 'x');
  expect(() => {
    for (let i = 0; i < 20; i++) reader.push(piece);
  }).toThrow(/endless event/);
});
