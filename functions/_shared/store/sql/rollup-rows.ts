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
import { bytesOfOne, joinBytes } from './sketch.ts';
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

type Key = Record<(typeof keyColumns)[number], number>;

/** A key as one text. */
export const nameOfRow = (row: Key): string => keyColumns.map((column) => row[column]).join(' ');

/** A row while records are added to it, and the sketches of each. */
interface Gathered {
  row: RollupsTable;
  sketches: Buffer[];
}

/** The rows that records are added to, by name; minutes only of calls from `minutesFrom` on. */
export function gatherRows(
  records: BookableRecord[],
  ids: Map<string, number>,
  minutesFrom: number,
): Map<string, RollupsTable> {
  const gathered = new Map<string, Gathered>();
  for (const record of records) {
    const { data } = record;
    const call = callOf(record);
    const sums = sumsOf(data);
    const sketches = bytesOfOne(data);
    const key = keyOf(call, ids);
    const tags = call.tags.map((tag) => ids.get(tag) as number);
    const none = ids.get('') as number;
    for (const level of levels) {
      // What is past the minutes' time when it comes would only be written to be deleted.
      if (level.length === minute && data.started_at < minutesFrom) continue;
      key.level = level.level;
      key.cell_start = Math.floor(data.started_at / minuteMs / level.length) * level.length;
      for (const tag of tagsIn(level, tags, none)) {
        key.tag = tag;
        const name = nameIn(level, key);
        const known = gathered.get(name);
        if (known) addTo(known, sums, sketches);
        else {
          const row = { ...keyIn(level, key), ...sums, sketches };
          gathered.set(name, { row, sketches: [sketches] });
        }
      }
    }
  }
  return new Map(
    [...gathered].map(([name, { row, sketches }]) => [
      name,
      sketches.length === 1 ? row : { ...row, sketches: joinBytes(Buffer.concat(sketches)) },
    ]),
  );
}

function keyOf(call: Call, ids: Map<string, number>): Key {
  const idOf = (name: string) => ids.get(name) as number;
  return {
    level: 0,
    cell_start: 0,
    key_id: idOf(call.key_id),
    user_id: idOf(call.user_id),
    team_id: idOf(call.team_id),
    tag: anyName,
    model: idOf(call.model),
    provider: idOf(call.provider),
    status: idOf(call.status),
  };
}

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
  const own = { ...key };
  for (const column of keyColumns) if (!columns.includes(column)) own[column] = anyName;
  return own;
}

function addTo({ row, sketches }: Gathered, sums: Sums, sketch: Buffer) {
  for (const column of sumColumns) row[column] += sums[column];
  sketches.push(sketch);
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

export const noSums = (): Sums => ({ ...zeros });
const zeros = Object.fromEntries(sumColumns.map((column) => [column, 0])) as unknown as Sums;
