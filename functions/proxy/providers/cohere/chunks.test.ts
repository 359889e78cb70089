import fc from 'fast-check';
import { expect, test } from 'vitest';
import { GatewayError } from '../../../_shared/errors.ts';
import { createChatReader } from './chunks.ts';
import { translateCompletion } from './completion.ts';

const types = [
  ...['message-start', 'content-start', 'content-delta', 'content-end', 'tool-plan-delta'],
  ...['tool-call-start', 'tool-call-delta', 'tool-call-end', 'message-end', 'debug'],
];
const message = fc.record(
  {
    content: fc.oneof(
      fc.jsonValue({ maxDepth: 1 }),
      fc.record({ text: fc.jsonValue(), thinking: fc.jsonValue() }, { requiredKeys: [] }),
    ),
    tool_plan: fc.jsonValue({ maxDepth: 1 }),
    tool_calls: fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.record({ function: fc.record({ arguments: fc.jsonValue({ maxDepth: 1 }) }) }),
    ),
  },
  { requiredKeys: [] },
);
const anyEvent = fc.record({
  type: fc.constantFrom(...types),
  id: fc.jsonValue({ maxDepth: 0 }),
  index: fc.option(fc.nat(2)),
  delta: fc.option(
    fc.oneof(
      fc.jsonValue({ maxDepth: 1 }),
      fc.record(
        {
          message,
          finish_reason: fc.constantFrom('COMPLETE', 'ERROR', 'TIMEOUT', 5),
          usage: fc.jsonValue(),
        },
        { requiredKeys: [] },
      ),
    ),
  ),
  logprobs: fc.jsonValue({ maxDepth: 1 }),
});

test('whatever events come, only errors of the upstream are thrown', () => {
  fc.assert(
    fc.property(fc.array(anyEvent, { maxLength: 12 }), (events) => {
      const reader = createChatReader();
      try {
        for (const event of events) {
          reader.push(Buffer.from(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`));
        }
        expect(reader.done).toBe(events.some(({ type }) => type === 'message-end'));
      } catch (error) {
        if (!(error instanceof GatewayError)) throw error;
        expect(error.code).toBe('upstream_interrupted');
      }
    }),
  );
});

const given = { text: 'Grü', token_ids: [17, 4], logprobs: [-0.25, -0.5] };
const told = {
  content: [{ token: 'Grü', logprob: -0.75, bytes: [71, 114, 195, 188], top_logprobs: [] }],
  refusal: null,
};

test('log probabilities are told as OpenAI does, of an answer and of a stream', () => {
  const answer = { message: { content: [{ type: 'text', text: 'Grü' }] }, logprobs: [given] };
  expect(translateCompletion(answer).choices[0]?.logprobs).toEqual(told);
  const event = {
    type: 'content-delta',
    delta: { message: { content: { text: 'Grü' } } },
    logprobs: given,
  };
  const chunks = createChatReader().push(Buffer.from(`data: ${JSON.stringify(event)}\n\n`));
  expect(chunks).toMatchObject([{ choices: [{ delta: { content: 'Grü' }, logprobs: told }] }]);
});
