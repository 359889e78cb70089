import type { Candidate } from './candidate.ts';
import type { Strategy } from './strategy.ts';

/**
 * The fastest of late: by the time to the first token for a stream, else by the time for a token.
 * Who has not answered yet is tried first. Those within the buffer of the fastest share its calls.
 */
export const lowestLatency: Strategy = (candidates, { random, stream, latencyBuffer }) => {
  const latencies = candidates.map((candidate) => latencyOf(candidate, stream));
  const limit = Math.min(...latencies) * (1 + latencyBuffer);
  const fast = candidates.filter((_, index) => (latencies[index] as number) <= limit);
  return fast[Math.floor(random() * fast.length)] as Candidate;
};

function latencyOf({ state }: Candidate, stream: boolean): number {
  const times = stream ? state.firstTokenMs : state.perTokenMs;
  if (times.length === 0) return 0;
  return times.reduce((sum, time) => sum + time, 0) / times.length;
}
