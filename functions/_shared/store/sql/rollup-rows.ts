import { tagsFromText } from './pending-rows.ts';
import {
  anyName,
  dimensions,
  levels,
  minute,
  minuteMs,
  type RollupLevel,
} from './rollup-levels.ts';
import { createSumming, type Sums, sumColumns, sumColumnTypes } from './rollup-sums.ts';
import type { Insert } from './statements.ts';
import type { PendingRollupsTable, RollupsTable } from './tables.ts';

export const keyColumns = ['level', 'cell_start', ...dimensions] as const;

export const rollupColumns: Insert<RollupsTable>['columns'] = {
  level: 'integer',
  cell_start: 'integer',
  key_id: 'integer',
  user_id: 'integer',
  team_id: 'integer',
  tag: 'integer',
  model: 'integer',
  provider: 'integer',
  status: 'integer',
  ...sumColumnTypes,
};

type Key = Record<(typeof keyColumns)[number], number>;

/** A key as one text. */
export const nameOfRow = (row: Key): string => keyColumns.map((column) => row[column]).join(' ');

/**
 * The rows of all levels that calls are added to, by name; minutes only of calls from `minutesFrom`
 * on. `none` is the number of ''.
 */
export function gatherRows(
  pending: Iterable<PendingRollupsTable>,
  none: number,
  minutesFrom: number,
): Map<string, RollupsTable> {
  const summing = createSumming<RollupsTable>();
  for (const calls of pending) {
    const { minute: at, tags: text, sketches, ...rest } = calls;
    const key: Key = { ...rest, level: 0, cell_start: 0, tag: anyName };
    const tags = tagsFromText(text);
    for (const level of levels) {
      // What is past the minutes' time when it comes would only be written to be deleted.
      if (level.length === minute && at * minuteMs < minutesFrom) continue;
      key.level = level.level;
      key.cell_start = Math.floor(at / level.length) * level.length;
      for (const tag of tagsIn(level, tags, none)) {
        key.tag = tag;
        summing.add(nameIn(level, key), calls, sketches, () => ({
          ...keyIn(level, key),
          ...sumsIn(calls),
          sketches,
        }));
      }
    }
  }
  return summing.rows();
}

const sumsIn = (row: Sums): Sums =>
  Object.fromEntries(sumColumns.map((column) => [column, row[column]])) as unknown as Sums;

/** What a level's rows of a call say of its tags. */
function tagsIn(level: RollupLevel, tags: number[], none: number): number[] {
  if (level.tags === undefined) return [anyName];
  if (level.tags === 'none') return [tags.length > 0 ? anyName : none];
  return tags.length > 0 || level.tags === 'some' ? tags : [none];
}

/** For each level, the columns of the key that its rows tell apart. */
const told = new Map(
  levels.map((level) => {
    const columns = ['level', 'cell_start', 'tag', ...level.by] as (keyof Key)[];
    return [level, columns];
  }),
);

function nameIn(level: RollupLevel, key: Key): string {
  let name = '';
  for (const column of told.get(level) ?? []) name += `${key[column]} `;
  return name;
}

function keyIn(level: RollupLevel, key: Key): Key {
  const columns = told.get(level) ?? [];
  const own = {} as Key;
  for (const column of keyColumns) own[column] = columns.includes(column) ? key[column] : anyName;
  return own;
}
