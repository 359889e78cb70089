import { totalTokens } from '../../units.ts';
import type { BookableRecord } from '../request-logs.ts';
import { tokenColumns, tokenColumnTypes, toTokenColumns } from './rows.ts';
import { joinBytes } from './sketch.ts';
import type { RollupsTable } from './tables.ts';

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

/** As an insert has them, with the sketches beside them. */
export const sumColumnTypes = {
  calls: 'bigint',
  failures: 'bigint',
  interruptions: 'bigint',
  ...tokenColumnTypes,
  cost_nanos: 'bigint',
  unpriced_calls: 'bigint',
  cache_hits: 'bigint',
  saved_nanos: 'bigint',
  sketches: 'bytes',
} as const;

/** What one call adds. */
export function sumsOf(data: BookableRecord['data']): Sums {
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

/** Rows by name while others are added to them. */
export function createSumming<Row extends Sums & { sketches: Buffer }>() {
  const gathered = new Map<string, { row: Row; sketches: Buffer[] }>();
  return {
    /** `make` says what row the sums are of, where there is none of the name yet. */
    add(name: string, sums: Sums, sketches: Buffer, make: () => Row): void {
      const known = gathered.get(name);
      if (!known) {
        gathered.set(name, { row: make(), sketches: [sketches] });
        return;
      }
      for (const column of sumColumns) known.row[column] += sums[column];
      known.sketches.push(sketches);
    },

    rows: (): Map<string, Row> =>
      new Map(
        [...gathered].map(([name, { row, sketches }]) => [
          name,
          sketches.length === 1 ? row : { ...row, sketches: joinBytes(Buffer.concat(sketches)) },
        ]),
      ),
  };
}
