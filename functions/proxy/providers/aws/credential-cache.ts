import type { Credentials } from './signature.ts';

export interface Lease {
  credentials: Credentials;
  /** In epoch milliseconds; null for those that last. */
  expiresAt: number | null;
}

/** Where credentials come from. Two sources of one `id` give the same. */
export interface CredentialSource {
  id: string;
  load(): Promise<Lease>;
}

/** Fetched anew this long before they expire, so that no call waits for it. */
const renewMs = 5 * 60_000;
/** So close to their end a request might come too late with them. */
const marginMs = 10_000;
/** A renewal that failed is not tried again before this, while the old ones still hold. */
const patienceMs = 10_000;

interface Entry {
  lease: Lease | null;
  pending: Promise<Lease> | null;
  triedAt: number;
}

/**
 * Credentials by their source, fetched once however many calls want them at the same time. Holds
 * `limit` sources; beyond it the one that has been there longest goes.
 */
export function createCredentialCache({ limit, now }: { limit: number; now: () => number }) {
  const entries = new Map<string, Entry>();

  function entryOf(id: string): Entry {
    let entry = entries.get(id);
    if (!entry) {
      const [oldest] = entries.keys();
      if (oldest !== undefined && entries.size >= limit) entries.delete(oldest);
      entry = { lease: null, pending: null, triedAt: 0 };
      entries.set(id, entry);
    }
    return entry;
  }

  function renew(entry: Entry, source: CredentialSource): Promise<Lease> {
    entry.triedAt = now();
    entry.pending ??= source
      .load()
      .then((lease) => {
        entry.lease = lease;
        return lease;
      })
      .finally(() => {
        entry.pending = null;
      });
    return entry.pending;
  }

  const lasts = ({ expiresAt }: Lease, ms: number) => expiresAt === null || expiresAt - now() > ms;

  return {
    /** Rejects as the source does where there are none that still hold. */
    async get(source: CredentialSource): Promise<Credentials> {
      const entry = entryOf(source.id);
      const { lease } = entry;
      if (lease === null || !lasts(lease, marginMs)) {
        return (await renew(entry, source)).credentials;
      }
      if (!lasts(lease, renewMs) && now() - entry.triedAt >= patienceMs) {
        // Who needs them when the old ones have expired is told what is wrong.
        renew(entry, source).catch(() => {});
      }
      return lease.credentials;
    },
  };
}

export type CredentialCache = ReturnType<typeof createCredentialCache>;
