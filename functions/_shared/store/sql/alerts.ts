import { type Kysely, sql } from 'kysely';
import type { AlertRow, Alerts } from '../alerts.ts';
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

    async list({ limit, before }) {
      let query = db
        .selectFrom('alerts')
        .selectAll()
        .orderBy('raised_at', 'desc')
        .orderBy('id', 'desc')
        .limit(limit);
      if (before) {
        query = query.where(sql<boolean>`(raised_at, id) < (${before.raised_at}, ${before.id})`);
      }
      return (await query.execute()) as AlertRow[];
    },
  };
}
