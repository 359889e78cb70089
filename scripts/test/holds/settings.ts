import { randomInt } from 'node:crypto';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../..', import.meta.url));

/** A number from the environment, for those who want to wait longer for more. */
export function setting(name: string, usual: number): number {
  const given = process.env[name] ?? '';
  if (given === '') return usual;
  const number = Number(given);
  if (!(number > 0)) throw new Error(`${name} must be a number above 0, not ${given}.`);
  return number;
}

/** What random schedules are drawn by; a run that failed is run again by the seed it told. */
export const seed = setting('SEED', randomInt(1, 2 ** 31));
