import type { EpochMs, Milliseconds } from '../../_shared/units.ts';

const minuteMs = 60_000;
/** LiteLLM's `max_latency_list_size`. */
const keptTimes = 10;

/** What this process knows of a deployment: how busy it is, and how its last calls went. */
export interface DeploymentState {
  inFlight: number;
  /** The minute, by the clock, that the next four are of. */
  minute: number;
  requests: number;
  tokens: number;
  ended: number;
  failures: number;
  /** Of the last calls: to the first token of a stream, and for a token of a plain answer. */
  firstTokenMs: Milliseconds[];
  perTokenMs: Milliseconds[];
}

export function createDeploymentState(): DeploymentState {
  return {
    inFlight: 0,
    minute: 0,
    requests: 0,
    tokens: 0,
    ended: 0,
    failures: 0,
    firstTokenMs: [],
    perTokenMs: [],
  };
}

/** The state with its counts of this minute: those of an earlier one are gone. */
export function inMinuteOf(state: DeploymentState, now: EpochMs): DeploymentState {
  const minute = Math.floor(now / minuteMs);
  if (state.minute !== minute) {
    state.minute = minute;
    state.requests = 0;
    state.tokens = 0;
    state.ended = 0;
    state.failures = 0;
  }
  return state;
}

/** How long until the counts begin anew. */
export const untilNextMinute = (now: EpochMs): Milliseconds => minuteMs - (now % minuteMs);

export function noteTime(times: Milliseconds[], time: Milliseconds): void {
  times.push(time);
  if (times.length > keptTimes) times.shift();
}
