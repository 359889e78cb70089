import { expect, test } from 'vitest';
import type { RequestLogRow } from '../../../_shared/store/request-logs.ts';
import { lookBack, withFresh } from './look.ts';

const row = (seq: number) => ({ seq }) as RequestLogRow;
const seqs = (rows: RequestLogRow[]) => rows.map(({ seq }) => seq);

/** A server that finds a row in every third look, ten to a look. */
function server(oldest: number) {
  const asked: (number | undefined)[] = [];
  const read = async (before = 1000, limit: number) => {
    asked.push(before);
    const next = before - 10;
    const found = before % 30 === 0 ? [row(before - 5)].slice(0, limit) : [];
    return { rows: found, next: next > oldest ? next : null, looked_back_to: next };
  };
  return { asked, read };
}

test('it goes on past empty looks until it has what was wanted', async () => {
  const { asked, read } = server(0);
  const page = await lookBack({ before: undefined, wanted: 2 }, read, () => 0);
  expect(seqs(page.rows)).toEqual([985, 955]);
  expect(asked).toEqual([1000, 990, 980, 970, 960]);
  expect(page).toMatchObject({ next: 950, looked_back_to: 950 });
});

test('it ends where there is nothing older', async () => {
  const { read } = server(960);
  const page = await lookBack({ before: 985, wanted: 50 }, read, () => 0);
  expect(page).toMatchObject({ rows: [], next: null });
});

test('it ends when the reader has waited long enough, and says how far it came', async () => {
  const { asked, read } = server(0);
  let time = 0;
  const page = await lookBack({ before: 1000, wanted: 50 }, read, () => (time += 700));
  expect(asked).toHaveLength(3);
  expect(page.looked_back_to).toBe(970);
});

test('what came in since stands above, in the order of time, each row once', () => {
  const listed = [row(5), row(4)];
  expect(seqs(withFresh([row(6), row(5), row(8)], listed))).toEqual([8, 6, 5, 4]);
  expect(withFresh([row(5)], listed)).toBe(listed);
});
