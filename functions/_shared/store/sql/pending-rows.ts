import type { BookableRecord } from '../request-logs.ts';
import type { UsageDimension } from '../usage.ts';
import { minuteMs } from './rollup-levels.ts';
import { createSumming, sumColumnTypes, sumsOf } from './rollup-sums.ts';
import { bytesOfOne } from './sketch.ts';
import type { Insert } from './statements.ts';
import type { PendingRollupsTable } from './tables.ts';

/** Of the tags of one call as many count in usage by tag: each is rows of its own. */
const tagsCounted = 8;

export const pendingKey = [
  'minute',
  'key_id',
  'user_id',
  'team_id',
  'tags',
  'model',
  'provider',
  'status',
] as const;

export const pendingColumns: Insert<PendingRollupsTable>['columns'] = {
  minute: 'integer',
  key_id: 'integer',
  user_id: 'integer',
  team_id: 'integer',
  tags: 'text',
  model: 'integer',
  provider: 'integer',
  status: 'integer',
  ...sumColumnTypes,
};

/** What a call is in each dimension; without tags where it has none. */
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

/** In one order, so that calls of the same tags are of one row. */
const tagsAsText = (ids: number[]): string => ids.sort((a, b) => a - b).join(' ');

export const tagsFromText = (text: string): number[] =>
  text === '' ? [] : text.split(' ').map(Number);

/** The rows that records are added to, by name: each is in one. */
export function gatherPending(
  records: BookableRecord[],
  ids: Map<string, number>,
): Map<string, PendingRollupsTable> {
  const summing = createSumming<PendingRollupsTable>();
  const idOf = (name: string) => ids.get(name) as number;
  for (const record of records) {
    const { data } = record;
    const { tags, ...call } = callOf(record);
    const key = {
      minute: Math.floor(data.started_at / minuteMs),
      key_id: idOf(call.key_id),
      user_id: idOf(call.user_id),
      team_id: idOf(call.team_id),
      tags: tagsAsText(tags.map(idOf)),
      model: idOf(call.model),
      provider: idOf(call.provider),
      status: idOf(call.status),
    };
    const name = Object.values(key).join('/');
    const sums = sumsOf(data);
    const sketches = bytesOfOne(data);
    summing.add(name, sums, sketches, () => ({ ...key, ...sums, sketches }));
  }
  return summing.rows();
}
