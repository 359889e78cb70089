import { type Kysely, sql } from 'kysely';
import { type Cache, type CacheBounds, cacheBounds } from '../cache.ts';
import type { SqlDialect } from './dialect.ts';
import type { CacheTable, Tables } from './tables.ts';

/** How much one process puts before it looks whether there is too much. */
const putsBetweenTrims = 256;
const bytesBetweenTrims = 64 * 1024 * 1024;
/** Rows that one statement deletes, so that it holds up nobody for long. */
const batchSize = 500;

export function createCache(db: Kysely<Tables>, { passOverHeld }: SqlDialect): Cache {
  let puts = 0;
  let bytes = 0;

  /** Deletes a batch of what a condition holds for; says how much it was. */
  async function deleteBatch(condition: ReturnType<typeof sql>): Promise<number> {
    const { numAffectedRows } = await sql`
      DELETE FROM cache WHERE (namespace, key) IN (
        SELECT namespace, key FROM cache WHERE ${condition}
        LIMIT ${batchSize} ${sql.raw(passOverHeld)})`.execute(db);
    return Number(numAffectedRows ?? 0);
  }

  async function deleteAll(condition: ReturnType<typeof sql>): Promise<number> {
    let deleted = 0;
    for (;;) {
      const batch = await deleteBatch(condition);
      deleted += batch;
      if (batch < batchSize) return deleted;
      // Others have their turn; SQLite's thread would do nothing else until the end.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** The oldest that are too many: those put until a time. Null when there is room. */
  async function excess({ max_entries, max_bytes }: CacheBounds) {
    const sums = await sql<{ entries: number; bytes: number | null }>`
      SELECT COUNT(*) AS entries, SUM(size) AS bytes FROM cache`.execute(db);
    let entries = sums.rows[0]?.entries ?? 0;
    let size = Number(sums.rows[0]?.bytes ?? 0);
    const kept = { entries, bytes: size };
    if (entries <= max_entries && size <= max_bytes) return { kept, until: null };
    const oldest = await sql<{ put_at: number; size: number }>`
      SELECT put_at, size FROM cache ORDER BY put_at LIMIT ${batchSize}`.execute(db);
    let until: number | null = null;
    for (const row of oldest.rows) {
      if (entries <= max_entries && size <= max_bytes) break;
      entries--;
      size -= row.size;
      until = row.put_at;
    }
    return { kept, until };
  }

  async function trim(bounds: CacheBounds) {
    let removed = await deleteAll(sql`expires_at <= ${Date.now()}`);
    for (;;) {
      const { kept, until } = await excess(bounds);
      const gone = until === null ? 0 : await deleteAll(sql`put_at <= ${until}`);
      removed += gone;
      // Where nothing went though there is too much, somebody else is at it.
      if (gone === 0) return { removed, ...kept };
    }
  }

  return {
    async get(namespace, key) {
      const { rows } = await sql<Pick<CacheTable, 'value' | 'expires_at'>>`
        SELECT value, expires_at FROM cache WHERE namespace = ${namespace} AND key = ${key}
          AND (expires_at IS NULL OR expires_at > ${Date.now()})`.execute(db);
      const [row] = rows;
      return row ? { value: row.value.toString('base64'), expires_at: row.expires_at } : null;
    },

    async put(namespace, key, entry) {
      const value = Buffer.from(entry.value, 'base64');
      await sql`
        INSERT INTO cache (namespace, key, put_at, expires_at, size, value)
        VALUES (${namespace}, ${key}, ${Date.now()}, ${entry.expires_at}, ${value.length}, ${value})
        ON CONFLICT (namespace, key) DO UPDATE SET put_at = excluded.put_at,
          expires_at = excluded.expires_at, size = excluded.size, value = excluded.value`.execute(
        db,
      );
      puts++;
      bytes += value.length;
      if (puts < putsBetweenTrims && bytes < bytesBetweenTrims) return;
      puts = 0;
      bytes = 0;
      await trim(cacheBounds);
    },

    async remove(namespace, keys) {
      if (keys.length === 0) return 0;
      const { numAffectedRows } = await sql`
        DELETE FROM cache WHERE namespace = ${namespace}
          AND key IN (${sql.join(keys)})`.execute(db);
      return Number(numAffectedRows ?? 0);
    },

    flush: (namespace) =>
      deleteAll(namespace === null ? sql`1 = 1` : sql`namespace = ${namespace}`),

    trim,
  };
}
