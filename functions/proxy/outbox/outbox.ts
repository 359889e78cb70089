import { Worker } from 'node:worker_threads';
import { asGatewayError } from '../../_shared/errors.ts';
import type { Payloads, PayloadText } from '../../_shared/store/payloads.ts';
import type { Logger, Registry } from '../../_shared/telemetry.ts';
import { isDamage } from './damage.ts';
import type { Failures } from './failures.ts';
import { createFigures, type OutboxState } from './figures.ts';
import type { KeepFailure } from './keeper.ts';

/** As JSON text. */
export interface Bodies {
  request: string | null;
  response: string | null;
}

/** An event as the proxy hands it over: data as JSON text, extensions in ASCII. */
export interface OutboxEvent {
  id: string;
  source: string;
  type: string;
  time: number;
  extensions: Record<string, string>;
  data: string;
  /**
   * A record's bodies where they would make its event too large: apart from its data, and put into
   * the store before it is delivered.
   */
  bodies?: Bodies;
  /** Not to be delivered before this time (epoch ms). */
  notBefore?: number;
  /** How its delivery has failed so far. */
  failures?: Failures;
  /** Never to be delivered again, only kept: why. */
  parked?: string;
}

export interface OutboxOptions {
  /** The SQLite file. Its folder exists. */
  path: string;
  /** Where events are posted to. */
  sink: string;
  /** Extensions that the sink wants on every event (K_CE_OVERRIDES). */
  overrides: Record<string, string>;
  /** 32 bytes that sign events. */
  key: Uint8Array;
  /** What the events on disk may take. Beyond it the oldest bodies go, then the oldest records. */
  maxBytes: number;
  /** The source of the alert that tells of it. */
  source: string;
  /** One alert in as long as this. */
  alertWindowMs: number;
}

export interface WorkerOptions extends OutboxOptions {
  /** The file was found damaged while it was in use. */
  damaged: boolean;
}

export interface Outbox {
  /**
   * Resolves when the event is on disk, or, when the disk refuses it, in memory: a full disk must
   * not stop the traffic. Never rejects.
   */
  put(event: OutboxEvent): Promise<void>;
  /** Resolves when nothing is left to deliver. */
  drained(): Promise<void>;
  close(): Promise<void>;
}

/** What the worker tells: a batch is kept, how the outbox stands, or bodies are for the store. */
export type WorkerReport =
  | { kind: 'kept'; batch: number }
  | ({ kind: 'state' } & OutboxState)
  | { kind: 'keep'; ticket: number; payload: PayloadText }
  | { kind: 'log'; level: 'info' | 'warn' | 'error'; message: string; details: object };

/**
 * Events that wait for delivery, in a SQLite file of their own. A worker thread writes, delivers
 * and deletes them, so that a slow disk holds up the last byte of an answer but never the event
 * loop. Events that are put in the same turn of the loop are one transaction.
 */
export function createOutbox(
  options: OutboxOptions,
  {
    payloads,
    logger,
    metrics,
  }: { payloads: Pick<Payloads, 'keep'>; logger: Logger; metrics: Registry },
): Outbox {
  const figures = createFigures(metrics);
  let collecting: { event: OutboxEvent; kept: () => void }[] = [];
  let lastBatch = 0;
  const unkept = new Map<number, { events: OutboxEvent[]; kept: (() => void)[] }>();
  let depth = Number.POSITIVE_INFINITY;
  let damaged = false;
  let closing = false;
  let onDepth = () => {};

  const start = (): Worker => {
    const file = import.meta.url.endsWith('.ts') ? './worker.ts' : './outbox-worker.mjs';
    const workerData: WorkerOptions = { ...options, damaged };
    const started = new Worker(new URL(file, import.meta.url), { workerData });
    started.on('message', (report: WorkerReport) => hear(started, report));
    started.on('error', (error) => {
      damaged = isDamage(error);
      logger.error({ err: error }, 'the outbox worker failed');
    });
    started.on('exit', () => {
      if (closing) return;
      setTimeout(() => {
        worker = start();
        // What it had not confirmed it may or may not have kept; ingest books an event once.
        for (const [batch, { events }] of unkept) worker.postMessage({ batch, events });
      }, 1000);
    });
    return started;
  };

  async function keep(asking: Worker, { ticket, payload }: WorkerReport & { kind: 'keep' }) {
    let failure: KeepFailure | null = null;
    try {
      await payloads.keep(payload);
    } catch (thrown) {
      const error = asGatewayError(thrown);
      failure = { reason: error.message, isAway: error.code === 'unavailable' };
    }
    asking.postMessage({ kept: ticket, failure });
  }

  function hear(started: Worker, report: WorkerReport) {
    if (report.kind === 'kept') {
      const batch = unkept.get(report.batch);
      unkept.delete(report.batch);
      for (const kept of batch?.kept ?? []) kept();
    } else if (report.kind === 'state') {
      depth = report.depth;
      figures.show(report);
      onDepth();
    } else if (report.kind === 'keep') {
      void keep(started, report);
    } else {
      logger[report.level](report.details, report.message);
    }
  }

  function flush() {
    const batch = ++lastBatch;
    const events = collecting.map(({ event }) => event);
    unkept.set(batch, { events, kept: collecting.map(({ kept }) => kept) });
    collecting = [];
    worker.postMessage({ batch, events });
  }

  let worker = start();
  return {
    put(event) {
      return new Promise((resolve) => {
        if (collecting.length === 0) setImmediate(flush);
        collecting.push({ event, kept: resolve });
      });
    },
    drained() {
      return new Promise((resolve) => {
        onDepth = () => {
          if (depth === 0 && unkept.size === 0 && collecting.length === 0) resolve();
        };
        worker.postMessage({ hurry: true });
      });
    },
    async close() {
      closing = true;
      const exited = new Promise((resolve) => worker.once('exit', resolve));
      worker.postMessage({ close: true });
      await exited;
    },
  };
}
