import type { Milliseconds } from '../../_shared/units.ts';

/** Where answers are kept. Any method may reject, and any value may be gone at any time. */
export interface Backend {
  /** Null where there is none. One that has expired may still come. */
  get(key: string): Promise<Buffer | null>;
  put(key: string, value: Buffer, ttlMs: Milliseconds): Promise<void>;
  /** How many there were. */
  remove(keys: string[]): Promise<number>;
  /** Takes away all answers, and nothing else that lies in the same place. */
  flush(): Promise<void>;
  /** Rejects where the place cannot be reached. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
