import { afterEach, beforeEach, expect, test } from 'vitest';
import { bookCalls, type Running, startDashboard } from '../dashboard.fixture.ts';
import type { TailAnswer } from './tail.ts';

let dashboard: Running;
beforeEach(async () => {
  dashboard = await startDashboard();
  await dashboard.signIn();
});
afterEach(() => dashboard.stop());

async function tail(query = ''): Promise<TailAnswer> {
  const answer = await dashboard.ask(`/ui/api/request-logs/tail?${query}`);
  expect(answer.status).toBe(200);
  return (await answer.json()) as TailAnswer;
}

const ids = ({ rows }: TailAnswer) => rows.map(({ id }) => id);

test('it begins now, and an open question is answered as soon as a call is booked', async () => {
  await bookCalls(dashboard, [{ started_at: Date.now() }], '/before');
  const begun = await tail();
  expect(begun.rows).toEqual([]);
  const asked = tail(`after=${begun.next}&model=seen`);
  await bookCalls(dashboard, [
    { started_at: Date.now(), model: 'seen' },
    { started_at: Date.now(), model: 'other' },
  ]);
  const answer = await asked;
  expect(ids(answer)).toEqual(['call-0']);
  expect(answer.next).toBeGreaterThanOrEqual(begun.next);
  expect(answer.overflowed).toBe(false);
});

test('what was told before does not end the wait for what is new', async () => {
  const { next: start } = await tail();
  await bookCalls(dashboard, [{ started_at: Date.now() }], '/first');
  const { next } = await tail(`after=${start}`);
  let isAnswered = false;
  const asked = tail(`after=${next}`).finally(() => (isAnswered = true));
  // The store still tells of the first one; a second question shows that the wait goes on.
  expect(ids(await tail(`after=${start}`))).toEqual(['call-0']);
  expect(isAnswered).toBe(false);
  await bookCalls(dashboard, [{ started_at: Date.now() }], '/second');
  expect((await asked).rows.map(({ source }) => source)).toContain('/second');
});

test('it says so when more came than it was asked for', async () => {
  const { next } = await tail();
  await bookCalls(dashboard, [{ started_at: Date.now() }, { started_at: Date.now() + 1 }]);
  expect(await tail(`after=${next}&limit=1`)).toMatchObject({ overflowed: true, rows: [{}] });
});

test('a search has no tail, and says so', async () => {
  const answer = await dashboard.ask('/ui/api/request-logs/tail?text=hello');
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({ error: { param: 'text' } });
});

test('a dashboard that is to stop lets nobody wait', async () => {
  const { next } = await tail();
  const asked = tail(`after=${next}`);
  await expect.poll(() => dashboard.inFlight(), { timeout: 5_000 }).toBe(1);
  dashboard.app.leave?.();
  expect(ids(await asked)).toEqual([]);
});
