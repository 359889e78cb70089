import { Worker } from 'node:worker_threads';
import type { ChatRequest } from '../chat-request.ts';

export interface TokenCounter {
  countText(text: string): Promise<number>;
  countMessages(messages: ChatRequest['messages']): Promise<number>;
  close(): Promise<void>;
}

/** OpenAI's cookbook: each message is framed by 3 tokens, and 3 more begin the answer. */
const tokensPerMessage = 3;
const tokensBeforeAnswer = 3;

const patienceMs = 5_000;
const idleMs = 60_000;

/**
 * Counts tokens with OpenAI's o200k vocabulary, in a worker thread that lives only while it is
 * needed: the vocabulary takes 180 ms to load and some 100 MB. When the worker does not answer in
 * time the count is an estimate of four characters a token.
 */
export function createTokenCounter(): TokenCounter {
  let worker: Worker | null = null;
  let idleTimer: NodeJS.Timeout | undefined;
  let lastId = 0;
  const waiting = new Map<number, (tokens: number) => void>();

  const start = (): Worker => {
    const file = import.meta.url.endsWith('.ts') ? './worker.ts' : './tokenizer-worker.mjs';
    const started = new Worker(new URL(file, import.meta.url));
    started.unref();
    started.on('message', ({ id, tokens }: { id: number; tokens: number }) => {
      waiting.get(id)?.(tokens);
    });
    // The estimates of those that wait come by their own time-out.
    const gone = () => {
      if (worker === started) worker = null;
    };
    started.on('error', gone).on('exit', gone);
    return started;
  };

  const stop = async () => {
    clearTimeout(idleTimer);
    const stopping = worker;
    worker = null;
    await stopping?.terminate();
  };

  const count = (texts: string[]): Promise<number> => {
    const characters = texts.reduce((sum, text) => sum + text.length, 0);
    if (characters === 0) return Promise.resolve(0);
    worker ??= start();
    clearTimeout(idleTimer);
    const id = ++lastId;
    return new Promise((resolve) => {
      const settle = (tokens: number) => {
        clearTimeout(timer);
        waiting.delete(id);
        if (waiting.size === 0) idleTimer = setTimeout(() => void stop(), idleMs).unref();
        resolve(tokens);
      };
      const timer = setTimeout(() => settle(Math.ceil(characters / 4)), patienceMs);
      waiting.set(id, settle);
      worker?.postMessage({ id, texts });
    });
  };

  return {
    countText: (text) => count([text]),
    async countMessages(messages) {
      const tokens = await count(messages.flatMap(textsOf));
      return tokens + messages.length * tokensPerMessage + tokensBeforeAnswer;
    },
    close: stop,
  };
}

function textsOf({ role, content, name, tool_calls }: ChatRequest['messages'][number]): string[] {
  const texts: string[] = [role];
  if (typeof content === 'string') texts.push(content);
  else for (const part of content ?? []) if (typeof part.text === 'string') texts.push(part.text);
  if (typeof name === 'string') texts.push(name);
  if (tool_calls !== undefined) texts.push(JSON.stringify(tool_calls));
  return texts;
}
