import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type AlertRaised, alertRaised, eventTypes } from '../../_shared/events/types.ts';
import type { Answer, Sink } from './outbox.fixture.ts';
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

const maxBytes = 1024 ** 2;
const reason = `request and response dropped: the outbox was over OUTBOX_MAX_BYTES (${maxBytes})`;

let sink: Sink;
let path: string;
let outbox: ReturnType<typeof startOutbox>;
const start = (more: Partial<Parameters<typeof startOutbox>[0]> = {}) =>
  startOutbox({ path, sink: sink.url, maxBytes, ...more });

beforeEach(async () => {
  sink = await startSink();
  sink.answerWith(isAway);
  path = aPath();
  outbox = start();
});
afterEach(async () => {
  await outbox.close();
  await sink.stop();
});

/** What is in the file at the moment, oldest first, and how many bytes it takes. */
function lookInside() {
  const database = new Database(path, { readonly: true });
  const pragma = (name: string) => database.pragma(name, { simple: true }) as number;
  const rows = database.prepare('SELECT head, data, parked FROM outbox ORDER BY seq').all() as {
    head: string;
    data: string;
    parked: string | null;
  }[];
  const inside = {
    rows: rows.map(({ head, data, parked }) => ({
      number: numberOf(JSON.parse(head)),
      parked,
      ...(JSON.parse(data) as { request: unknown; response: unknown; bodies_withheld?: string }),
    })),
    used: (pragma('page_count') - pragma('freelist_count')) * pragma('page_size'),
    size: pragma('page_count') * pragma('page_size'),
  };
  database.close();
  return inside;
}

const takenRecords = () => sink.taken.filter(({ type }) => type === eventTypes.requestCompleted);
const takenAlerts = (): AlertRaised[] =>
  sink.taken
    .filter(({ type }) => type === eventTypes.alertRaised)
    .map(({ data }) => alertRaised.parse(data));

