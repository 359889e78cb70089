import { Worker } from 'node:worker_threads';
import { GatewayError } from '../../errors.ts';
import type { Logger } from '../../telemetry.ts';
import type { Maintenance, RoundReport } from '../maintenance.ts';
import type { Invoke, InvokeJson } from '../method.ts';
import { type CarriedError, revive } from '../methods.ts';

export interface WorkerOptions {
  path: string;
  readonly: boolean;
  /** Where this thread is to keep the store within bounds. */
  maintenance?: Pick<Maintenance, 'retention' | 'everyMs'> | undefined;
}

export interface Request {
  id: number;
  name: string;
  /** Bytes are JSON, and so is then the result. */
  args: unknown[] | Uint8Array;
}

/** `id` 0 is the worker's own word: it is ready, or it cannot start. */
export type Reply =
  | { id: number; result: unknown }
  | { id: number; error: CarriedError; detail?: string | undefined }
  | { round: RoundReport };

/** Calls that may wait for one thread. Beyond it the caller had better come again. */
const queueLimit = 2000;
const patienceMs = 30_000;

interface Waiting {
  resolve: (result: unknown) => void;
  reject: (error: unknown) => void;
  timer: NodeJS.Timeout;
}

export interface Thread {
  /** Resolves when the database is open. */
  ready: Promise<void>;
  invoke: Invoke;
  invokeJson: InvokeJson;
  /** Ends the thread after the calls that it has. */
  close(): Promise<void>;
  readonly waiting: number;
}

/** One worker thread with a connection of its own. */
export function startThread(
  options: WorkerOptions,
  logger: Logger,
  onRound: (report: RoundReport) => void = () => {},
): Thread {
  const file = import.meta.url.endsWith('.ts') ? './worker.ts' : './sqlite-worker.mjs';
  const worker = new Worker(new URL(file, import.meta.url), { workerData: options });
  const waiting = new Map<number, Waiting>();
  let lastId = 0;
  let ended: GatewayError | null = null;

  const opened = Promise.withResolvers<void>();
  // Whoever starts the thread hears of it; so does each call.
  opened.promise.catch(() => {});

  worker.on('message', (reply: Reply) => {
    if ('round' in reply) return onRound(reply.round);
    const error = 'error' in reply ? revive(reply.error) : null;
    if (error?.code === 'internal') {
      logger.error({ detail: 'detail' in reply ? reply.detail : undefined }, error.message);
    }
    if (reply.id === 0) {
      if (error) opened.reject(error);
      else opened.resolve();
      return;
    }
    const call = waiting.get(reply.id);
    if (!call) return;
    waiting.delete(reply.id);
    clearTimeout(call.timer);
    if (error) call.reject(error);
    else call.resolve((reply as { result: unknown }).result);
  });
  worker.on('error', (error) => end(error));
  worker.on('exit', () => end(null));

  function end(cause: Error | null) {
    if (cause) logger.error({ err: cause }, 'a store thread failed');
    ended ??= new GatewayError('unavailable', 'The store is closed.', { cause });
    opened.reject(ended);
    for (const call of waiting.values()) {
      clearTimeout(call.timer);
      call.reject(ended);
    }
    waiting.clear();
  }

  const send = (name: string, args: unknown[] | Uint8Array): Promise<unknown> => {
    if (ended) return Promise.reject(ended);
    if (waiting.size >= queueLimit) {
      return Promise.reject(
        new GatewayError('unavailable', 'The store has too much to do.', { retryAfter: 1 }),
      );
    }
    const id = ++lastId;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        waiting.delete(id);
        const message = `The store did not answer ${name} within ${patienceMs / 1000} s.`;
        reject(new GatewayError('unavailable', message));
      }, patienceMs);
      waiting.set(id, { resolve, reject, timer });
      worker.postMessage({ id, name, args } satisfies Request);
    });
  };

  return {
    ready: opened.promise,
    invoke: async (name, args) => {
      await opened.promise;
      return send(name, args);
    },
    invokeJson: async (name, args) => {
      await opened.promise;
      return (await send(name, args)) as Uint8Array;
    },
    async close() {
      if (ended) return;
      const exited = new Promise((resolve) => worker.once('exit', resolve));
      await send('close', []).catch(() => {});
      await exited;
    },
    get waiting() {
      return waiting.size;
    },
  };
}
