import type { Kysely } from 'kysely';
import type { BookableRecord } from '../request-logs.ts';
import type { Spend, SpendScope } from '../spend.ts';
import type { SqlDialect } from './dialect.ts';
import { type Insert, inLockOrder } from './statements.ts';
import type { SpendTable, Tables } from './tables.ts';

const rows: Insert<SpendTable> = {
  into: 'spend',
  columns: { scope: 'text', id: 'text', cost_nanos: 'bigint', calls: 'bigint' },
  ending: `ON CONFLICT (scope, id) DO UPDATE SET
    cost_nanos = spend.cost_nanos + excluded.cost_nanos, calls = spend.calls + excluded.calls`,
};

/** The sums of all that was ever booked, a row for each scope's id. */
export function createSpend(dialect: SqlDialect) {
  const addRows = dialect.prepareInsert(rows);
  return {
    /** Adds records to every scope that they belong to. */
    async add(transaction: Kysely<Tables>, records: BookableRecord[]): Promise<void> {
      await addRows(transaction, inLockOrder(gather(records)));
    },
  };
}

export function createSpendQueries(db: Kysely<Tables>): Spend {
  return {
    async of(scope, id) {
      const row = await db
        .selectFrom('spend')
        .select(['cost_nanos', 'calls'])
        .where('scope', '=', scope)
        .where('id', '=', id)
        .executeTakeFirst();
      return { cost_nanos: Number(row?.cost_nanos ?? 0), calls: Number(row?.calls ?? 0) };
    },

    list({ scope, limit }) {
      return db
        .selectFrom('spend')
        .select(['id', 'cost_nanos', 'calls'])
        .where('scope', '=', scope)
        .orderBy('cost_nanos', 'desc')
        .orderBy('id')
        .limit(limit)
        .execute();
    },
  };
}

function gather(records: BookableRecord[]): Map<string, SpendTable> {
  const rows = new Map<string, SpendTable>();
  for (const { data } of records) {
    for (const [scope, id] of scopesOf(data)) {
      const name = `${scope}\n${id}`;
      const row = rows.get(name) ?? { scope, id, cost_nanos: 0, calls: 0 };
      rows.set(name, row);
      row.cost_nanos += data.cost_nanos ?? 0;
      row.calls++;
    }
  }
  return rows;
}

function scopesOf(data: BookableRecord['data']): [SpendScope, string][] {
  const named: [SpendScope, string][] = [
    ['key', data.key_id],
    ['team', data.team_id],
    ['user', data.user_id],
    ['end_user', data.end_user],
    ...[...new Set(data.tags)].map((tag): [SpendScope, string] => ['tag', tag]),
  ];
  return [['global', ''], ...named.filter(([, id]) => id !== '')];
}
