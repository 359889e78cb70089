import { Worker } from 'node:worker_threads';
import { Counter, Gauge, type Logger, type Registry } from '../../_shared/telemetry.ts';
import { isDamage } from './damage.ts';

/** An event as the proxy hands it over: data as JSON text, extensions in ASCII. */
export interface OutboxEvent {
  id: string;
  source: string;
  type: string;
  time: number;
  extensions: Record<string, string>;
  data: string;
  /** Not to be delivered before this time (epoch ms). */
  notBefore?: number;
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

/** What the worker tells: a batch is kept, or how the outbox stands and what it dropped since. */
export type WorkerReport =
  | { kind: 'kept'; batch: number }
  | {
      kind: 'state';
      depth: number;
      parked: number;
      bytes: number;
      lost: number;
      bodiesDropped: number;
    }
  | { kind: 'log'; level: 'info' | 'warn' | 'error'; message: string; details: object };

/**
 * Events that wait for delivery, in a SQLite file of their own. A worker thread writes, delivers
 * and deletes them, so that a slow disk holds up the last byte of an answer but never the event
 * loop. Events that are put in the same turn of the loop are one transaction.
 */
export function createOutbox(
  options: OutboxOptions,
  { logger, metrics }: { logger: Logger; metrics: Registry },
): Outbox {
  const depthGauge = new Gauge({
    name: 'outbox_depth',
    help: 'Records that wait for delivery',
    registers: [metrics],
  });
  const parkedGauge = new Gauge({
    name: 'outbox_parked',
    help: 'Records that were refused for good and are kept aside',
    registers: [metrics],
  });
  const bytesGauge = new Gauge({
    name: 'outbox_bytes',
    help: 'Bytes of the outbox file in use',
    registers: [metrics],
  });
  const bodiesCounter = new Counter({
    name: 'outbox_bodies_dropped_total',
    help: 'Records that lost their bodies because the outbox was full',
    registers: [metrics],
  });
  const lostCounter = new Counter({
    name: 'lost_records_total',
    help: 'Records that were given up: the outbox was full, or the disk refused them and so was memory',
    registers: [metrics],
  });

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
    started.on('message', hear);
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

  function hear(report: WorkerReport) {
    if (report.kind === 'kept') {
      const batch = unkept.get(report.batch);
      unkept.delete(report.batch);
      for (const kept of batch?.kept ?? []) kept();
    } else if (report.kind === 'state') {
      depth = report.depth;
      depthGauge.set(report.depth);
      parkedGauge.set(report.parked);
      bytesGauge.set(report.bytes);
      bodiesCounter.inc(report.bodiesDropped);
      lostCounter.inc(report.lost);
      onDepth();
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
