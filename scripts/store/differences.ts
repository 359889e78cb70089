import type { Kysely } from 'kysely';
import type { CellDifference } from '../../functions/_shared/store/sql/reconcile/cells.ts';
import type { DayFindings } from '../../functions/_shared/store/sql/reconcile/day.ts';
import { type DayNumber, dayMs } from '../../functions/_shared/store/sql/reconcile/day-calls.ts';
import type { SpendFindings } from '../../functions/_shared/store/sql/reconcile/spend.ts';
import { dimensions, levels, minuteMs } from '../../functions/_shared/store/sql/rollup-levels.ts';
import { namesOfIds } from '../../functions/_shared/store/sql/rollup-names.ts';
import type { Tables } from '../../functions/_shared/store/sql/tables.ts';

type Say = (line: string) => void;

/** A day with everything wrong has thousands; the first tell what is the matter. */
const mostSaid = 10;

export const dayText = (number: DayNumber): string =>
  new Date(number * dayMs).toISOString().slice(0, 10);

export async function sayDay(
  db: Kysely<Tables>,
  number: DayNumber,
  { byLogs, differences }: DayFindings,
  say: Say,
): Promise<void> {
  if (differences.length === 0) return;
  const against = byLogs ? 'its logs' : 'its quarters of an hour';
  say(`${dayText(number)}: ${differences.length} differences between the rollups and ${against}`);
  const said = differences.slice(0, mostSaid);
  const ids = said.flatMap(({ key }) => dimensions.map((dimension) => key[dimension]));
  const names = await namesOfIds(
    db,
    [...new Set(ids)].filter((id) => id > 0),
  );
  for (const difference of said) say(`  ${sentenceOf(difference, names)}`);
  if (said.length < differences.length) say(`  and ${differences.length - said.length} more`);
}

function sentenceOf({ key, column, is, should }: CellDifference, names: Map<number, string>) {
  const length = levels.find(({ level }) => level === key.level)?.length;
  const about = dimensions
    .filter((dimension) => key[dimension] !== 0)
    .map((dimension) => `${dimension} ${names.get(key[dimension]) || '(none)'}`);
  const from = new Date(key.cell_start * minuteMs).toISOString().slice(0, 16);
  const where = [`${length} min from ${from}Z`, ...about].join(', ');
  if (column === 'sketches') return `${where}: the sketches of latency differ`;
  return `${where}: ${column} is ${is}, should be ${should}`;
}

export function saySpend({ differences, mayBeLonger }: SpendFindings, say: Say): void {
  if (differences.length === 0) return;
  say(`Spend: ${differences.length} sums differ`);
  for (const { scope, id, is, should } of differences.slice(0, mostSaid)) {
    say(
      `  ${scope} ${id}: ${is.cost_nanos} nano-dollars of ${is.calls} calls, should be ${should.cost_nanos} of ${should.calls}`,
    );
  }
  if (differences.length > mostSaid) say(`  and ${differences.length - mostSaid} more`);
  if (mayBeLonger) say('  or rollups of earlier days were deleted at the end of their time');
}
