import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chatRequest } from '../chat-request.ts';
import { checkRequest } from '../request.ts';
import { chatBody } from './chat-body.ts';

const messages = [{ role: 'user', content: 'hi' }];
const build = (body: object, model = 'upstream/name') => {
  const text = JSON.stringify(body);
  return chatBody(text, checkRequest(chatRequest, JSON.parse(text)), model);
};

describe('the body sent upstream', () => {
  test('keeps every byte but the model', () => {
    const text =
      '{ "temperature": 1.0, "model" : "a\\"b", "messages":[{"role":"user","content":"é"}]}';
    expect(chatBody(text, checkRequest(chatRequest, JSON.parse(text)), 'x')).toBe(
      '{ "temperature": 1.0, "model" : "x", "messages":[{"role":"user","content":"é"}]}',
    );
  });

  test('asks for usage on a stream, whatever the client asked', () => {
    for (const stream_options of [undefined, null, {}, { include_usage: false, other: 1 }]) {
      const sent = JSON.parse(build({ model: 'm', messages, stream: true, stream_options }));
      expect(sent.stream_options.include_usage).toBe(true);
    }
    const kept = build({
      model: 'm',
      messages,
      stream: true,
      stream_options: { include_usage: false, other: 1 },
    });
    expect(JSON.parse(kept).stream_options.other).toBe(1);
    expect(JSON.parse(build({ model: 'm', messages }))).not.toHaveProperty('stream_options');
  });

  test('a nested "model" does not take the place of the one at the top', () => {
    const sent = JSON.parse(
      build({
        metadata: { model: 'inner' },
        model: 'm',
        messages,
        tools: [{ type: 'function', model: 1 }],
      }),
    );
    expect(sent).toMatchObject({
      metadata: { model: 'inner' },
      model: 'upstream/name',
      tools: [{ model: 1 }],
    });
  });

  test("a repeated member means its last value, as the client's own JSON.parse reads it", () => {
    const text = '{"model":"first","messages":[{"role":"user"}],"model":"second"}';
    const sent = chatBody(text, checkRequest(chatRequest, JSON.parse(text)), 'x');
    expect(JSON.parse(sent).model).toBe('x');
  });

  test('an escaped spelling of "model" cannot smuggle a name past routing', () => {
    const text = '{"model":"m","messages":[{"role":"user"}],"\\u006dodel":"m"}';
    const sent = chatBody(text, checkRequest(chatRequest, JSON.parse(text)), 'x');
    expect(JSON.parse(sent).model).toBe('x');
  });

  test("leaves out what is LiteLLM's own", () => {
    const sent = JSON.parse(
      build({
        model: 'm',
        messages,
        tags: ['a'],
        'no-log': true,
        metadata: { tags: ['b'] },
        seed: 1,
      }),
    );
    expect(sent).toEqual({ model: 'upstream/name', messages, seed: 1 });
  });

  describe('where the provider differs', () => {
    const difference = {
      rename: new Map([['max_completion_tokens', 'max_tokens']]),
      cannot: new Set(['logprobs']),
      developer: 'system',
      usageUnasked: false,
      dropParams: false,
    };
    const differing = (body: object, more: Partial<typeof difference> = {}) => {
      const text = JSON.stringify(body);
      const chat = checkRequest(chatRequest, JSON.parse(text));
      return chatBody(text, chat, 'x', { ...difference, ...more });
    };

    test('has its names and roles', () => {
      const instruction = { role: 'developer', content: 'Be brief.' };
      const sent = differing({
        model: 'm',
        messages: [instruction, ...messages],
        max_completion_tokens: 5,
      });
      expect(JSON.parse(sent)).toEqual({
        model: 'x',
        messages: [{ role: 'system', content: 'Be brief.' }, ...messages],
        max_tokens: 5,
      });
    });

    test('goes without what it cannot do only where that may be dropped', () => {
      const body = { model: 'm', messages, logprobs: true };
      expect(JSON.parse(differing(body))).toHaveProperty('logprobs');
      const without = { model: 'x', messages };
      expect(JSON.parse(differing(body, { dropParams: true }))).toEqual(without);
      expect(JSON.parse(differing({ ...body, drop_params: true }))).toEqual(without);
    });

    test('keeps every byte of a request in which it does not', () => {
      const text = '{ "model": "x", "messages":[{"role":"user","content":"é"}] }';
      const chat = checkRequest(chatRequest, JSON.parse(text));
      expect(chatBody(text, chat, 'x', { ...difference, dropParams: true })).toBe(text);
    });
  });

  test('means the same as the body it was made from', () => {
    fc.assert(
      fc.property(
        fc.record({
          model: fc.string({ minLength: 1, maxLength: 20 }),
          messages: fc.constant(messages),
          stream: fc.option(fc.boolean()),
          extra: fc.jsonValue(),
        }),
        fc.string({ minLength: 1, maxLength: 20 }),
        (body, model) => {
          const sent = JSON.parse(build(body, model));
          const expected = JSON.parse(JSON.stringify({ ...body, model }));
          if (body.stream) expected.stream_options = { include_usage: true };
          expect(sent).toEqual(expected);
        },
      ),
    );
  });
});
