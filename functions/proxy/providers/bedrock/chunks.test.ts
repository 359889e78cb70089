import fc from 'fast-check';
import { expect, test } from 'vitest';
import { GatewayError } from '../../../_shared/errors.ts';
import { createConverseReader } from './chunks.ts';
import { encodeEvent, encodeMessage } from './event-stream.fixture.ts';

const types = [
  ...['messageStart', 'contentBlockStart', 'contentBlockDelta', 'contentBlockStop'],
  ...['messageStop', 'metadata', 'somethingNew'],
];
const inner = fc.option(
  fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.record(
      {
        text: fc.jsonValue({ maxDepth: 1 }),
        toolUse: fc.oneof(
          fc.jsonValue({ maxDepth: 1 }),
          fc.record({ name: fc.constantFrom('f', 'json_tool_call', 5), input: fc.jsonValue() }),
        ),
        reasoningContent: fc.oneof(
          fc.jsonValue({ maxDepth: 1 }),
          fc.record({ text: fc.jsonValue(), signature: fc.jsonValue() }, { requiredKeys: [] }),
        ),
      },
      { requiredKeys: [] },
    ),
  ),
);
const anyEvent = fc.record({
  type: fc.constantFrom(...types),
  contentBlockIndex: fc.option(fc.nat(2)),
  start: inner,
  delta: inner,
  stopReason: inner,
  usage: inner,
});

test('whatever events come, nothing is thrown, and the answer is whole with its metadata', () => {
  fc.assert(
    fc.property(fc.array(anyEvent, { maxLength: 12 }), fc.boolean(), (events, usesJsonTool) => {
      const reader = createConverseReader(usesJsonTool);
      for (const { type, ...payload } of events) {
        const chunks = reader.push(encodeEvent(type, payload));
        expect(chunks.every(({ object }) => object === 'chat.completion.chunk')).toBe(true);
      }
      expect(reader.done).toBe(events.some(({ type }) => type === 'metadata'));
    }),
  );
});

test.each(['<html>', '5', '[]'])('%s is no event', (payload) => {
  const reader = createConverseReader(false);
  const headers = { ':message-type': 'event', ':event-type': 'messageStart' };
  expect(() => reader.push(encodeMessage(headers, payload))).toThrow(/not a JSON object/);
});

test('an exception without words is told all the same', () => {
  const reader = createConverseReader(false);
  const exception = encodeMessage({ ':message-type': 'exception' }, '{}');
  expect(() => reader.push(exception)).toThrow(GatewayError);
  expect(() => reader.push(exception)).toThrow('The upstream reported an error in its stream.');
});
