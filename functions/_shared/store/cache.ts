import { z } from 'zod';
import type { EpochMs } from '../units.ts';
import { name, time, wholeNumber } from './bounds.ts';
import type { GroupMethods } from './method.ts';

export interface CacheEntry {
  /** Bytes as base64: they come back as they were, which not all text does. At most 8 MiB. */
  value: string;
  /** Not found from then on; null for as long as there is room. */
  expires_at: EpochMs | null;
}

export interface CacheBounds {
  max_entries: number;
  max_bytes: number;
}

/** What holds when nobody says otherwise. It may be passed by a few hundred entries for a while. */
export const cacheBounds: CacheBounds = { max_entries: 1_000_000, max_bytes: 1024 ** 3 };

/** Answers that are kept to be given again. Any of them may be gone at any time. */
export interface Cache {
  /** Null if there is none that still holds. */
  get(namespace: string, key: string): Promise<CacheEntry | null>;
  /** In place of one that was there. */
  put(namespace: string, key: string, entry: CacheEntry): Promise<void>;
  /** How many there were. At most 500 keys. */
  remove(namespace: string, keys: string[]): Promise<number>;
  /** Empties a namespace, or all of them for null. How many there were. */
  flush(namespace: string | null): Promise<number>;
  /** Makes room: those that have expired go, then the oldest, until what is left is within bounds. */
  trim(bounds: CacheBounds): Promise<{ removed: number; entries: number; bytes: number }>;
}

const valueLimit = 8 * 1024 * 1024;
const key = name.min(1);

const base64 = z
  .string()
  .max((valueLimit / 3) * 4 + 4)
  .refine(
    (text) => Buffer.from(text, 'base64').toString('base64') === text,
    'must be base64, with its padding',
  );

export const cache: GroupMethods<Cache> = {
  get: { access: 'read', args: [name, key] },
  put: {
    access: 'write',
    args: [name, key, z.strictObject({ value: base64, expires_at: time.nullable() })],
  },
  remove: { access: 'write', args: [name, z.array(key).max(500)] },
  flush: { access: 'write', args: [name.nullable()] },
  trim: {
    access: 'write',
    args: [z.strictObject({ max_entries: wholeNumber, max_bytes: wholeNumber })],
  },
};
