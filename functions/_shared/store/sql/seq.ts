import type { EpochMs } from '../../units.ts';

/**
 * `seq` numbers calls in the order of time: the millisecond that a call began at, and a place
 * within it. One number is then the key, the order of every list, the bound of every range and the
 * cursor of every page, and it fits a JavaScript number until the year 2255.
 */
const placesAMs = 1000;

/** The lowest `seq` of calls that began at this time or later. */
export const firstSeqAt = (at: EpochMs): number => at * placesAMs;

export const timeOfSeq = (seq: number): EpochMs => Math.floor(seq / placesAMs);

/**
 * A place for a call that began at this time. Places are taken at random, so that several writers
 * need not ask each other; whose place was taken tries again, each time in a wider span: of
 * thousands of calls in one millisecond some are listed a little after their time.
 */
export function drawSeq(startedAt: EpochMs, tries: number): number {
  const span = placesAMs * (tries < 3 ? 1 : 4 ** (tries - 2));
  return firstSeqAt(startedAt) + Math.floor(Math.random() * span);
}
