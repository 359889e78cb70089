import { totalTokens } from '../../units.ts';
import type { BookableRecord } from '../request-logs.ts';
import type { UsageDimension } from '../usage.ts';
import {
  anyName,
  dimensions,
  levels,
  minute,
  minuteMs,
  type RollupLevel,
} from './rollup-levels.ts';
import { tokenColumns, tokenColumnTypes, toTokenColumns } from './rows.ts';
import { addValue, type Sketch, sketchMetrics, toBytes } from './sketch.ts';
import type { Insert } from './statements.ts';
import type { RollupsTable } from './tables.ts';

/** Of the tags of one call as many count in usage by tag: each is rows of its own. */
export const tagsCounted = 8;

export const keyColumns = ['level', 'cell_start', ...dimensions] as const;
export const sumColumns = [
  'calls',
  'failures',
  'interruptions',
  ...tokenColumns,
  'cost_nanos',
  'unpriced_calls',
  'cache_hits',
  'saved_nanos',
] as const;
export type Sums = Pick<RollupsTable, (typeof sumColumns)[number]>;

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
  calls: 'bigint',
  failures: 'bigint',
  interruptions: 'bigint',
  ...tokenColumnTypes,
  cost_nanos: 'bigint',
  unpriced_calls: 'bigint',
  cache_hits: 'bigint',
  saved_nanos: 'bigint',
  sketches: 'bytes',
};

/** What a call is in each dimension; `tag` is '' of a call that has none. */
type Call = Record<Exclude<UsageDimension, 'tag'>, string> & { tags: string[] };

const callOf = ({ data }: BookableRecord): Call => ({
  key_id: data.key_id,
  user_id: data.user_id,
  team_id: data.team_id,
  tags: [...new Set(data.tags)].filter((tag) => tag !== '').slice(0, tagsCounted),
  model: data.model,
  provider: data.provider ?? '',
  status: data.status,
});

/** Every name that the rows of these records have. */
export function namesOf(records: BookableRecord[]): Set<string> {
  const names = new Set(['']);
  for (const record of records) {
    const { tags, ...call } = callOf(record);
    for (const name of [...tags, ...Object.values(call)]) names.add(name);
  }
  return names;
}

/** A key's columns as one text, as the database makes it too. */
export const nameOfRow = (row: Pick<RollupsTable, (typeof keyColumns)[number]>): string =>
  keyColumns.map((column) => row[column]).join(' ');

/** The rows that records are added to, by name; minutes only of calls from `minutesFrom` on. */
export function gatherRows(
  records: BookableRecord[],
  ids: Map<string, number>,
  minutesFrom: number,
): Map<string, RollupsTable> {
  const gathered = new Map<string, { row: Omit<RollupsTable, 'sketches'>; sketch: Sketch }>();
  for (const record of records) {
    const { data } = record;
    const call = callOf(record);
    const sums = sumsOf(data);
    for (const level of levels) {
      // What is past the minutes' time when it comes would only be written to be deleted.
      if (level.length === minute && data.started_at < minutesFrom) continue;
      const start = Math.floor(data.started_at / minuteMs / level.length) * level.length;
      for (const tag of tagsIn(level, call)) {
        const key = keyOf(level, start, call, tag, ids);
        const name = nameOfRow(key);
        const known = gathered.get(name) ?? { row: { ...key, ...noSums() }, sketch: new Map() };
        gathered.set(name, known);
        for (const column of sumColumns) known.row[column] += sums[column];
        for (const metric of sketchMetrics) {
          const value = data[metric];
          if (value !== null) addValue(known.sketch, metric, value);
        }
      }
    }
  }
  return new Map(
    [...gathered].map(([name, { row, sketch }]) => [name, { ...row, sketches: toBytes(sketch) }]),
  );
}

/** The tags that a level has rows of a call for; null is any. */
function tagsIn(level: RollupLevel, { tags }: Call): (string | null)[] {
  if (level.tags === undefined) return [null];
  if (level.tags === 'none') return tags.length > 0 ? [null] : [''];
  return tags.length > 0 || level.tags === 'some' ? tags : [''];
}

function keyOf(
  { level, by }: RollupLevel,
  cell_start: number,
  call: Call,
  tag: string | null,
  ids: Map<string, number>,
) {
  const idOf = (name: string) => ids.get(name) as number;
  const key = { level, cell_start } as Pick<RollupsTable, (typeof keyColumns)[number]>;
  for (const dimension of dimensions) {
    if (dimension === 'tag') key.tag = tag === null ? anyName : idOf(tag);
    else key[dimension] = by.includes(dimension) ? idOf(call[dimension]) : anyName;
  }
  return key;
}

function sumsOf(data: BookableRecord['data']): Sums {
  // A call that failed before a token was used has nothing to price.
  const billable = data.status === 'success' || totalTokens(data.tokens) > 0;
  return {
    calls: 1,
    failures: data.status === 'failure' ? 1 : 0,
    interruptions: data.status === 'interrupted' ? 1 : 0,
    ...toTokenColumns(data.tokens),
    cost_nanos: data.cost_nanos ?? 0,
    unpriced_calls: data.cost_nanos === null && billable ? 1 : 0,
    cache_hits: data.cache_hit ? 1 : 0,
    saved_nanos: data.saved_nanos ?? 0,
  };
}

export const noSums = (): Sums =>
  Object.fromEntries(sumColumns.map((column) => [column, 0])) as unknown as Sums;
