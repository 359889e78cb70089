import type { Alerts } from './alerts.ts';
import type { Payloads } from './payloads.ts';
import type { RequestLogs } from './request-logs.ts';
import type { Spend } from './spend.ts';
import type { Usage } from './usage.ts';

/**
 * The store's contract. One set of query groups, each method of which is a name, JSON-able
 * arguments and a JSON-able answer, so that the same contract runs in a worker thread and over
 * HTTP. Methods reject with a GatewayError: `invalid_request` for arguments out of bounds,
 * `unavailable` when the store cannot be reached or is busy beyond its time-out (worth another
 * try), `internal` for anything else. What a method adds to that stands on it.
 */
export interface Store {
  readonly requestLogs: RequestLogs;
  readonly payloads: Payloads;
  readonly usage: Usage;
  readonly spend: Spend;
  readonly alerts: Alerts;
  /** Resolves when a query can be answered. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
