import type { Kysely } from 'kysely';
import type { EpochMs } from '../../../units.ts';
import { anyName, day, dimensions, levels, minute, minuteMs, quarter } from '../rollup-levels.ts';
import { findIds } from '../rollup-names.ts';
import { gatherRows, type keyColumns, nameOfRow } from '../rollup-rows.ts';
import { noSums, sumColumns } from '../rollup-sums.ts';
import { joinBytes } from '../sketch.ts';
import type { RollupsTable, Tables } from '../tables.ts';
import type { DayNumber } from './day-calls.ts';

export type Cells = Map<string, RollupsTable>;

/**
 * The cells of a day as they are, with what is pending added; of minutes those from `minutesFrom`
 * on, which nobody deletes yet.
 */
export async function cellsOfDay(
  db: Kysely<Tables>,
  number: DayNumber,
  minutesFrom: EpochMs,
): Promise<Cells> {
  const cells: Cells = new Map();
  for (const { level, length } of levels) {
    const start = number * day;
    const from = length === minute ? Math.max(start, minutesFrom / minuteMs) : start;
    const rows = await db
      .selectFrom('rollups')
      .selectAll()
      .where('level', '=', level)
      .where('cell_start', '>=', from)
      .where('cell_start', '<', start + day)
      .execute();
    for (const row of rows) cells.set(nameOfRow(row), row);
  }
  const pending = await pendingOfDay(db, number, minutesFrom);
  if (pending.length === 0) return cells;
  const both = createCells();
  for (const row of [...cells.values(), ...pending]) both.add(row);
  return both.cells();
}

async function pendingOfDay(
  db: Kysely<Tables>,
  number: DayNumber,
  minutesFrom: EpochMs,
): Promise<RollupsTable[]> {
  const rows = await db
    .selectFrom('pending_rollups')
    .selectAll()
    .where('minute', '>=', number * day)
    .where('minute', '<', (number + 1) * day)
    .execute();
  if (rows.length === 0) return [];
  const none = (await findIds(db, [''])).get('') as number;
  return [...gatherRows(rows, none, minutesFrom).values()];
}

/** Cells that rows are added to one after the other. */
export function createCells() {
  const gathered = new Map<string, { row: RollupsTable; sketches: Uint8Array[] }>();
  return {
    add(row: RollupsTable): void {
      const name = nameOfRow(row);
      const known = gathered.get(name) ?? { row: { ...row, ...noSums() }, sketches: [] };
      gathered.set(name, known);
      for (const column of sumColumns) known.row[column] += row[column];
      known.sketches.push(row.sketches);
    },
    cells: (): Cells =>
      new Map(
        [...gathered].map(([name, { row, sketches }]) => [
          name,
          { ...row, sketches: joinBytes(Buffer.concat(sketches)) },
        ]),
      ),
  };
}

const baseOf = (tags: 'some' | 'none') =>
  levels.find((level) => level.length === quarter && level.tags === tags)?.level;

/** What the hours and days of a day add up to by its quarters, in which everything is told apart. */
export function fromQuarters(cells: Cells): Cells {
  const [tagged, untagged] = [baseOf('some'), baseOf('none')];
  const summed = createCells();
  for (const target of levels.filter(({ length }) => length > quarter)) {
    for (const row of cells.values()) {
      const counts =
        row.level === tagged
          ? target.tags === 'some' || target.tags === 'each'
          : row.level === untagged &&
            target.tags !== 'some' &&
            (target.tags !== 'each' || row.tag !== anyName);
      if (!counts) continue;
      const key = { ...row, level: target.level };
      key.cell_start = Math.floor(row.cell_start / target.length) * target.length;
      for (const dimension of dimensions) {
        const isKept =
          dimension === 'tag' ? target.tags !== undefined : target.by.includes(dimension);
        if (!isKept) key[dimension] = anyName;
      }
      summed.add(key);
    }
  }
  return summed.cells();
}

export interface CellDifference {
  /** What it is about; the sums are of no meaning. */
  key: Pick<RollupsTable, (typeof keyColumns)[number]>;
  column: (typeof sumColumns)[number] | 'sketches';
  is: number | string;
  should: number | string;
}

export function differencesOf(are: Cells, should: Cells): CellDifference[] {
  const found: CellDifference[] = [];
  for (const name of new Set([...are.keys(), ...should.keys()])) {
    const [one, other] = [are.get(name), should.get(name)];
    const key = (one ?? other) as RollupsTable;
    for (const column of sumColumns) {
      const [is, ought] = [one?.[column] ?? 0, other?.[column] ?? 0];
      if (is !== ought) found.push({ key, column, is, should: ought });
    }
    const [is, ought] = [one, other].map((cell) =>
      joinBytes(cell?.sketches ?? Buffer.alloc(0)).toString('hex'),
    ) as [string, string];
    if (is !== ought) found.push({ key, column: 'sketches', is, should: ought });
  }
  return found;
}
