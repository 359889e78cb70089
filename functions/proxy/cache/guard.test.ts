import { expect, test, vi } from 'vitest';
import type { Backend } from './backend.ts';
import { createGuard } from './guard.ts';

/** A backend whose `get` does as it is told, and a guard on it whose time stands still. */
function guarded(get: Backend['get']) {
  const backend: Backend = {
    get: vi.fn(get),
    put: async () => {},
    remove: async () => 0,
    flush: async () => {},
    ping: async () => {},
    close: async () => {},
  };
  let time = 0;
  const changes: boolean[] = [];
  const onFailure = vi.fn();
  const guard = createGuard(backend, {
    readMs: 20,
    writeMs: 20,
    failures: 3,
    closedMs: 1000,
    onFailure,
    onChange: (isOpen) => changes.push(isOpen),
    now: () => time,
  });
  return {
    guard,
    backend,
    changes,
    onFailure,
    pass: (ms: number) => {
      time += ms;
    },
  };
}

const value = Buffer.from('kept');

test('one that fails is asked no more for a while, then once, and again when it answers', async () => {
  let isDead = true;
  const { guard, backend, changes, pass } = guarded(async () => {
    if (isDead) throw new Error('dead');
    return value;
  });
  for (let index = 0; index < 10; index++) expect(await guard.get('a')).toBeNull();
  expect(backend.get).toHaveBeenCalledTimes(3);
  expect(changes).toEqual([false]);

  pass(1000);
  await Promise.all([guard.get('a'), guard.get('a'), guard.get('a')]);
  expect(backend.get).toHaveBeenCalledTimes(4);
  expect(changes).toEqual([false]);

  pass(1000);
  isDead = false;
  expect(await guard.get('a')).toBe(value);
  expect(await guard.get('a')).toBe(value);
  expect(changes).toEqual([false, true]);
});

test('one that never answers is a failure, and what it says too late is not heard', async () => {
  const late = Promise.withResolvers<Buffer>();
  const { guard, onFailure } = guarded(() => late.promise);
  expect(await guard.get('a')).toBeNull();
  late.reject(new Error('too late'));
  expect(onFailure).toHaveBeenCalledTimes(1);
});

test('now and then a failure among successes closes nothing', async () => {
  let count = 0;
  const { guard, changes } = guarded(async () => {
    if (count++ % 3 !== 0) throw new Error('now and then');
    return value;
  });
  for (let index = 0; index < 30; index++) await guard.get('a');
  expect(changes).toEqual([]);
  expect(count).toBe(30);
});
