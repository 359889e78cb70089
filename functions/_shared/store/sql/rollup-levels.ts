import type { UsageDimension } from '../usage.ts';

/** Lengths of cells, in minutes, from the shortest; each is a multiple of the one before. */
export const minute = 1;
/** Every civil time zone is a multiple of it away from UTC: any local day is a sum of whole cells. */
export const quarter = 15;
export const hour = 60;
/** In UTC. */
export const day = 1440;
export type CellLength = typeof minute | typeof quarter | typeof hour | typeof day;

export const minuteMs = 60_000;
/** Minutes that can be asked for. */
export const minutesAskedMs = 48 * 3600_000;
/** Longer than they can be asked for: what is left of a quarter is it less its other minutes. */
export const minutesKeptMs = minutesAskedMs + 3600_000;

/** In the order of the table's key: what has the most values first, so that it is looked up. */
export const dimensions = [
  'key_id',
  'user_id',
  'team_id',
  'tag',
  'model',
  'provider',
  'status',
] as const satisfies UsageDimension[];

/**
 * A level holds sums of every call, by some of the dimensions; in the others its rows say `anyName`.
 * The number stands in the database: never give one another meaning.
 */
export interface RollupLevel {
  level: number;
  length: CellLength;
  by: readonly Exclude<UsageDimension, 'tag'>[];
  /**
   * What its rows say of tags. `each`: a row for each of a call's tags, or for ''. `some`: the same,
   * but of calls that have tags only. `none`: '' of calls without one, `anyName` of the others, so
   * that with `some` it is `each`, and alone it is every call once.
   */
  tags?: 'each' | 'some' | 'none';
}

export const anyName = 0;

const call = ['model', 'provider', 'status'] as const;
/** Nearly as many rows as calls, where calls are few: for what no other level can tell. */
const all = ['key_id', 'user_id', 'team_id', ...call] as const;

/** Where every call is, day by day. */
export const dayLevel: RollupLevel = { level: 47, length: day, by: [] };

/** In the order that they are written in: rows that all writers share come last. */
export const levels: readonly RollupLevel[] = [
  { level: 10, length: minute, by: all, tags: 'some' },
  { level: 11, length: minute, by: all, tags: 'none' },
  { level: 20, length: quarter, by: all, tags: 'some' },
  { level: 21, length: quarter, by: all, tags: 'none' },
  { level: 30, length: hour, by: ['user_id'] },
  { level: 31, length: hour, by: ['key_id'] },
  { level: 32, length: hour, by: [], tags: 'each' },
  { level: 33, length: hour, by: ['team_id'] },
  { level: 34, length: hour, by: call },
  { level: 35, length: hour, by: [] },
  { level: 40, length: day, by: all, tags: 'some' },
  { level: 41, length: day, by: all, tags: 'none' },
  { level: 42, length: day, by: ['user_id', ...call] },
  { level: 43, length: day, by: ['key_id', ...call] },
  { level: 44, length: day, by: call, tags: 'each' },
  { level: 45, length: day, by: ['team_id', ...call] },
  { level: 46, length: day, by: call },
  dayLevel,
];

/** The levels that tell these dimensions apart, with the fewest rows; none where there is none. */
export function levelsBy(
  length: CellLength,
  by: ReadonlySet<UsageDimension>,
  tag?: string,
): RollupLevel[] {
  const widest = (...tags: RollupLevel['tags'][]) =>
    levels.findLast(
      (level) =>
        level.length === length &&
        tags.includes(level.tags) &&
        [...by].every((dimension) => dimension === 'tag' || level.by.includes(dimension)),
    );
  const found = by.has('tag')
    ? [
        widest('each') ?? (tag === '' ? undefined : widest('some')),
        widest('each') || (tag !== undefined && tag !== '') ? undefined : widest('none'),
      ]
    : [widest(undefined, 'none')];
  return found.filter((level) => level !== undefined);
}
