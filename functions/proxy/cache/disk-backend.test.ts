import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDiskBackend } from './disk-backend.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tallygate-cache-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const bytes = (length: number) => Buffer.alloc(length, 'x');
const ttl = 60_000;

test('an answer outlives its process, under any key', async () => {
  const first = await openDiskBackend(folder, 1e6);
  const key = 'name space:../../etc/passwd\0';
  await first.put(key, bytes(5), ttl);
  const second = await openDiskBackend(folder, 1e6);
  expect(await second.get(key)).toEqual(bytes(5));
  expect(await second.get('another')).toBeNull();
  expect(await second.remove([key, 'another'])).toBe(1);
  expect(await first.get(key)).toBeNull();
});

test('the oldest go when there is too much, of an earlier process too', async () => {
  const first = await openDiskBackend(folder, 250);
  for (const key of ['a', 'b', 'c']) await first.put(key, bytes(100), ttl);
  expect(await first.get('a')).toBeNull();
  const second = await openDiskBackend(folder, 100);
  expect(readdirSync(folder)).toHaveLength(1);
  await second.put('d', bytes(100), ttl);
  expect(await second.get('d')).toEqual(bytes(100));
  expect(readdirSync(folder)).toHaveLength(1);
});

test('writes at once leave one whole answer and no draft', async () => {
  const backend = await openDiskBackend(folder, 1e6);
  const sizes = [10, 1000, 100_000];
  await Promise.all(sizes.map((size) => backend.put('same', bytes(size), ttl)));
  expect(sizes).toContain((await backend.get('same'))?.length);
  expect(readdirSync(folder)).toHaveLength(1);
});

test('a flush takes away all', async () => {
  const backend = await openDiskBackend(folder, 1e6);
  await backend.put('a', bytes(1), ttl);
  await backend.put('b', bytes(1), ttl);
  await backend.flush();
  expect(readdirSync(folder)).toEqual([]);
});
