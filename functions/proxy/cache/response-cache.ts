import type { CacheRules } from '../../_shared/config/cache.ts';
import type { Logger, Registry } from '../../_shared/telemetry.ts';
import type { Backend } from './backend.ts';
import { createFigures } from './figures.ts';
import { createGuard } from './guard.ts';
import { decodeAnswer, encodeAnswer, type KeptAnswer } from './kept-answer.ts';
import { createMemory } from './memory.ts';
import { within } from './within.ts';

/** LiteLLM's bound for one in memory; the store's own is eight times that. */
const answerLimit = 1024 * 1024;
/** Beyond it answers are held in memory only, until the backend has caught up. */
const mostUnwritten = 64;
const adminMs = 10_000;

export interface ResponseCacheParts {
  rules: CacheRules;
  backend: Backend;
  logger: Logger;
  metrics: Registry;
}

export type ResponseCache = ReturnType<typeof createResponseCache>;

/** Answers that are kept: in memory for a while, and in a backend that outlives the process. */
export function createResponseCache({ rules, backend, logger, metrics }: ResponseCacheParts) {
  const { type } = rules.place;
  const memory = createMemory({ maxEntries: 10_000, maxBytes: 32 * 1024 * 1024 });
  const figures = createFigures(metrics, memory);
  const guard = createGuard(backend, {
    readMs: 250,
    writeMs: 5000,
    failures: 3,
    closedMs: 2000,
    onFailure: figures.failed,
    onChange(isOpen, err) {
      figures.turned(isOpen);
      if (isOpen) logger.info({ cache: type }, 'the cache is back');
      else logger.warn({ err, cache: type }, 'the cache fails; calls go on without it');
    },
  });
  const unwritten = new Set<Promise<unknown>>();

  function remember(key: string, answer: KeptAnswer, now: number): void {
    memory.put(key, answer, Math.min(answer.expiresAt, now + rules.memoryTtlMs));
  }

  return {
    rules,
    figures,
    /** From memory, at once. */
    peek: (key: string): KeptAnswer | null => memory.get(key, Date.now()),
    /** From the backend; null where it has none, or does not say so in time. */
    async find(key: string): Promise<KeptAnswer | null> {
      const value = await guard.get(key);
      const answer = value && decodeAnswer(value);
      const now = Date.now();
      if (!answer || answer.expiresAt <= now) return null;
      remember(key, answer, now);
      return answer;
    },
    /** Nobody waits for it: the client has its answer before it is kept. */
    keep(key: string, answer: KeptAnswer): void {
      if (answer.text.length > answerLimit) return;
      const now = Date.now();
      remember(key, answer, now);
      if (unwritten.size >= mostUnwritten) return;
      const written = guard.put(key, encodeAnswer(answer), answer.expiresAt - now);
      unwritten.add(written);
      void written.then(() => unwritten.delete(written));
    },
    /** These three reject where the backend fails: who asks wants to hear of it. */
    async remove(keys: string[]): Promise<number> {
      for (const key of keys) memory.remove(key);
      return within(backend.remove(keys), adminMs);
    },
    async flush(): Promise<void> {
      memory.clear();
      await Promise.all(unwritten);
      memory.clear();
      await within(backend.flush(), adminMs);
    },
    ping: () => within(backend.ping(), adminMs),
    async close(): Promise<void> {
      await Promise.all(unwritten);
      await backend.close();
    },
  };
}
