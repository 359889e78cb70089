import type { Milliseconds } from '../units.ts';

/** How much the store keeps, each kind for itself; Infinity where nothing bounds it. */
export interface Retention {
  logs: { ageMs: Milliseconds; rows: number };
  /** Bodies, as they lie on disk: compressed. They go with their log at the latest. */
  payloads: { ageMs: Milliseconds; bytes: number };
  rollups: { ageMs: Milliseconds };
}

export const keepsAll: Retention = {
  logs: { ageMs: Number.POSITIVE_INFINITY, rows: Number.POSITIVE_INFINITY },
  payloads: { ageMs: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY },
  rollups: { ageMs: Number.POSITIVE_INFINITY },
};
