import type { Kysely } from 'kysely';
import type { EpochMs } from '../../../units.ts';
import type { SqlDialect } from '../dialect.ts';
import { foldAll, foldMost } from '../folding.ts';
import { gatherPending, namesOf } from '../pending-rows.ts';
import { levels, minuteMs, minutesAskedMs, quarter, type RollupLevel } from '../rollup-levels.ts';
import { createRollupNames, findIds } from '../rollup-names.ts';
import { gatherRows, keyColumns, nameOfRow, rollupColumns } from '../rollup-rows.ts';
import { createRollups } from '../rollups.ts';
import type { RollupsTable, Tables } from '../tables.ts';
import {
  type CellDifference,
  type Cells,
  cellsOfDay,
  createCells,
  differencesOf,
  fromQuarters,
} from './cells.ts';
import { callsOfDay, type DayNumber, hasAllLogs } from './day-calls.ts';

export interface DayFindings {
  /** Whether the cells were compared with the logs; else only with each other. */
  byLogs: boolean;
  calls: number;
  differences: CellDifference[];
}

/** Whoever compares gives names that no cell can have; whoever repairs makes them. */
type IdsFor = (names: Set<string>) => Promise<Map<string, number>>;

async function cellsByLogs(
  db: Kysely<Tables>,
  number: DayNumber,
  { idsFor, minutesFrom }: { idsFor: IdsFor; minutesFrom: EpochMs },
): Promise<{ cells: Cells; calls: number }> {
  const gathered = createCells();
  let calls = 0;
  for await (const records of callsOfDay(db, number)) {
    calls += records.length;
    const ids = await idsFor(namesOf(records));
    const pending = gatherPending(records, ids).values();
    for (const row of gatherRows(pending, ids.get('') as number, minutesFrom).values()) {
      gathered.add(row);
    }
  }
  return { cells: gathered.cells(), calls };
}

/** Minutes that are there for certain, from the first whole one on. */
const minutesFromAt = (now: EpochMs) => Math.ceil((now - minutesAskedMs) / minuteMs) * minuteMs;

/**
 * Compares the cells of a day with the sums over its calls, where all of their logs are there, and
 * else the hours and days among them with the quarters that they are sums of.
 */
export async function compareDay(db: Kysely<Tables>, number: DayNumber): Promise<DayFindings> {
  const minutesFrom = minutesFromAt(Date.now());
  const are = await cellsOfDay(db, number, minutesFrom);
  if (!(await hasAllLogs(db, number))) {
    const should = fromQuarters(are);
    // The finest cells are deleted first: where they are gone there is nothing to compare with.
    const isSum = ({ length }: RollupLevel) => should.size > 0 && length > quarter;
    const summed = new Set(levels.filter(isSum).map(({ level }) => level));
    const sums = new Map([...are].filter(([, { level }]) => summed.has(level)));
    return { byLogs: false, calls: 0, differences: differencesOf(sums, should) };
  }
  const unknown = new Map<string, number>();
  const idsFor = async (names: Set<string>) => {
    const ids = await findIds(db, [...names]);
    for (const name of names) {
      if (ids.has(name)) continue;
      const id = unknown.get(name) ?? -1 - unknown.size;
      unknown.set(name, id);
      ids.set(name, id);
    }
    return ids;
  };
  const { cells, calls } = await cellsByLogs(db, number, { idsFor, minutesFrom });
  return { byLogs: true, calls, differences: differencesOf(are, cells) };
}

/**
 * Makes the cells of a day, all of whose logs are there, what its calls add up to. The transaction
 * keeps others from booking, so that none is counted twice or not at all. Gives the cells changed.
 */
export async function repairDay(
  db: Kysely<Tables>,
  dialect: SqlDialect,
  number: DayNumber,
): Promise<number> {
  const insert = dialect.prepareInsert<RollupsTable>({ into: 'rollups', columns: rollupColumns });
  const names = createRollupNames(dialect);
  const rollups = createRollups(dialect);
  await foldMost(db, rollups);
  return db.transaction().execute(async (transaction) => {
    await dialect.lockBooking(transaction);
    if (!(await hasAllLogs(transaction, number))) return 0;
    await foldAll(transaction, rollups);
    const minutesFrom = minutesFromAt(Date.now());
    const are = await cellsOfDay(transaction, number, minutesFrom);
    const idsFor: IdsFor = (wanted) => names.idsFor(transaction, wanted);
    const { cells } = await cellsByLogs(transaction, number, { idsFor, minutesFrom });
    const wrong = new Map(
      differencesOf(are, cells).map(({ key }) => [nameOfRow(key), key] as const),
    );
    for (const [name, key] of wrong) {
      if (!are.has(name)) continue;
      await keyColumns
        .reduce(
          (query, column) => query.where(column, '=', key[column]),
          transaction.deleteFrom('rollups'),
        )
        .execute();
    }
    const right = [...wrong.keys()]
      .map((name) => cells.get(name))
      .filter((row) => row !== undefined);
    await insert(transaction, right);
    return wrong.size;
  });
}
