import { type Kysely, sql } from 'kysely';
import type { Invoke } from '../method.ts';
import { checkArguments, invokeOn, storeFrom } from '../methods.ts';
import type { Store } from '../store.ts';
import { createAlerts } from './alerts.ts';
import { createBooking } from './booking.ts';
import { createCache } from './cache.ts';
import type { SqlDialect } from './dialect.ts';
import { createGovernance } from './governance/governance.ts';
import { createPayloads } from './kept-payloads.ts';
import { createRequestLogs } from './request-logs.ts';
import { createSpendQueries } from './spend.ts';
import { storable } from './storable.ts';
import type { Tables } from './tables.ts';
import { createUsage } from './usage.ts';

/** The contract in SQL, on whatever database Kysely speaks to. Its schema must be there already. */
export function createSqlStore(db: Kysely<Tables>, dialect: SqlDialect): Store {
  const booking = createBooking(dialect);
  const unchecked: Store = {
    requestLogs: createRequestLogs(db, dialect, booking),
    payloads: createPayloads(db),
    usage: createUsage(db, dialect),
    spend: createSpendQueries(db),
    alerts: createAlerts(db),
    ...createGovernance(db, dialect),
    cache: createCache(db, dialect),
    ping: async () => {
      await sql`SELECT 1`.execute(db);
    },
    close: () => db.destroy(),
  };
  const invoke: Invoke = async (name, args) => {
    checkArguments(name, args);
    return invokeOn(unchecked, name, args.map(storable));
  };
  return storeFrom(invoke, unchecked.close);
}
