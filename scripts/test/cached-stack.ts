import OpenAI from 'openai';
import { vi } from 'vitest';
import { startCountingUpstream } from './counting-upstream.ts';
import { masterKey, startStack } from './stack.ts';

/** What one call to the upstream costs: 1000 tokens in, 10 out. */
export const costNanos = 1_100_000;

export const body = (content: string, more: object = {}) => ({
  model: 'answers',
  messages: [{ role: 'user' as const, content }],
  ...more,
});

const isHit = (headers: Headers) => headers.get('x-litellm-cache-hit') === 'true';

/** A gateway that keeps answers, its upstream, and a client of it. */
export async function startCachedStack({
  params,
  env = {},
}: {
  params: object;
  env?: Record<string, string>;
}) {
  const upstream = await startCountingUpstream();
  const names = ['answers', 'other', 'tools', 'thinks', 'fails', 'logprobs', 'filters'];
  const stack = await startStack({
    parts: ['broker', 'proxy', 'ingest'],
    config: {
      model_list: names.map(upstream.entry),
      // Each call to the upstream is to be one that the test knows of.
      litellm_settings: { cache: true, cache_params: params, num_retries: 0 },
    },
    env,
  });
  const openai = new OpenAI({ apiKey: masterKey, baseURL: `${stack.proxy.url}/v1`, maxRetries: 0 });

  return {
    upstream,
    stack,
    openai,
    async ask(content: string, more: object = {}, headers: Record<string, string> = {}) {
      const { data, response } = await openai.chat.completions
        .create(body(content, more), { headers })
        .withResponse();
      const completion = data as OpenAI.ChatCompletion;
      const text = completion.choices[0]?.message.content;
      return { completion, text, isHit: isHit(response.headers), headers: response.headers };
    },
    async stream(content: string, more: object = {}) {
      const { data, response } = await openai.chat.completions
        .create({ ...body(content, more), stream: true })
        .withResponse();
      const chunks: OpenAI.ChatCompletionChunk[] = [];
      for await (const chunk of data) chunks.push(chunk);
      const text = chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('');
      return { chunks, text, isHit: isHit(response.headers), headers: response.headers };
    },
    /** A call as it was booked. */
    bookOf: (headers: Headers) =>
      vi.waitFor(
        async () => {
          const log = await stack.store.requestLogs.find(headers.get('x-litellm-call-id') ?? '');
          if (!log) throw new Error('The call is not in the books yet.');
          return log;
        },
        { timeout: 20_000, interval: 50 },
      ),
    /** One of the cache's own endpoints: POST where there is something to send. */
    async door(path: string, given?: object) {
      const response = await fetch(`${stack.proxy.url}${path}`, {
        method: given ? 'POST' : 'GET',
        headers: stack.proxy.headers,
        ...(given && { body: JSON.stringify(given) }),
      });
      return { status: response.status, body: await response.json() };
    },
    metrics: async () => (await fetch(`${stack.proxy.url}/metrics`)).text(),
    /** Kills the proxy, and waits for the one that takes its place. */
    async restart() {
      const deaths = () => stack.lines.filter((line) => line.startsWith('proxy ended')).length;
      const before = deaths();
      stack.signal('proxy', 'SIGKILL');
      await vi.waitFor(() => {
        if (deaths() === before) throw new Error('The proxy has not ended yet.');
      });
      await stack.ready();
    },
    async end() {
      await stack.end();
      upstream.close();
    },
  };
}

export type CachedStack = Awaited<ReturnType<typeof startCachedStack>>;
