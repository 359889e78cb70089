import { type Kysely, type RawBuilder, sql } from 'kysely';
import { type SpendScope, spendScopes } from '../../spend.ts';
import type { SqlDialect } from '../dialect.ts';
import { day as dayLength, dayLevel, levelsBy } from '../rollup-levels.ts';
import type { Tables } from '../tables.ts';

/** Sums beyond 53 bits stay whole. */
export interface ExactSpent {
  calls: bigint;
  cost_nanos: bigint;
}

export interface SpendDifference {
  scope: SpendScope;
  id: string;
  is: ExactSpent;
  should: ExactSpent;
}

export interface SpendFindings {
  /** What could be compared. */
  scopes: SpendScope[];
  differences: SpendDifference[];
  /** More was spent than the rollups tell of: either it is wrong, or they were deleted since. */
  mayBeLonger: boolean;
}

interface SpendRow {
  id: string;
  calls: string;
  cost_nanos: string;
}

type Sums = Map<string, ExactSpent>;

const nothing: ExactSpent = { calls: 0n, cost_nanos: 0n };

async function read(db: Kysely<Tables>, query: RawBuilder<SpendRow>): Promise<Sums> {
  const { rows } = await query.execute(db);
  return new Map(
    rows.map((row) => [row.id, { calls: BigInt(row.calls), cost_nanos: BigInt(row.cost_nanos) }]),
  );
}

const exact = sql`CAST(SUM(calls) AS text) AS calls, CAST(SUM(cost_nanos) AS text) AS cost_nanos`;

const spentOn = (db: Kysely<Tables>, scope: SpendScope) =>
  read(db, sql`SELECT id, ${exact} FROM spend WHERE scope = ${scope} GROUP BY id`);

const everyCall = (db: Kysely<Tables>) =>
  read(
    db,
    sql`SELECT '' AS id, ${exact} FROM (
        SELECT calls, cost_nanos FROM rollups WHERE level = ${dayLevel.level}
        UNION ALL SELECT calls, cost_nanos FROM pending_rollups) AS sums
      HAVING COUNT(*) > 0`,
  );

/** By the days of the rollups, which outlive the logs, and by what is pending. */
function byRollups(db: Kysely<Tables>, column: 'key_id' | 'team_id' | 'user_id'): Promise<Sums> {
  const level = levelsBy(dayLength, new Set([column]))[0]?.level ?? dayLevel.level;
  return read(
    db,
    sql`SELECT name AS id, ${exact} FROM (
        SELECT ${sql.ref(column)} AS name_id, calls, cost_nanos FROM rollups WHERE level = ${level}
        UNION ALL SELECT ${sql.ref(column)}, calls, cost_nanos FROM pending_rollups) AS sums
      JOIN rollup_names ON rollup_names.name_id = sums.name_id
      WHERE name <> '' GROUP BY name`,
  );
}

const callsAndCost = sql`CAST(COUNT(*) AS text) AS calls,
  CAST(COALESCE(SUM(cost_nanos), 0) AS text) AS cost_nanos`;

const byEndUser = (db: Kysely<Tables>) =>
  read(
    db,
    sql`SELECT end_user AS id, ${callsAndCost} FROM request_logs
    WHERE end_user <> '' GROUP BY end_user`,
  );

/** The rollups count some of a call's tags; what was spent on a tag is of all. */
async function byTag(db: Kysely<Tables>): Promise<Sums> {
  const lists = await read(
    db,
    sql`SELECT tags AS id, ${callsAndCost} FROM request_logs WHERE tags <> '[]' GROUP BY tags`,
  );
  const sums: Sums = new Map();
  for (const [list, spent] of lists) {
    for (const tag of new Set<string>(JSON.parse(list))) {
      if (tag === '') continue;
      const sum = sums.get(tag) ?? nothing;
      sums.set(tag, {
        calls: sum.calls + spent.calls,
        cost_nanos: sum.cost_nanos + spent.cost_nanos,
      });
    }
  }
  return sums;
}

/** What must have been spent, of the scopes that what is there can tell of. */
async function shouldBe(db: Kysely<Tables>): Promise<Map<SpendScope, Sums>> {
  const global = await everyCall(db);
  const sums = new Map<SpendScope, Sums>([
    ['global', global],
    ['key', await byRollups(db, 'key_id')],
    ['team', await byRollups(db, 'team_id')],
    ['user', await byRollups(db, 'user_id')],
  ]);
  const { rows } = await sql<{ logs: string }>`
    SELECT CAST(COUNT(*) AS text) AS logs FROM request_logs`.execute(db);
  if (BigInt(rows[0]?.logs ?? 0) === (global.get('') ?? nothing).calls) {
    sums.set('end_user', await byEndUser(db));
    sums.set('tag', await byTag(db));
  }
  return sums;
}

/** Compares what was spent with the rollups, and tags and end users with the logs if all are there. */
export async function compareSpend(db: Kysely<Tables>): Promise<SpendFindings> {
  const should = await shouldBe(db);
  const differences: SpendDifference[] = [];
  for (const [scope, sums] of should) {
    const spent = await spentOn(db, scope);
    for (const id of new Set([...spent.keys(), ...sums.keys()])) {
      const [is, ought] = [spent.get(id) ?? nothing, sums.get(id) ?? nothing];
      if (is.calls === ought.calls && is.cost_nanos === ought.cost_nanos) continue;
      differences.push({ scope, id, is, should: ought });
    }
  }
  const all = (await spentOn(db, 'global')).get('') ?? nothing;
  return {
    scopes: spendScopes.filter((scope) => should.has(scope)),
    differences,
    mayBeLonger: all.calls > (should.get('global')?.get('') ?? nothing).calls,
  };
}

/** Makes what was spent what the rollups and the logs say. Gives the rows changed. */
export async function repairSpend(db: Kysely<Tables>, dialect: SqlDialect): Promise<number> {
  return db.transaction().execute(async (transaction) => {
    await dialect.lockBooking(transaction);
    const { differences } = await compareSpend(transaction);
    for (const { scope, id, should } of differences) {
      await transaction
        .deleteFrom('spend')
        .where('scope', '=', scope)
        .where('id', '=', id)
        .execute();
      if (should.calls === 0n) continue;
      await sql`INSERT INTO spend (scope, id, cost_nanos, calls)
        VALUES (${scope}, ${id}, ${should.cost_nanos}, ${should.calls})`.execute(transaction);
    }
    return differences.length;
  });
}
