import { APIError, OpenAI } from 'openai';
import type { ChatCompletionChunk } from 'openai/resources/chat/completions';
import type { CompletionUsage } from 'openai/resources/completions';
import { z } from 'zod';
import { GatewayError } from '../_shared/errors.ts';
import { type AnswerEnd, callIdHeader, type Delta, type Usage } from './answer.ts';
import type { Turn } from './api/chat-request.ts';
import { asProxyError } from './proxy-error.ts';

/** Knative gives a request to the chat as long (timeoutSeconds in its Service). */
const timeoutMs = 300_000;
const mostModels = 1000;

export interface Ask {
  model: string;
  messages: Turn[];
  /** Ends the call to the proxy at once, which then ends its own. */
  signal: AbortSignal;
  /** Told the proxy's id of the call as soon as it is known, be it answered or refused. */
  onCallId: (id: string) => void;
}

/** What the proxy tells at an answer's end; times and links are the chat's own. */
export type Told = Pick<AnswerEnd, 'model' | 'finish_reason' | 'usage' | 'cost'>;

export type ProxyClient = ReturnType<typeof createProxyClient>;

/** The proxy as any of its clients sees it, by the OpenAI SDK. Rejects with GatewayErrors. */
export function createProxyClient({ proxyUrl, apiKey }: { proxyUrl: string; apiKey: string }) {
  const client = new OpenAI({
    baseURL: new URL('/v1', proxyUrl).href,
    apiKey,
    // Set, so that the SDK does not look for them in the environment, where they mean OpenAI.
    organization: null,
    project: null,
    timeout: timeoutMs,
    // The proxy tries again by itself; a second call from here would be paid for twice.
    maxRetries: 0,
    // It would write on standard output, among our lines of JSON.
    logLevel: 'off',
  });

  const noteId = (headers: Headers | undefined, { onCallId }: Ask) => {
    const id = headers?.get(callIdHeader);
    if (id) onCallId(id);
  };
  const fail = (thrown: unknown, ask: Ask): never => {
    if (thrown instanceof APIError) noteId(thrown.headers, ask);
    throw asProxyError(thrown);
  };

  return {
    /** The answer in one piece. */
    async complete(ask: Ask): Promise<Told & { text: string }> {
      const { model, messages, signal } = ask;
      const { data, response } = await client.chat.completions
        .create({ model, messages }, { signal })
        .withResponse()
        .catch((thrown: unknown) => fail(thrown, ask));
      noteId(response.headers, ask);
      const [choice] = data.choices ?? [];
      if (!choice) {
        throw new GatewayError(
          'upstream',
          'What the proxy answered is no chat completion. Is PROXY_URL right?',
        );
      }
      return {
        text: choice.message?.content ?? choice.message?.refusal ?? '',
        model: data.model ?? model,
        finish_reason: choice.finish_reason ?? null,
        usage: readUsage(data),
        cost: readCost(response.headers.get('x-litellm-response-cost')),
      };
    },

    /**
     * The answer as it comes. Rejects with `upstream_interrupted` when the stream does not come
     * whole: it is whole only with a reason to finish or with the usage that was asked for.
     */
    async stream(ask: Ask): Promise<AsyncGenerator<Delta, Told>> {
      const { model, messages, signal } = ask;
      const { data, response } = await client.chat.completions
        .create(
          { model, messages, stream: true, stream_options: { include_usage: true } },
          { signal },
        )
        .withResponse()
        .catch((thrown: unknown) => fail(thrown, ask));
      noteId(response.headers, ask);
      return readStream(data, ask);
    },

    /** The names of the models that the key may use. */
    async models(signal: AbortSignal): Promise<string[]> {
      const { data } = await client.models.list({ signal }).catch((thrown: unknown) => {
        throw asProxyError(thrown);
      });
      return data.slice(0, mostModels).map(({ id }) => id);
    },
  };
}

async function* readStream(
  chunks: AsyncIterable<ChatCompletionChunk>,
  { model, signal }: Ask,
): AsyncGenerator<Delta, Told> {
  const told: Told = { model, finish_reason: null, usage: null, cost: null };
  try {
    for await (const chunk of chunks) {
      const [choice] = chunk.choices ?? [];
      yield* deltasOf(choice?.delta);
      told.model = chunk.model || told.model;
      told.finish_reason = choice?.finish_reason ?? told.finish_reason;
      if (chunk.usage) {
        told.usage = readUsage(chunk);
        told.cost = readCost((chunk.usage as { cost?: unknown }).cost);
      }
    }
  } catch (thrown) {
    if (thrown instanceof APIError) throw asProxyError(thrown);
    // The socket broke, or what came was no event stream.
    throw cut(thrown);
  }
  // The SDK ends an aborted stream as if it had come to its end.
  if (signal.aborted) throw new GatewayError('client_closed', 'The client closed the connection.');
  if (told.finish_reason === null && told.usage === null) throw cut();
  return told;
}

function cut(cause?: unknown): GatewayError {
  return new GatewayError(
    'upstream_interrupted',
    'The proxy ended the stream before the answer was whole.',
    { cause },
  );
}

/** What models think aloud has no name in OpenAI's API; both of these are in use. */
const thinking = z
  .object({ reasoning_content: z.string().nullish(), reasoning: z.string().nullish() })
  .catch({});

function* deltasOf(delta: ChatCompletionChunk.Choice.Delta | undefined): Generator<Delta> {
  const thought = thinking.parse(delta);
  const reasoning = thought.reasoning_content || thought.reasoning;
  if (reasoning) yield { reasoning };
  const text = delta?.content || delta?.refusal;
  if (text) yield { text };
}

function readUsage({ usage }: { usage?: CompletionUsage | null }): Usage | null {
  if (!usage) return null;
  return {
    input_tokens: usage.prompt_tokens,
    cached_tokens: usage.prompt_tokens_details?.cached_tokens ?? 0,
    output_tokens: usage.completion_tokens,
    reasoning_tokens: usage.completion_tokens_details?.reasoning_tokens ?? 0,
  };
}

function readCost(given: unknown): number | null {
  if (given === null || given === undefined || given === '') return null;
  const cost = Number(given);
  return Number.isFinite(cost) ? cost : null;
}
