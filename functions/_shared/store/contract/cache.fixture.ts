import { randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Store } from '../store.ts';

export function describeCache(store: () => Store): void {
  describe('cache', () => {
    const inAnHour = () => Date.now() + 3600_000;
    const bytes = (size: number) => randomBytes(size).toString('base64');

    test('bytes come back as they were, in their namespace alone', async () => {
      const [space, other] = [randomUUID(), randomUUID()];
      const entry = {
        value: Buffer.from('\0\ud83d half, \u05d0').toString('base64'),
        expires_at: inAnHour(),
      };
      await store().cache.put(space, 'k', entry);
      expect(await store().cache.get(space, 'k')).toEqual(entry);
      expect(await store().cache.get(other, 'k')).toBeNull();
      const newer = { value: bytes(100_000), expires_at: null };
      await store().cache.put(space, 'k', newer);
      await store().cache.put(space, 'empty', { value: '', expires_at: null });
      expect(await store().cache.get(space, 'k')).toEqual(newer);
      expect(await store().cache.get(space, 'empty')).toEqual({ value: '', expires_at: null });
      await store().cache.put(other, 'k', entry);
      expect(await store().cache.remove(space, ['k', 'nothing'])).toBe(1);
      expect(await store().cache.get(space, 'k')).toBeNull();
      expect(await store().cache.flush(space)).toBe(1);
      expect(await store().cache.get(other, 'k')).toEqual(entry);
    });

    test('what has expired is not found', async () => {
      await store().cache.put('expired', 'k', { value: '', expires_at: Date.now() });
      expect(await store().cache.get('expired', 'k')).toBeNull();
    });

    test('many are flushed in parts, and all of them', async () => {
      const space = randomUUID();
      const keys = Array.from({ length: 1100 }, (_, index) => `k${index}`);
      await Promise.all(
        keys.map((key) => store().cache.put(space, key, { value: bytes(9), expires_at: null })),
      );
      expect(await store().cache.flush(space)).toBe(1100);
      await store().cache.put(space, 'k', { value: '', expires_at: null });
      expect(await store().cache.flush(null)).toBeGreaterThan(0);
      expect(await store().cache.get(space, 'k')).toBeNull();
    });

    test('room is made by the expired first, then by the oldest', async () => {
      await store().cache.flush(null);
      const put = async (key: string, expires_at: number | null) => {
        await store().cache.put('trim', key, { value: bytes(1000), expires_at });
        // The order is by the millisecond.
        const put_at = Date.now();
        while (Date.now() === put_at) await new Promise((resolve) => setImmediate(resolve));
      };
      await put('oldest', inAnHour());
      await put('older', null);
      await put('expired', Date.now());
      await put('newest', null);
      const roomy = { max_entries: 10, max_bytes: 1_000_000 };
      const trim = (bounds: object) => store().cache.trim({ ...roomy, ...bounds });
      expect(await trim({})).toEqual({ removed: 1, entries: 3, bytes: 3000 });
      expect(await trim({ max_entries: 2 })).toEqual({ removed: 1, entries: 2, bytes: 2000 });
      expect(await store().cache.get('trim', 'oldest')).toBeNull();
      expect(await trim({ max_bytes: 1999 })).toEqual({ removed: 1, entries: 1, bytes: 1000 });
      expect(await store().cache.get('trim', 'newest')).not.toBeNull();
    });

    test('bounds hold', async () => {
      const refuses = (call: Promise<unknown>, message: RegExp) =>
        expect(call).rejects.toMatchObject({
          code: 'invalid_request',
          message: expect.stringMatching(message),
        });
      const put = (value: string) => store().cache.put('b', 'k', { value, expires_at: null });
      await refuses(put('no base64!'), /base64/);
      await refuses(put('A'.repeat(12 * 1024 * 1024)), /value/);
      await refuses(store().cache.get('b', ''), /get/);
      await refuses(store().cache.get('b'.repeat(513), 'k'), /get/);
      await refuses(store().cache.remove('b', Array(501).fill('k')), /remove/);
    });
  });
}
