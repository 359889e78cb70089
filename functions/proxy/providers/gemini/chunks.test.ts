import fc from 'fast-check';
import { expect, test } from 'vitest';
import { GatewayError } from '../../../_shared/errors.ts';
import { createContentReader } from './chunks.ts';

const asEvent = (event: unknown) => Buffer.from(`data: ${JSON.stringify(event)}\r\n\r\n`);
const candidate = (index: number, text: string, finishReason?: string, more = {}) => ({
  content: { parts: [{ text }], role: 'model' },
  index,
  ...(finishReason ? { finishReason } : {}),
  ...more,
});

const anything = fc.option(fc.jsonValue({ maxDepth: 2 }));
const part = fc.record({
  text: fc.oneof(fc.string(), anything),
  thought: fc.option(fc.boolean()),
  functionCall: fc.option(fc.record({ name: anything, args: anything, id: anything })),
  inlineData: anything,
  thoughtSignature: fc.oneof(fc.string(), anything),
});
const anyEvent = fc.oneof(
  anything.filter((value) => typeof value === 'object' && value !== null),
  fc.record({
    candidates: fc.oneof(
      anything,
      fc.array(
        fc.record({
          index: fc.option(fc.nat(3)),
          content: fc.oneof(anything, fc.record({ parts: fc.array(part) })),
          finishReason: fc.option(fc.constantFrom('STOP', 'SAFETY', 'SOMETHING_NEW')),
          logprobsResult: anything,
        }),
      ),
    ),
    usageMetadata: anything,
    promptFeedback: anything,
    responseId: anything,
  }),
);

test('whatever events come, only errors of the upstream are thrown', () => {
  fc.assert(
    fc.property(fc.array(anyEvent, { maxLength: 8 }), fc.integer({ min: 1, max: 3 }), (all, n) => {
      const reader = createContentReader(n);
      try {
        const chunks = all.flatMap((event) => reader.push(asEvent(event)));
        const finishes = chunks.filter((chunk) =>
          JSON.stringify(chunk).includes('"finish_reason":"'),
        );
        expect(reader.done ? finishes.length : 1).toBeGreaterThan(0);
      } catch (error) {
        if (!(error instanceof GatewayError)) throw error;
        expect(error.code).toBe('upstream_interrupted');
      }
    }),
  );
});

test('several answers are told apart, and the stream ends with the last of them', () => {
  const reader = createContentReader(2);
  const logprobsResult = { chosenCandidates: [{ token: 'A', logProbability: -0.5 }] };
  const first = reader.push(
    asEvent({ candidates: [candidate(0, 'A', undefined, { logprobsResult }), candidate(1, 'B')] }),
  );
  const second = reader.push(asEvent({ candidates: [candidate(1, 'b', 'STOP')] }));
  expect(reader.done).toBe(false);
  const usageMetadata = { promptTokenCount: 3, candidatesTokenCount: 4 };
  const last = reader.push(asEvent({ candidates: [candidate(0, 'a', 'STOP')], usageMetadata }));
  expect(reader.done).toBe(true);
  const choices = [...first, ...second, ...last].flatMap(({ choices }) => choices);
  expect(choices).toMatchObject([
    {
      index: 0,
      delta: { role: 'assistant', content: 'A' },
      logprobs: { content: [{ token: 'A', logprob: -0.5, bytes: [65], top_logprobs: [] }] },
    },
    { index: 1, delta: { role: 'assistant', content: 'B' } },
    { index: 1, delta: { content: 'b' } },
    { index: 1, delta: {}, finish_reason: 'stop' },
    { index: 0, delta: { content: 'a' } },
    { index: 0, delta: {}, finish_reason: 'stop' },
  ]);
  expect(last.at(-1)).toMatchObject({ choices: [], usage: { total_tokens: 7 } });
});

test('calls without ids get some of their own, where no response has one either', () => {
  const call = { candidates: [{ content: { parts: [{ functionCall: { name: 'f' } }] } }] };
  const ids = [1, 2].map(
    () =>
      /"id":"(call_[^"]+)"/.exec(JSON.stringify(createContentReader(1).push(asEvent(call))))?.[1],
  );
  expect(ids[0]).toMatch(/^call_[0-9a-f-]{36}_0_0$/);
  expect(ids[1]).not.toBe(ids[0]);
});
