import type { Retention } from '../store/retention.ts';
import type { Milliseconds } from '../units.ts';
import type { Environment } from './environment.ts';

const dayMs = 86_400_000;
const logsKeptDays = 365;
/**
 * With SQLite the books share a volume of a fixed size, and a pod that fills it is evicted with
 * them: 5 million logs (5 GB with their names and indexes), 8 GiB of bodies and an outbox of 1 GiB
 * leave a fifth of 20 GiB. A server has the room that it was given.
 */
const besideOthers = { rows: 5_000_000, bytes: 8 * 1024 ** 3 };

/** 0 is for ever, or without a bound. */
const unless0 = (value: number) => (value === 0 ? Number.POSITIVE_INFINITY : value);

/** What the store keeps: the environment's word, else that of config.yaml, else ours. */
export function retentionOf(
  environment: Pick<
    Environment,
    | 'DATABASE_URL'
    | 'LOGS_KEPT_DAYS'
    | 'LOGS_MAX_ROWS'
    | 'PAYLOADS_KEPT_DAYS'
    | 'PAYLOADS_MAX_BYTES'
    | 'ROLLUPS_KEPT_DAYS'
  >,
  logsKeptMs: Milliseconds | null,
): Retention {
  const isFile = environment.DATABASE_URL?.startsWith('file:') ?? false;
  const logDays = environment.LOGS_KEPT_DAYS ?? (logsKeptMs ?? logsKeptDays * dayMs) / dayMs;
  return {
    logs: {
      ageMs: unless0(logDays) * dayMs,
      rows: unless0(environment.LOGS_MAX_ROWS ?? (isFile ? besideOthers.rows : 0)),
    },
    payloads: {
      ageMs: unless0(environment.PAYLOADS_KEPT_DAYS) * dayMs,
      bytes: unless0(environment.PAYLOADS_MAX_BYTES ?? (isFile ? besideOthers.bytes : 0)),
    },
    rollups: { ageMs: unless0(environment.ROLLUPS_KEPT_DAYS) * dayMs },
  };
}
