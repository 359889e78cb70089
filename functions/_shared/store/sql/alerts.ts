import type { Kysely } from 'kysely';
import type { Alerts } from '../store.ts';
import type { Tables } from './tables.ts';

export function createAlerts(db: Kysely<Tables>): Alerts {
  return {
    async raise(alert) {
      const { numInsertedOrUpdatedRows } = await db
        .insertInto('alerts')
        .values({ ...alert, raised_at: Date.now() })
        .onConflict((conflict) => conflict.columns(['rule', 'scope', 'window_start']).doNothing())
        .executeTakeFirst();
      return numInsertedOrUpdatedRows === 1n;
    },
  };
}
