import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { datarefOf } from '../../_shared/events/dataref.ts';
import type { Payloads } from '../../_shared/store/payloads.ts';
import { openRemoteStore } from '../../_shared/store/remote/remote.ts';
import { openSqliteStore } from '../../_shared/store/sqlite/sqlite.ts';
import type { Store } from '../../_shared/store/store.ts';
import { createLogger } from '../../_shared/telemetry.ts';
import {
  aPath,
  aRecord,
  eventually,
  isAway,
  numberOf,
  records,
  type Sink,
  startOutbox,
  startSink,
  takes,
} from './outbox.fixture.ts';
import type { OutboxEvent } from './outbox.ts';

const mebibyte = 1024 ** 2;
const maxBytes = 256 * mebibyte;
const away = openRemoteStore({ url: 'http://127.0.0.1:1', bearer: 'x' });

let sink: Sink;
let store: Store;
let path: string;
let outbox: ReturnType<typeof startOutbox>;
const start = (payloads: Pick<Payloads, 'keep'> = store.payloads) => {
  outbox = startOutbox({ path, sink: sink.url, maxBytes }, payloads);
  return outbox;
};

beforeEach(async () => {
  sink = await startSink();
  const logger = createLogger('test', 'silent');
  store = await openSqliteStore({ path: `${aPath()}-store`, logger });
  path = aPath();
});
afterEach(async () => {
  await outbox.close();
  await store.close();
  await sink.stop();
});

/** A record with bodies apart, as a call that is too large for an event leaves it. */
function aLargeRecord(number: number, bytes = mebibyte): OutboxEvent {
  const { data, ...event } = aRecord(number, 0);
  const { request, response, ...facts } = JSON.parse(data) as Record<string, unknown>;
  expect([request, response]).not.toContain(undefined);
  const messages = [{ role: 'user', content: '€\ud83d'.repeat(bytes / 4) }];
  return {
    ...event,
    data: JSON.stringify(facts),
    bodies: { request: JSON.stringify({ messages }), response: '{"choices":[]}' },
  };
}

/** What the bodies of each event in the file take, and null where they are gone. */
const lookInside = () => {
  const database = new Database(path, { readonly: true });
  const rows = database.prepare('SELECT octet_length(request) AS bytes FROM outbox').all() as {
    bytes: number | null;
  }[];
  database.close();
  return rows;
};

describe('a record with bodies that are too large for an event', () => {
  test('comes without them and says where they are: in the store, ahead of it', async () => {
    const { put, drained, figure } = start();
    const record = aLargeRecord(1);
    const found: unknown[] = [];
    sink.answerWith(async (response, event) => {
      found.push(await store.payloads.find(event.id, event.source));
      takes(response, event);
    });
    await put(record);
    await drained();
    const [event] = sink.taken;
    expect(event?.data).toEqual(JSON.parse(record.data));
    expect(event?.extensions.dataref).toBe(datarefOf(record));
    expect(found).toEqual([
      {
        id: record.id,
        source: record.source,
        request: JSON.parse(record.bodies?.request ?? ''),
        response: { choices: [] },
      },
    ]);
    expect(await figure('outbox_payloads_moved_total')).toBe(1);
    await eventually(() => expect(lookInside()).toEqual([]));
  });

  test('waits for a store that is away, and nothing else does', async () => {
    const { put, putAll, figure, said } = start(away.payloads);
    await put(aLargeRecord(1));
    await putAll(records(2, 200));
    await eventually(() => expect(sink.taken).toHaveLength(200));
    await eventually(async () => expect(await figure('outbox_depth')).toBe(1));
    expect(said('events cannot be delivered; they wait in the outbox')).toEqual([]);
    const [line] = said('large bodies cannot be put into the store; their records wait');
    expect(line).toMatchObject({ id: 'call-1', reason: expect.stringContaining('127.0.0.1:1') });
    await outbox.close();
    await start().drained();
    expect(sink.taken.map(numberOf)).toContain(1);
  });

  test('need not hold its bodies any longer when a sink that is away has it wait', async () => {
    sink.answerWith(isAway);
    const { put } = start();
    await put(aLargeRecord(1, 20 * mebibyte));
    expect(lookInside()[0]?.bytes).toBeGreaterThan(10 * mebibyte);
    await eventually(() => expect(lookInside()[0]?.bytes).toBeNull());
    await outbox.close();
    sink.answerWith(takes);
    // What is in the store need not be put there again.
    await start(away.payloads).drained();
    expect(sink.taken[0]?.extensions.dataref).toBe(datarefOf({ ...aRecord(1) }));
  });

  test('loses them when the outbox is full, and says so in place of a reference', async () => {
    sink.answerWith(isAway);
    outbox = startOutbox({ path, sink: sink.url, maxBytes: 4 * mebibyte }, away.payloads);
    await outbox.put(aLargeRecord(1));
    await outbox.putAll(records(2, 900));
    await eventually(async () =>
      expect(await outbox.figure('outbox_bodies_dropped_total')).toBeGreaterThan(0),
    );
    sink.answerWith(takes);
    await outbox.drained();
    const first = sink.taken.find(({ id }) => id === 'call-1');
    expect(first?.extensions.dataref).toBeUndefined();
    expect(first?.data).toMatchObject({
      bodies_withheld: expect.stringContaining('request and response dropped'),
    });
  });
});

test('a file from before bodies were kept apart is taken on', async () => {
  const database = new Database(path);
  database.exec(`CREATE TABLE outbox (seq INTEGER PRIMARY KEY AUTOINCREMENT,
    not_before INTEGER NOT NULL, parked TEXT, head TEXT NOT NULL, data TEXT NOT NULL)`);
  const { data, ...head } = aRecord(1);
  database
    .prepare('INSERT INTO outbox (not_before, head, data) VALUES (0, ?, ?)')
    .run(JSON.stringify(head), data);
  database.close();
  const { put, drained } = start();
  await put(aLargeRecord(2));
  await drained();
  expect(sink.taken.map(numberOf).sort()).toEqual([1, 2]);
});
