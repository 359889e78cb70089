import { afterEach, beforeEach, expect, test } from 'vitest';
import { eventTypes } from '../../_shared/events/types.ts';
import { giveUpAfter } from './failures.ts';
import {
  aPath,
  aRecord,
  eventually,
  numberOf,
  type Sink,
  startOutbox,
  startSink,
  takes,
} from './outbox.fixture.ts';

let sink: Sink;
let path: string;
let outbox: ReturnType<typeof startOutbox>;
const start = () => {
  outbox = startOutbox({ path, sink: sink.url });
  return outbox;
};

beforeEach(async () => {
  sink = await startSink();
  path = aPath();
});
afterEach(async () => {
  await outbox.close();
  await sink.stop();
});

/** A record that has failed for long and is given up when it has failed so often. */
const aFailed = (number: number, count: number) =>
  aRecord(number, 100, {
    failures: { count, since: Date.now() - giveUpAfter.ms - 1000, last: 'ingest answered 500' },
  });
const alerts = () => sink.taken.filter(({ type }) => type === eventTypes.alertRaised);
const said = () => outbox.said('an event is parked: it will not be delivered');

test('a dead letter that came back too often is put aside, and people are told once', async () => {
  const { put, drained, figure } = start();
  await put(aFailed(1, giveUpAfter.failures));
  await put(aFailed(2, giveUpAfter.failures));
  await put(aFailed(3, giveUpAfter.failures - 1));
  for (const number of [4, 5, 6]) {
    await put(aRecord(number));
    await drained();
  }
  const records = sink.taken.filter(({ type }) => type === eventTypes.requestCompleted);
  expect(records.map(numberOf).sort()).toEqual([3, 4, 5, 6]);
  expect(await figure('outbox_parked')).toBe(2);
  expect(await figure('lost_records_total')).toBe(0);
  expect(said().map(({ id }) => id)).toEqual(['call-1', 'call-2']);
  expect(said()[0]?.reason).toBe('given up: ingest answered 500');
  expect(alerts()).toHaveLength(1);
  expect(alerts()[0]?.data).toMatchObject({
    rule: 'outbox_parked',
    severity: 'critical',
    value: 2,
    message: expect.stringContaining('2 events put aside'),
  });
});

test('a record that fails while others are taken is put aside, and tried again by the next process', async () => {
  sink.answerWith((response, event) =>
    event.id === 'call-1' ? response.writeHead(500).end() : takes(response, event),
  );
  const { put, figure } = start();
  await put(aFailed(1, giveUpAfter.failures - 1));
  // Each that is taken shows that the sink is not to blame for the next failure.
  let number = 2;
  await eventually(async () => {
    await put(aRecord(number++));
    expect(await figure('outbox_parked')).toBe(1);
  });
  expect(said()).toMatchObject([{ id: 'call-1', reason: `given up: ${sink.url} answered 500` }]);
  await outbox.close();
  sink.answerWith(takes);
  await start().drained();
  expect(sink.taken.map(({ id }) => id)).toContain('call-1');
  expect(await outbox.figure('outbox_parked')).toBe(0);
});

test('a record says on its way how often it has failed, so that a dead letter does', async () => {
  const { put, drained } = start();
  const record = aFailed(1, 3);
  await put(record);
  await drained();
  expect(sink.taken[0]?.extensions).toMatchObject({
    outboxfailures: '3',
    outboxfailedsince: String(record.failures?.since),
  });
});

test('the age of what waits is that of the first in line, and nothing has none', async () => {
  sink.answerWith((response) => response.writeHead(503).end());
  const { put, drained, figure } = start();
  expect(await figure('outbox_oldest_age_seconds')).toBe(0);
  await put(aRecord(1, 100, { time: Date.now() - 3600_000 }));
  await put(aRecord(2, 100));
  await eventually(async () =>
    expect(await figure('outbox_oldest_age_seconds')).toBeGreaterThanOrEqual(3600),
  );
  sink.answerWith(takes);
  await drained();
  expect(await figure('outbox_oldest_age_seconds')).toBe(0);
});