describe('an outbox that is full', () => {
  test('drops the oldest bodies first, keeps every record, and tells of it', async () => {
    await outbox.putAll(records(1, 800));
    const { rows, used } = lookInside();
    expect(rows.map(({ number }) => number)).toEqual(records(1, 800).map(numberOf));
    expect(used).toBeLessThanOrEqual(maxBytes);
    const whole = rows.findIndex(({ request }) => request !== null);
    expect(rows.slice(whole).every(({ request, response }) => request && response)).toBe(true);
    expect(new Set(rows.slice(0, whole).map((row) => row.bodies_withheld))).toEqual(
      new Set([reason]),
    );
    expect(rows.slice(0, whole).every(({ response }) => response === null)).toBe(true);
    // It drops no more than it must: what is left whole fills the room.
    expect(used).toBeGreaterThan(maxBytes * 0.95);
    await eventually(async () => {
      expect(await outbox.figure('outbox_bodies_dropped_total')).toBe(whole);
      expect(await outbox.figure('outbox_bytes')).toBe(used);
      expect(await outbox.figure('outbox_depth')).toBe(800);
    });
    expect(await outbox.figure('lost_records_total')).toBe(0);
    expect(outbox.said('the outbox is full; the oldest records lose their bodies')).toHaveLength(1);

    sink.answerWith(takes);
    await outbox.drained();
    const taken = takenRecords().map(({ data }) => data as { bodies_withheld?: string });
    expect(taken).toHaveLength(800);
    expect(taken.filter((data) => data.bodies_withheld === reason)).toHaveLength(whole);
    expect(takenAlerts()).toEqual([
      expect.objectContaining({ rule: 'outbox_full', severity: 'critical', value: whole }),
    ]);
    expect(takenAlerts()[0]?.message).toContain(`${whole} records lost their bodies`);
    expect(takenAlerts()[0]?.message).toContain('no record was lost');
    expect(outbox.said('the outbox has room again')).toHaveLength(1);
  });

  test('loses the oldest records when no bodies are left, and counts each', async () => {
    await outbox.putAll(records(1, 6000));
    const { rows, used, size } = lookInside();
    const numbers = rows.map(({ number }) => number);
    expect(used).toBeLessThanOrEqual(maxBytes);
    expect(size).toBeLessThanOrEqual(maxBytes * 1.25);
    expect(numbers.length).toBeGreaterThan(500);
    // The newest, without a gap.
    expect(numbers).toEqual(records(6001 - numbers.length, numbers.length).map(numberOf));
    expect(rows.filter(({ request }) => request !== null).length).toBeLessThan(3);
    const lost = 6000 - numbers.length;
    await eventually(async () => {
      expect(await outbox.figure('lost_records_total')).toBe(lost);
      expect(await outbox.figure('outbox_depth')).toBe(numbers.length);
    });
    expect(outbox.said('the outbox is full; the oldest records are lost')).toHaveLength(1);

    sink.answerWith(takes);
    await outbox.drained();
    expect(
      takenRecords()
        .map(numberOf)
        .sort((a, b) => a - b),
    ).toEqual(numbers);
    expect(takenAlerts()).toHaveLength(1);
    expect(takenAlerts()[0]?.message).toContain(`${lost.toLocaleString('en-US')} records lost`);
    expect(await outbox.figure('outbox_depth')).toBe(0);
  });

  test('leaves alone what is on its way, and counts nothing twice', async () => {
    const held: (() => void)[] = [];
    const hold: Answer = (response, event) => held.push(() => takes(response, event));
    sink.answerWith(hold);
    await outbox.putAll(records(1, 32), 32);
    await eventually(() => expect(held).toHaveLength(32));
    await outbox.putAll(records(33, 4000));
    const { rows } = lookInside();
    expect(rows.slice(0, 32).map(({ number }) => number)).toEqual(records(1, 32).map(numberOf));
    expect(rows.slice(0, 32).every(({ request }) => request !== null)).toBe(true);
    sink.answerWith(takes);
    for (const release of held) release();
    await outbox.drained();
    const numbers = takenRecords().map(numberOf);
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(await outbox.figure('lost_records_total')).toBe(4032 - numbers.length);
  });

  test('sends the bare record when one that failed with its bodies has lost them', async () => {
    await outbox.put(aRecord(1));
    await eventually(() => expect(sink.asked).toBeGreaterThan(0));
    await outbox.putAll(records(2, 600));
    sink.answerWith(takes);
    await outbox.drained();
    const first = takenRecords().find((event) => numberOf(event) === 1);
    expect(first?.data).toMatchObject({ request: null, response: null, bodies_withheld: reason });
  });

  test('parts with what is parked before what waits', async () => {
    const parked = records(1, 100).map((record) => ({ ...record, parked: 'answered 400' }));
    await outbox.putAll(records(1001, 20));
    await outbox.putAll(parked);
    await outbox.putAll(records(2001, 150));
    const bare = () => lookInside().rows.filter(({ request }) => request === null);
    expect(bare().length).toBeGreaterThan(0);
    expect(bare().every((row) => row.parked !== null)).toBe(true);
    await outbox.putAll(records(3001, 4000));
    const left = lookInside().rows;
    expect(left.filter((row) => row.parked !== null)).toEqual([]);
    await eventually(async () => {
      expect(await outbox.figure('outbox_parked')).toBe(0);
      expect(await outbox.figure('lost_records_total')).toBe(4270 - left.length);
    });
  });

  test('keeps the bound when it starts over it', async () => {
    await outbox.close();
    outbox = start({ maxBytes: 64 * maxBytes });
    await outbox.putAll(records(1, 1500), 500);
    await outbox.close();
    expect(lookInside().used).toBeGreaterThan(5 * maxBytes);
    outbox = start({ maxBytes: 2 * maxBytes });
    await outbox.put(aRecord(1501));
    await eventually(() => expect(lookInside().used).toBeLessThanOrEqual(2 * maxBytes));
    expect(lookInside().rows).toHaveLength(1501);
    expect(lookInside().rows.at(-1)?.request).not.toBeNull();
    sink.answerWith(takes);
    await outbox.drained();
    expect(takenRecords()).toHaveLength(1501);
  });

  test('raises one alert a window, and what is untold at the end the next process tells', async () => {
    const fillAndDrain = async (from: number) => {
      sink.answerWith(isAway);
      await outbox.putAll(records(from, 400));
      sink.answerWith(takes);
      await outbox.drained();
    };
    await fillAndDrain(1);
    await fillAndDrain(1001);
    expect(takenAlerts()).toHaveLength(1);
    const dropped = await outbox.figure('outbox_bodies_dropped_total');
    await outbox.close();
    outbox = start();
    await outbox.put(aRecord(2001));
    await eventually(() => expect(takenAlerts()).toHaveLength(2));
    const [first, second] = takenAlerts();
    expect((first?.value ?? 0) + (second?.value ?? 0)).toBe(dropped);
  });
});
