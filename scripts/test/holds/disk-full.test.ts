import { readdirSync } from 'node:fs';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { allRows, callsInSums, deliveryPatienceMs, untilDelivered, urlOfBooks } from '../books.ts';
import { startCallers } from '../callers.ts';
import { type Stack, startStack } from '../stack.ts';
import { expectWhole } from './plain-books.ts';
import { mountSmallDisk } from './small-disk.ts';

/** The proxy's data, books and outbox alike, lie on a disk that becomes full. */
let disk: ReturnType<typeof mountSmallDisk>;
let stack: Stack;
beforeAll(async () => {
  disk = mountSmallDisk(24);
  stack = await startStack({
    parts: ['upstream', 'broker', 'proxy', 'ingest'],
    dataFolder: disk.path,
  });
});
afterAll(async () => {
  await stack?.end();
  disk?.remove();
});

const saidByProxy = (words: RegExp) =>
  stack.lines.filter((line) => line.startsWith('proxy ') && words.test(line));

async function figure(name: string): Promise<number> {
  const text = await fetch(`${stack.urls.proxy}/metrics`).then((answer) => answer.text());
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
}

/** A full disk is nobody's fault: each record may come again. */
const expectNoFault = () => expect(saidByProxy(/Internal error/)).toEqual([]);

test('a full disk: calls go on, records wait, and all are booked when there is room', async () => {
  const callers = startCallers({ ...stack.proxy, count: 20 });
  await callers.further(100);
  disk.fill();
  await vi.waitFor(() => expect(saidByProxy(/the disk refuses records/)).not.toEqual([]), {
    timeout: deliveryPatienceMs,
    interval: 20,
  });
  const before = callers.whole.length;
  await callers.further(300);
  const whileFull = callers.whole.length - before;
  await vi.waitFor(async () => expect(await figure('outbox_depth')).toBeGreaterThan(200), {
    timeout: deliveryPatienceMs,
    interval: 50,
  });
  const waiting = await figure('outbox_depth');
  expect(callers.failures).toEqual(new Map());
  disk.free();
  await callers.further(50);
  await callers.stop();
  await untilDelivered(stack);

  const rows = await allRows(stack);
  const booked = new Set(rows.map(({ id }) => id));
  const missing = callers.whole.filter(({ callId }) => !booked.has(callId));
  const doubled = rows.length - booked.size;
  const lost = await figure('lost_records_total');
  console.info(
    `disk full: answered ${callers.whole.length}, of them while it was full ${whileFull}, waiting then ${waiting}, rows ${rows.length}, missing ${missing.length}, doubled ${doubled}, lost ${lost}`,
  );
  expect({ missing, doubled, lost }).toEqual({ missing: [], doubled: 0, lost: 0 });
  expect(await callsInSums(stack)).toEqual({ usage: rows.length, spend: rows.length });
  expect(saidByProxy(/the disk takes records again/)).not.toEqual([]);
  expectNoFault();
}, 120_000);

test('a proxy that is killed and started on a full disk comes up, with all that was on it', async () => {
  const callers = startCallers({ ...stack.proxy, count: 20 });
  await callers.further(50);
  stack.signal('ingest', 'SIGSTOP');
  const keptBefore = callers.whole.length + 100;
  await callers.further(100);
  await callers.stop();
  const kept = callers.whole.slice(0, keptBefore);
  disk.fill();
  stack.signal('proxy', 'SIGKILL');
  stack.signal('ingest', 'SIGCONT');
  await vi.waitFor(() => expect(saidByProxy(/ended \(SIGKILL\)/)).not.toEqual([]));
  await stack.ready();
  const more = startCallers({ ...stack.proxy, count: 20 });
  await more.further(50);
  await more.stop();
  expect(more.failures).toEqual(new Map());
  disk.free();
  await untilDelivered(stack);
  const rows = await allRows(stack);
  const booked = new Set(rows.map(({ id }) => id));
  const all = [...kept, ...more.whole];
  expect(all.filter(({ callId }) => !booked.has(callId))).toEqual([]);
  expect(rows).toHaveLength(booked.size);

  expectNoFault();
  await stack.stop();
  expect(readdirSync(disk.path).filter((name) => name.includes('.corrupt-'))).toEqual([]);
  const outbox = new Database(`${disk.path}/outbox.db`, { readonly: true });
  expect(outbox.pragma('integrity_check', { simple: true })).toBe('ok');
  outbox.close();
  console.info(`disk full: ${await expectWhole(urlOfBooks(stack))}`);
}, 120_000);
