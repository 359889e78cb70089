import type { RequestLogRow } from '../../../_shared/store/request-logs.ts';
import type { Milliseconds } from '../../../_shared/units.ts';

export interface Phase {
  name: string;
  ms: Milliseconds;
  /** A Tailwind class of the theme. */
  color: string;
}

type Times = Pick<
  RequestLogRow,
  'latency_ms' | 'time_to_first_token_ms' | 'upstream_ms' | 'overhead_ms'
>;

/** Where a call's time went, in order; the phases add up to its latency as far as it is known. */
export function phasesOf(times: Times): Phase[] {
  const { latency_ms: latency, time_to_first_token_ms: firstToken } = times;
  if (latency === null) return [];
  const overhead = Math.min(times.overhead_ms ?? 0, latency);
  const upstream = latency - overhead;
  const gateway = { name: 'Gateway', ms: overhead, color: 'bg-accent' };
  if (firstToken === null) {
    return [gateway, { name: 'Upstream', ms: upstream, color: 'bg-series-3' }].filter(took);
  }
  const waiting = Math.min(Math.max(firstToken - overhead, 0), upstream);
  return [
    gateway,
    { name: 'Wait for the first token', ms: waiting, color: 'bg-series-3' },
    { name: 'Stream', ms: upstream - waiting, color: 'bg-series-2' },
  ].filter(took);
}

const took = ({ ms }: Phase) => ms > 0;
