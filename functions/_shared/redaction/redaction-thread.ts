import { Worker } from 'node:worker_threads';
import type { Logger } from '../telemetry.ts';
import { lengthOf, type Passages, type Redacted, withheldFor } from './passages.ts';
import type { RedactionJob } from './worker.ts';

/** What may wait for the thread, in characters: with more, bodies are withheld. */
const mostWaiting = 64 * 1024 * 1024;

export interface ThreadOptions {
  patterns: Record<string, string>;
  /** From the moment a job is given to its answer. */
  timeoutMs: number;
  logger: Logger;
}

interface Waiting extends RedactionJob {
  settle: (redacted: Redacted) => void;
}

/**
 * Redacts in a thread of its own, which starts with the first job. One job is there at a time, so
 * that one that takes too long is known: its thread is ended in the middle of it and the next job
 * has a new one. No job rejects; what could not be redacted comes back without its bodies.
 */
export function createRedactionThread({ patterns, timeoutMs, logger }: ThreadOptions) {
  let worker: Worker | null = null;
  let running: Waiting | null = null;
  let waiting: Waiting[] = [];
  let length = 0;

  function start(): Worker {
    const file = import.meta.url.endsWith('.ts') ? './worker.ts' : './redaction-worker.mjs';
    const started = new Worker(new URL(file, import.meta.url), { workerData: patterns });
    started.unref();
    started.on('message', (redacted: Redacted) => running?.settle(redacted));
    started.on('error', (error) => {
      logger.error({ err: error }, 'the redaction thread failed');
      if (worker !== started) return;
      worker = null;
      running?.settle(withheldFor('the redaction failed', running.passages));
    });
    return started;
  }

  function stop(): Promise<unknown> {
    const stopping = worker;
    worker = null;
    return stopping?.terminate() ?? Promise.resolve();
  }

  function next() {
    if (running) return;
    running = waiting.shift() ?? null;
    if (!running) return;
    worker ??= start();
    const { passages, kinds } = running;
    worker.postMessage({ passages, kinds } satisfies RedactionJob);
  }

  return {
    redact(passages: Passages, kinds: string[]): Promise<Redacted> {
      const size = lengthOf(passages);
      if (length + size > mostWaiting) {
        return Promise.resolve(withheldFor('too much waited for its redaction', passages));
      }
      length += size;
      return new Promise((resolve) => {
        const job: Waiting = { passages, kinds, settle };
        const timer = setTimeout(() => {
          if (running === job) void stop();
          settle(withheldFor(`the redaction took over ${timeoutMs} ms`, passages));
        }, timeoutMs);
        function settle(redacted: Redacted) {
          clearTimeout(timer);
          length -= size;
          if (running === job) running = null;
          waiting = waiting.filter((other) => other !== job);
          resolve(redacted);
          next();
        }
        waiting.push(job);
        next();
      });
    },
    async close() {
      const left = [...(running ? [running] : []), ...waiting];
      waiting = [];
      const stopped = stop();
      for (const job of left) {
        job.settle(withheldFor('the gateway stopped before the redaction', job.passages));
      }
      await stopped;
    },
  };
}
