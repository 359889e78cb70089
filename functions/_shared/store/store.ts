import type { Alerts } from './alerts.ts';
import type { Cache } from './cache.ts';
import type { AccessGroups } from './governance/access-groups.ts';
import type { AuditLog } from './governance/audit-log.ts';
import type { Budgets } from './governance/budgets.ts';
import type { Changes } from './governance/changes.ts';
import type { EndUsers } from './governance/end-users.ts';
import type { Keys } from './governance/keys.ts';
import type { Memberships } from './governance/memberships.ts';
import type { Models } from './governance/models.ts';
import type { Organizations } from './governance/organizations.ts';
import type { Projects } from './governance/projects.ts';
import type { Settings } from './governance/settings.ts';
import type { Tags } from './governance/tags.ts';
import type { Teams } from './governance/teams.ts';
import type { Users } from './governance/users.ts';
import type { InvokeJson } from './method.ts';
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
  readonly keys: Keys;
  readonly teams: Teams;
  readonly users: Users;
  readonly organizations: Organizations;
  readonly projects: Projects;
  readonly endUsers: EndUsers;
  readonly memberships: Memberships;
  readonly budgets: Budgets;
  readonly tags: Tags;
  readonly accessGroups: AccessGroups;
  readonly models: Models;
  readonly settings: Settings;
  readonly changes: Changes;
  readonly auditLog: AuditLog;
  readonly cache: Cache;
  /**
   * Calls a method with JSON for arguments and answer, where the store can do so without reading
   * either on the caller's thread.
   */
  readonly invokeJson?: InvokeJson;
  /** Resolves when a query can be answered. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
