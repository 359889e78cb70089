import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { noTokens } from '../../_shared/units.ts';
import { createRelay } from './relay.ts';
import { type ReplayedCompletion, replayChat } from './replay.ts';

const options = { model: 'm', wantsUsage: true, tokens: { ...noTokens(), input: 3, output: 4 } };

function aCompletion(
  message: Record<string, unknown>,
  more: Partial<ReplayedCompletion> = {},
): ReplayedCompletion {
  return {
    id: 'chatcmpl-1',
    created: 1,
    object: 'chat.completion',
    model: 'm',
    choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 3, completion_tokens: 4 },
    ...more,
  };
}

/** What a reader of the stream puts together of it. */
function assembled(stream: string) {
  const relay = createRelay({ model: 'm', wantsUsage: true, onFirstToken: () => {} });
  relay.push(Buffer.from(stream));
  expect(relay.whole).toBe(true);
  return relay.told.body as ReplayedCompletion;
}

const chunksOf = (stream: string) =>
  stream
    .split('\n\n')
    .filter((event) => event.startsWith('data: {'))
    .map((event) => JSON.parse(event.slice('data: '.length)));

const text = fc.string({ unit: 'grapheme', maxLength: 2000 });
const message = fc.record({
  content: fc.option(text.filter((said) => said !== '')),
  reasoning_content: text.filter((said) => said !== ''),
  tool_calls: fc.array(
    fc.record({
      id: fc.uuid(),
      type: fc.constant('function'),
      function: fc.record({ name: fc.constant('f'), arguments: text }),
    }),
    { minLength: 1, maxLength: 3 },
  ),
});

describe('a replay', () => {
  test('put together is the answer that it was made of', () => {
    fc.assert(
      fc.property(fc.array(message, { minLength: 1, maxLength: 3 }), (messages) => {
        const choices = messages.map((said, index) => ({
          index,
          message: { role: 'assistant', ...said },
          finish_reason: 'tool_calls',
        }));
        const completion = aCompletion({}, { choices });
        expect(assembled(replayChat(completion, options)).choices).toEqual(choices);
      }),
    );
  });

  test('cuts no character in two, and keeps line ends', () => {
    const content = `${'👩‍👩‍👧'.repeat(150)}\r\n\n${'é'.repeat(300)}`;
    const stream = replayChat(aCompletion({ content }), options);
    expect(assembled(stream).choices[0]?.message.content).toBe(content);
    expect(Buffer.from(stream).toString()).toBe(stream);
    expect(chunksOf(stream).length).toBeGreaterThan(4);
  });

  test('says log probabilities with the text that they are of', () => {
    const logprobs = { content: [{ token: 'Hi', logprob: -0.1 }] };
    const choice = {
      index: 0,
      message: { role: 'assistant', content: 'Hi' },
      finish_reason: 'stop',
    };
    const chunks = chunksOf(
      replayChat(aCompletion({}, { choices: [{ ...choice, logprobs }] }), options),
    );
    const [first, said, end] = chunks.map(({ choices: [only] }) => only);
    expect(first).toMatchObject({ delta: { role: 'assistant', content: '' }, logprobs: null });
    expect(said).toMatchObject({ delta: { content: 'Hi' }, logprobs });
    expect(end).toMatchObject({ delta: {}, logprobs: null, finish_reason: 'stop' });
  });

  test('says once what is of the whole answer, and what else is in a message', () => {
    const citations = ['https://example.com'];
    const annotations = [{ type: 'url_citation' }];
    const chunks = chunksOf(
      replayChat(aCompletion({ content: 'Hi', annotations }, { citations }), options),
    );
    expect(chunks.filter((chunk) => 'citations' in chunk)).toEqual([chunks[0]]);
    expect(chunks[0]).toMatchObject({ citations, choices: [{ delta: { annotations } }] });
  });

  test('counts tokens where the upstream told none', () => {
    const chunks = chunksOf(replayChat(aCompletion({ content: 'Hi' }, { usage: null }), options));
    expect(chunks.at(-1)).toMatchObject({
      choices: [],
      usage: { prompt_tokens: 3, completion_tokens: 4, cost: 0 },
    });
  });
});
