import type { UsageDimension } from '../usage.ts';
import {
  type CellLength,
  day,
  hour,
  levelsBy,
  minute,
  quarter,
  type RollupLevel,
} from './rollup-levels.ts';
import type { Span } from './usage-spans.ts';

/** Times and lengths are in minutes. */
export interface Cell {
  length: CellLength;
  start: number;
  /** What a span has too much of is taken away: -1. */
  times: 1 | -1;
}

/**
 * The fewest cells that add up to a span: the whole days in it, and at its ends hours and quarters,
 * either those that are missing or those that are too many. `lengths` go from the longest to the
 * shortest, of which the span is a multiple.
 */
export function cellsOf(from: number, to: number, lengths: readonly CellLength[]): Cell[] {
  const [length = day, ...shorter] = lengths;
  if (shorter.length === 0) return run(from, to, length);
  const first = Math.round(from / length) * length;
  const last = Math.ceil(to / length - 0.5) * length;
  if (first >= last) return cellsOf(from, to, shorter);
  const cells = [
    ...between(from, first, shorter),
    ...run(first, last, length),
    ...between(last, to, shorter),
  ];
  // An hour and a half across midnight is no day less twenty-two hours.
  if (last - first > length) return cells;
  const without = cellsOf(from, to, shorter);
  return without.length < cells.length ? without : cells;
}

function between(from: number, to: number, lengths: readonly CellLength[]): Cell[] {
  if (from <= to) return from === to ? [] : cellsOf(from, to, lengths);
  return cellsOf(to, from, lengths).map((cell) => ({ ...cell, times: cell.times === 1 ? -1 : 1 }));
}

function run(from: number, to: number, length: CellLength): Cell[] {
  const cells: Cell[] = [];
  for (let start = from; start < to; start += length) cells.push({ length, start, times: 1 });
  return cells;
}

export interface LeveledCell {
  level: RollupLevel;
  start: number;
  times: 1 | -1;
  /** The place of its span among the spans. */
  group: number;
}

/** The cells of spans, on levels that tell apart what a query is about. */
export function leveledCellsOf(
  spans: Span[],
  {
    about,
    shortest,
    tag,
  }: { about: ReadonlySet<UsageDimension>; shortest: CellLength; tag?: string | undefined },
): LeveledCell[] {
  const levelsOf = new Map(
    ([day, hour, quarter, minute] as const)
      .filter((length) => length >= shortest)
      .map((length) => [length, levelsBy(length, about, tag)] as const)
      .filter(([, levels]) => levels.length > 0),
  );
  const lengths = [...levelsOf.keys()];
  return spans.flatMap(({ from, to }, group) =>
    (from < to ? cellsOf(from, to, lengths) : []).flatMap(({ length, start, times }) =>
      (levelsOf.get(length) ?? []).map((level) => ({ level, start, times, group })),
    ),
  );
}
