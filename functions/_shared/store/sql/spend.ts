import { type Kysely, sql } from 'kysely';
import type { BookableRecord, Spend, SpendScope } from '../store.ts';
import { prepareInsert } from './statements.ts';
import type { SpendTable, Tables } from './tables.ts';

export function createSpend(db: Kysely<Tables>) {
  const addRow = prepareInsert<SpendTable>(['scope', 'id', 'cost_nanos', 'calls'], (row) =>
    db
      .insertInto('spend')
      .values(row)
      .onConflict((conflict) =>
        conflict.columns(['scope', 'id']).doUpdateSet({
          cost_nanos: sql`spend.cost_nanos + excluded.cost_nanos`,
          calls: sql`spend.calls + excluded.calls`,
        }),
      ),
  );

  const spend: Spend = {
    async of(scope, id) {
      const row = await db
        .selectFrom('spend')
        .select(['cost_nanos', 'calls'])
        .where('scope', '=', scope)
        .where('id', '=', id)
        .executeTakeFirst();
      return { cost_nanos: Number(row?.cost_nanos ?? 0), calls: Number(row?.calls ?? 0) };
    },
  };

  return {
    spend,
    /** Adds records to every scope that they belong to. */
    async add(transaction: Kysely<Tables>, records: BookableRecord[]): Promise<void> {
      for (const row of gather(records)) await addRow(transaction, row);
    },
  };
}

function gather(records: BookableRecord[]): Iterable<SpendTable> {
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
  return rows.values();
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
