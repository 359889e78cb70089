import { type Kysely, sql } from 'kysely';
import { type Invoke, invokeOn, storeFrom } from '../methods.ts';
import type { Store } from '../store.ts';
import { createAlerts } from './alerts.ts';
import { checkArguments } from './arguments.ts';
import type { SqlDialect } from './dialect.ts';
import { createRequestLogs } from './request-logs.ts';
import { createRollups, minutesKeptMs } from './rollups.ts';
import { createSpend } from './spend.ts';
import { storable } from './storable.ts';
import type { Tables } from './tables.ts';
import { createUsage } from './usage.ts';

/** The contract in SQL, on whatever database Kysely speaks to. Its schema must be there already. */
export function createSqlStore(
  db: Kysely<Tables>,
  dialect: SqlDialect,
): Store & { prune(): Promise<void> } {
  const rollups = createRollups(db, dialect);
  const spend = createSpend(db, dialect);
  const unchecked: Store = {
    requestLogs: createRequestLogs(db, dialect, rollups, spend),
    usage: createUsage(db),
    spend: spend.spend,
    alerts: createAlerts(db),
    ping: async () => {
      await sql`SELECT 1`.execute(db);
    },
    close: () => db.destroy(),
  };
  const invoke: Invoke = async (name, args) => {
    checkArguments(name, args);
    return invokeOn(unchecked, name, args.map(storable));
  };
  return {
    ...storeFrom(invoke, unchecked.close),
    /** Deletes what is past its time, in small transactions that hold up nobody for long. */
    async prune() {
      const before = Date.now() - minutesKeptMs;
      while ((await rollups.pruneMinutes(before, 200)) === 200);
    },
  };
}
