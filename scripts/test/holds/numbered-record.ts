import type { RequestCompletedInput } from '../../../functions/_shared/events/types.ts';
import { keepsAll, type Retention } from '../../../functions/_shared/store/retention.ts';

const dayMs = 86_400_000;

/** Calls of these numbers are past the time that logs, or bodies, are kept for; others are within. */
export const logIsPast = (number: number) => number % 10 === 7;
export const bodiesArePast = (number: number) => logIsPast(number) || number % 10 === 3;
export const retention: Retention = {
  ...keepsAll,
  logs: { ...keepsAll.logs, ageMs: 365 * dayMs },
  payloads: { ...keepsAll.payloads, ageMs: 30 * dayMs },
};

/** Some are of now, most of the last days, so that their blocks are joined at once. */
function ageOf(number: number): number {
  if (logIsPast(number)) return 400 * dayMs;
  if (bodiesArePast(number)) return 40 * dayMs;
  return number % 4 === 0 ? 0 : (number % 3) * dayMs + 3600_000;
}

/**
 * What the call of a number says: alike in every process and each time that it is sent, and with
 * something in every column that is summed.
 */
export function factsOf(number: number, now: number): RequestCompletedInput {
  const words = `call ${number} 🙂 ${'lorem ipsum '.repeat(number % 40)}`;
  return {
    started_at: now - ageOf(number) - (number % 5000) * 100,
    latency_ms: (number % 900) + 0.5,
    time_to_first_token_ms: number % 2 ? number % 90 : null,
    stream: number % 2 === 1,
    status: number % 11 === 0 ? 'failure' : 'success',
    model: `m${number % 7}`,
    provider: number % 5 ? 'openai' : null,
    key_id: `k${number % 13}`,
    team_id: number % 3 ? `t${number % 3}` : '',
    user_id: `u${number % 4}`,
    end_user: number % 6 ? '' : `e${number % 12}`,
    tags: number % 4 ? [] : ['x', `y${number % 8}`],
    tokens: {
      input: number % 1000,
      cache_read: 0,
      cache_write: 0,
      input_audio: 0,
      output: number % 77,
      reasoning: 0,
      output_audio: 0,
    },
    cost_nanos: number % 9 ? 1_000_000_007 + number : null,
    cache_hit: number % 10 === 0,
    saved_nanos: number % 10 === 0 ? number : null,
    attempts: [],
    request: number % 8 ? { messages: [{ role: 'user', content: words }] } : null,
    response: number % 8 ? { choices: [{ message: { content: `answer ${number}` } }] } : null,
  };
}

export const idOf = (number: number) => `call-${number}`;
export const numberOf = (id: string) => Number(id.slice('call-'.length));
