import { afterEach, beforeEach, expect, test } from 'vitest';
import { eventTypes } from '../../_shared/events/types.ts';
import {
  aPath,
  aRecord,
  eventually,
  isAway,
  numberOf,
  records,
  startOutbox,
  startSink,
  takes,
} from './outbox.fixture.ts';

let sink: Awaited<ReturnType<typeof startSink>>;
let path: string;
const open: { close(): Promise<void> }[] = [];

/** An outbox that is closed at the end whatever comes. */
function start(options: Partial<Parameters<typeof startOutbox>[0]> = {}) {
  const outbox = startOutbox({ path, sink: sink.url, ...options });
  open.push(outbox);
  return {
    ...outbox,
    async close() {
      open.splice(open.indexOf(outbox), 1);
      await outbox.close();
    },
  };
}

beforeEach(async () => {
  sink = await startSink();
  path = aPath();
});
afterEach(async () => {
  for (const outbox of open.splice(0)) await outbox.close();
  await sink.stop();
});

test('what is put is delivered, signed, and the outbox is empty', async () => {
  const outbox = start();
  const given = records(1, 100);
  await outbox.putAll(given);
  await outbox.drained();
  expect(sink.taken.map(numberOf).sort((a, b) => a - b)).toEqual(given.map(numberOf));
  expect(sink.taken[0]?.data).toEqual(JSON.parse(given[0]?.data ?? ''));
  expect(await outbox.figure('outbox_depth')).toBe(0);
  expect(await outbox.figure('lost_records_total')).toBe(0);
  expect(await outbox.figure('outbox_bodies_dropped_total')).toBe(0);
});

test('what waits goes out when the sink is back, and both are said once', async () => {
  sink.answerWith(isAway);
  const outbox = start();
  await outbox.putAll(records(1, 150));
  await eventually(() => expect(sink.asked).toBeGreaterThan(32));
  expect(sink.taken).toEqual([]);
  sink.answerWith(takes);
  await outbox.drained();
  expect(new Set(sink.taken.map(numberOf)).size).toBe(150);
  expect(sink.taken).toHaveLength(150);
  const away = outbox.said('events cannot be delivered; they wait in the outbox');
  expect(away).toMatchObject([{ reason: `${sink.url} answered 503` }]);
  expect(outbox.said('events are delivered again')).toHaveLength(1);
});

test('the oldest go first, and the next when one has gone', async () => {
  const asked: number[] = [];
  const held: (() => void)[] = [];
  sink.answerWith((response, event) => {
    asked.push(numberOf(event));
    held.push(() => takes(response, event));
  });
  const outbox = start();
  await outbox.putAll(records(1, 100));
  for (let gone = 0; gone < 5; gone++) {
    await eventually(() => expect(asked).toHaveLength(32 + gone));
    expect(asked.toSorted((a, b) => a - b)).toEqual(records(1, 32 + gone).map(numberOf));
    held.shift()?.();
  }
  sink.answerWith(takes);
  for (const release of held) release();
  await outbox.drained();
  expect(sink.taken).toHaveLength(100);
});

test('a sink that is slow holds up no call, and the rest waits on disk', async () => {
  const held: (() => void)[] = [];
  sink.answerWith((response, event) => held.push(() => takes(response, event)));
  const outbox = start({ maxBytes: 256 * 1024 ** 2 });
  await outbox.putAll(records(1, 600, 100_000));
  expect(sink.taken).toEqual([]);
  expect(held).toHaveLength(32);
  await eventually(async () => expect(await outbox.figure('outbox_depth')).toBe(600));
  sink.answerWith(takes);
  for (const release of held) release();
  await outbox.drained();
  expect(sink.taken).toHaveLength(600);
});

test('what waits when the process ends is delivered by the next one', async () => {
  sink.answerWith(isAway);
  const first = start();
  await first.putAll(records(1, 100));
  await first.close();
  sink.answerWith(takes);
  const second = start();
  await second.put(aRecord(101));
  await second.drained();
  const arrived = new Set(sink.taken.map(numberOf));
  expect(arrived.size).toBe(101);
});

test('what is refused for good is parked and not sent again', async () => {
  sink.answerWith((response, event) =>
    event.id === 'call-2' ? response.writeHead(400).end() : takes(response, event),
  );
  const outbox = start();
  await outbox.putAll(records(1, 3));
  await outbox.drained();
  await outbox.close();
  const again = start();
  await again.put(aRecord(4));
  await again.drained();
  expect(sink.taken.filter(({ type }) => type === eventTypes.requestCompleted)).toHaveLength(3);
  expect(await again.figure('outbox_parked')).toBe(1);
  // The three, the fourth, and the alert that one of them was put aside.
  expect(sink.asked).toBe(5);
  expect(sink.taken.at(-1)?.data).toMatchObject({ rule: 'outbox_parked', value: 1 });
});
