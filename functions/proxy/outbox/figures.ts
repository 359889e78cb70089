import { Counter, Gauge, type Registry } from '../../_shared/telemetry.ts';

/** How the outbox stands, and what it dropped since the last time. */
export interface OutboxState {
  depth: number;
  /** When what the oldest event that waits tells of began (epoch ms). */
  oldest: number | null;
  parked: number;
  bytes: number;
  lost: number;
  bodiesDropped: number;
  payloadsMoved: number;
}

/** The outbox's figures on `/metrics`. */
export function createFigures(metrics: Registry) {
  const registers = [metrics];
  let oldest: number | null = null;
  const gauge = (name: string, help: string) => new Gauge({ name, help, registers });
  const counter = (name: string, help: string) => new Counter({ name, help, registers });

  const depth = gauge('outbox_depth', 'Records that wait for delivery');
  const parked = gauge(
    'outbox_parked',
    'Records that were refused for good or given up and are kept aside',
  );
  const bytes = gauge('outbox_bytes', 'Bytes of the outbox file in use');
  new Gauge({
    name: 'outbox_oldest_age_seconds',
    help: 'Since the call began whose record waits first in line; 0 when none waits',
    registers,
    collect() {
      // A clock that was set back makes no age negative.
      this.set(oldest === null ? 0 : Math.max(0, (Date.now() - oldest) / 1000));
    },
  });
  const bodiesDropped = counter(
    'outbox_bodies_dropped_total',
    'Records that lost their bodies because the outbox was full',
  );
  const payloadsMoved = counter(
    'outbox_payloads_moved_total',
    'Records whose bodies went to the store ahead of them, too large for an event',
  );
  const lost = counter(
    'lost_records_total',
    'Records that were given up: the outbox was full, or the disk refused them and so was memory',
  );

  return {
    show(state: OutboxState) {
      ({ oldest } = state);
      depth.set(state.depth);
      parked.set(state.parked);
      bytes.set(state.bytes);
      bodiesDropped.inc(state.bodiesDropped);
      payloadsMoved.inc(state.payloadsMoved);
      lost.inc(state.lost);
    },
  };
}
