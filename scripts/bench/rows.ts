import { median } from './statistics.ts';
import { type Measured, type Rig, type TargetName, targetNames, type Work } from './targets.ts';

/** What must hold and what we aim at; less is better. */
export interface Bar {
  must: number;
  aim: number;
}

/** A line of the report. Figures are null where there is nothing to compare. */
export interface Row {
  what: string;
  unit: string;
  direct: number | null;
  least: number | null;
  gateway: number | null;
  /** The gateway's figure over the least proxy's. */
  ratio: number | null;
  /** The figure that the bar is for. */
  judged: number | null;
  bar: Bar | null;
}

/** One run of each target in every round. */
export type Rounds = Record<TargetName, Measured>[];

/**
 * Rounds, interleaved, so that a noisy minute of the machine falls on all targets alike; who goes
 * first changes with the round.
 */
export async function interleave(rig: Rig, rounds: number, work: Work): Promise<Rounds> {
  const measured: Rounds = [];
  for (let round = 0; round < rounds; round++) {
    const results: Partial<Record<TargetName, Measured>> = {};
    for (let turn = 0; turn < targetNames.length; turn++) {
      const target = targetNames[(round + turn) % targetNames.length] as TargetName;
      results[target] = await rig.run(target, work);
    }
    measured.push(results as Record<TargetName, Measured>);
  }
  return measured;
}

/** The medians of a figure over the rounds. A ratio is the median of each round's own. */
export function rowOf(
  rounds: Rounds,
  what: string,
  unit: string,
  figure: (measured: Measured) => number,
  targets: readonly TargetName[] = targetNames,
): Row {
  const of = (target: TargetName) =>
    targets.includes(target) ? median(rounds.map((round) => figure(round[target]))) : null;
  const [direct, least, gateway] = [of('direct'), of('least'), of('gateway')];
  const ratio =
    least === null || gateway === null
      ? null
      : median(rounds.map((round) => figure(round.gateway) / figure(round.least)));
  return { what, unit, direct, least, gateway, ratio, judged: null, bar: null };
}

/** What the gateway adds to a figure of the yardstick, round by round. */
export function addedRow(
  rounds: Rounds,
  over: 'direct' | 'least',
  what: string,
  figure: (measured: Measured) => number,
  bar: Bar | null = null,
): Row {
  const added = median(rounds.map((round) => figure(round.gateway) - figure(round[over])));
  return { ...plainRow(what, 'µs', added), judged: bar && added, bar };
}

/** A figure of the gateway alone. */
export function plainRow(what: string, unit: string, gateway: number, bar: Bar | null = null): Row {
  const none = { direct: null, least: null, ratio: null };
  return { what, unit, ...none, gateway, judged: bar && gateway, bar };
}

export const judgedBy = (row: Row, bar: Bar, by: 'gateway' | 'ratio'): Row => ({
  ...row,
  judged: row[by],
  bar,
});
