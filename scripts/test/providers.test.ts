import OpenAI, { APIError } from 'openai';
import { ChatCompletionStream } from 'openai/lib/ChatCompletionStream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { noTokens } from '../../functions/_shared/units.ts';
import { adapters } from '../../functions/proxy/providers/adapters.ts';
import { compatible } from '../../functions/proxy/providers/compatible.ts';
import { rowOf } from './books.ts';
import { type ProviderCase, providerCases, providersWithCases } from './provider-cases.ts';
import { keyOf, startRecordedProvider } from './recorded-provider.ts';
import { masterKey, type Stack, startStack } from './stack.ts';

/** What each wire of its own must show that it does, or that it refuses. */
const contract = [
  ...['plain', 'system', 'image', 'tools', 'tool-result', 'parallel-tools', 'structured-output'],
  ...['thinking', 'caching', 'stop', 'length', 'refusal', 'unsupported', 'drop-params'],
  ...['stream', 'stream-tools', 'stream-thinking', 'stream-structured-output', 'cut-stream'],
  ...['error', 'error-key', 'error-rate-limit', 'error-context', 'error-in-stream'],
];

let provider: Awaited<ReturnType<typeof startRecordedProvider>>;
let stack: Stack;
let openai: OpenAI;

beforeAll(async () => {
  provider = await startRecordedProvider(providerCases);
  stack = await startStack({
    parts: ['broker', 'proxy', 'ingest'],
    // Many calls here fail; that is no news.
    env: { ALERT_MIN_CALLS: '1000000' },
    config: {
      model_list: providerCases.map(provider.entry),
      // An error is to be seen as it came.
      router_settings: { num_retries: 0 },
    },
  });
  openai = new OpenAI({ apiKey: masterKey, baseURL: `${stack.urls.proxy}/v1`, maxRetries: 0 });
});
afterAll(async () => {
  await stack?.end();
  provider?.close();
});

describe('each provider has its recordings', () => {
  test.each([...adapters])('%s, with a wire of its own, all of the contract', (name, wire) => {
    const names = providerCases.filter((each) => each.provider === name).map((each) => each.name);
    const [first] = [...adapters].find(([, each]) => each === wire) ?? [];
    // A second name of a wire only has to lead to it.
    expect(names).toEqual(expect.arrayContaining(first === name ? contract : ['plain']));
  });
  test.each([...compatible.keys()])('%s, which speaks as OpenAI does', (name) => {
    expect(providersWithCases).toContain(name);
  });
  test('and no recording is of none', () => {
    const known = [...adapters.keys(), ...compatible.keys()];
    expect(providersWithCases.filter((name) => !known.includes(name))).toEqual([]);
  });
});

interface Outcome {
  callId: string;
  status: number;
  retryAfter: string | null;
  message: Record<string, unknown>;
  finish_reason: unknown;
  usage: unknown;
  error: APIError | null;
}

/** The call by OpenAI's own client, and all that came of it. */
async function ask(each: ProviderCase): Promise<Outcome> {
  const body = { ...each.request, model: keyOf(each) } as unknown as Asking;
  const outcome: Outcome = {
    callId: '',
    status: 200,
    retryAfter: null,
    message: { content: '' },
    finish_reason: null,
    usage: null,
    error: null,
  };
  try {
    const options = each.headers ? { headers: each.headers } : {};
    const { data, response } = await openai.chat.completions.create(body, options).withResponse();
    outcome.callId = response.headers.get('x-litellm-call-id') ?? '';
    const completion = 'choices' in data ? data : await assemble(data, outcome);
    const [choice] = completion.choices;
    expect(completion.model).toBe(keyOf(each));
    Object.assign(outcome, { message: choice?.message, usage: completion.usage });
    outcome.finish_reason = choice?.finish_reason;
  } catch (thrown) {
    if (!(thrown instanceof APIError)) throw thrown;
    outcome.error = thrown;
    outcome.status = thrown.status ?? outcome.status;
    outcome.callId = thrown.headers?.get('x-litellm-call-id') ?? outcome.callId;
    outcome.retryAfter = thrown.headers?.get('retry-after') ?? null;
  }
  return outcome;
}

type Asking = OpenAI.ChatCompletionCreateParams;

/** What the SDK makes of the chunks, with the members that it does not know. */
async function assemble(chunks: AsyncIterable<OpenAI.ChatCompletionChunk>, outcome: Outcome) {
  const lines: string[] = [];
  let reasoning = '';
  const text = () => lines.map((line) => JSON.parse(line).choices[0]?.delta.content ?? '').join('');
  for await (const chunk of chunks) {
    lines.push(JSON.stringify(chunk));
    const delta = chunk.choices[0]?.delta as { reasoning_content?: string } | undefined;
    reasoning += delta?.reasoning_content ?? '';
    outcome.message = { content: text() };
  }
  const stream = ChatCompletionStream.fromReadableStream(
    new Blob([lines.join('\n')]).stream() as ReadableStream,
  );
  const completion = await stream.finalChatCompletion();
  const [choice] = completion.choices;
  if (choice && reasoning) Object.assign(choice.message, { reasoning_content: reasoning });
  return completion;
}

const named = providerCases.map((each) => [keyOf(each), each] as const);

describe('a call', () => {
  test.each(named)('%s', async (_key, each) => {
    const { asks, gives, fails } = each;
    const outcome = await ask(each);
    const asked = provider.askedOf(each);
    if (asks) {
      expect(asked?.body).toEqual(asks.body);
      expect(asked?.path).toBe(asks.path);
      expect(asked?.headers).toMatchObject(asks.headers);
    } else expect(asked).toBeUndefined();
    expect(outcome.callId).toMatch(/^[0-9a-f-]{36}$/);
    const row = await rowOf(stack, outcome.callId);

    if (gives) {
      const { message, finish_reason, usage, tokens } = gives;
      const { choices = [{ message, finish_reason }] } = gives;
      // The SDK keeps of a streamed thinking block its last piece; the books have all of it.
      const { thinking_blocks, ...told } = message;
      expect(outcome.error).toBeNull();
      expect(outcome.message).toMatchObject(each.request.stream ? told : message);
      expect(outcome.finish_reason).toBe(finish_reason);
      if (usage) expect(outcome.usage).toMatchObject(usage);
      expect(row).toMatchObject({ status: 'success', provider: each.provider, finish_reason });
      expect(row).toMatchObject({
        tokens: { ...noTokens(), ...tokens },
        tokens_source: 'upstream',
      });
      expect(row.response).toMatchObject({ choices });
    }
    if (fails) {
      const { status = 200, retryAfter = null, error, after } = fails;
      expect(outcome.error?.error).toMatchObject(error);
      expect(outcome.status).toBe(status);
      expect(outcome.retryAfter).toBe(retryAfter);
      if (after !== undefined) expect(outcome.message.content).toBe(after);
      expect(row.status).toBe(after === undefined ? 'failure' : 'interrupted');
    }
    expect(gives ?? fails).toBeDefined();
  });
});
