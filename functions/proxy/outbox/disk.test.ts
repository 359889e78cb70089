import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eventTypes } from '../../_shared/events/types.ts';
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

const mebibyte = 1024 ** 2;

let sink: Sink;
let path: string;
let outbox: ReturnType<typeof startOutbox> | undefined;
function start(more: Partial<Parameters<typeof startOutbox>[0]> = {}) {
  const started = startOutbox({ path, sink: sink.url, ...more });
  outbox = started;
  return started;
}
const takenRecords = () => sink.taken.filter(({ type }) => type === eventTypes.requestCompleted);
const arrived = () => takenRecords().map(numberOf);
const setAside = () => readdirSync(dirname(path)).filter((name) => name.includes('.corrupt-'));

beforeEach(async () => {
  sink = await startSink();
  path = aPath();
});
afterEach(async () => {
  await outbox?.close();
  await sink.stop();
});

describe('a disk that refuses', () => {
  // The file may be a quarter larger than the bound; more than that at once is SQLITE_FULL.
  test('leaves records in memory, and takes the next ones', async () => {
    sink.answerWith(isAway);
    const { put, drained, said, figure } = start();
    await Promise.all(records(1, 400).map(put));
    const [refusal] = said('the disk refuses records; they wait in memory');
    expect(refusal).toMatchObject({ err: { message: 'database or disk is full' } });
    await put(aRecord(401));
    expect(said('the disk takes records again')).toHaveLength(1);
    await eventually(async () => expect(await figure('outbox_depth')).toBe(401));
    sink.answerWith(takes);
    await drained();
    expect(new Set(arrived())).toEqual(new Set(records(1, 401).map(numberOf)));
    expect(await figure('lost_records_total')).toBe(0);
  });

  test('loses the oldest, counted and told, when memory is full too', async () => {
    sink.answerWith(isAway);
    const { put, drained, figure } = start();
    const large = records(1, 80, mebibyte);
    const size = large[0]?.data.length ?? 0;
    await Promise.all(large.map(put));
    const kept = Math.floor((64 * mebibyte) / size);
    await eventually(async () => expect(await figure('lost_records_total')).toBe(80 - kept));
    await put(aRecord(81));
    sink.answerWith(takes);
    await drained();
    expect(arrived().sort((a, b) => a - b)).toEqual(records(81 - kept, kept + 1).map(numberOf));
    const alerts = sink.taken.filter(({ type }) => type === eventTypes.alertRaised);
    expect(alerts).toHaveLength(1);
    expect(alerts[0]?.data).toMatchObject({ rule: 'outbox_full', value: 80 - kept });
  });
});

/** Writes over the file from its second page on. */
async function damage() {
  const file = await open(path, 'r+');
  await file.write(Buffer.alloc(statSync(path).size - 4096, 0xff), 0, undefined, 4096);
  await file.close();
}

describe('a damaged file', () => {
  test('that is no database is set aside as it is', async () => {
    writeFileSync(path, 'not a database, but longer than the hundred bytes of a header '.repeat(4));
    const { put, drained, said } = start();
    await put(aRecord(1));
    await drained();
    expect(arrived()).toEqual([1]);
    const [name = ''] = setAside();
    expect(readFileSync(`${dirname(path)}/${name}`, 'utf8')).toMatch(/^not a database/);
    expect(said('the outbox file was damaged; it is set aside and a new one begun')).toHaveLength(
      1,
    );
  });

  test('is found at the start by what is inside', async () => {
    sink.answerWith(isAway);
    const before = start();
    await before.putAll(records(1, 100));
    await before.close();
    await damage();
    sink.answerWith(takes);
    const { put, drained } = start();
    await put(aRecord(101));
    await drained();
    expect(arrived()).toContain(101);
    expect(setAside()).toHaveLength(1);
  });

  test('while it is in use is set aside too, and what comes then is kept', async () => {
    sink.answerWith(isAway);
    const maxBytes = 64 * mebibyte;
    const before = start({ maxBytes });
    await before.putAll(records(1, 4000), 500);
    await before.close();
    const { put, drained, figure, said } = start({ maxBytes });
    await eventually(async () => expect(await figure('outbox_depth')).toBe(4000));
    await damage();
    sink.answerWith(takes);
    await eventually(() => expect(said('the outbox worker failed')).toHaveLength(1));
    await put(aRecord(4001));
    await drained();
    expect(arrived()).toContain(4001);
    expect(setAside()).toHaveLength(1);
  });
});
