import { type Kysely, sql } from 'kysely';
import { GatewayError } from '../../errors.ts';
import type { SqlDialect } from './dialect.ts';
import { createBooks } from './migrations/0001-books.ts';
import { orderByTime } from './migrations/0002-time-order.ts';
import { addGovernance } from './migrations/0003-governance.ts';
import { addPendingRollups } from './migrations/0004-pending-rollups.ts';
import type { Tables } from './tables.ts';

interface Migration {
  name: string;
  up(db: Kysely<Tables>, dialect: SqlDialect): Promise<void>;
}

/** Forward only, in this order, each remembered by its name. Never change one that was released. */
const migrations: Migration[] = [
  { name: '0001-books', up: createBooks },
  { name: '0002-time-order', up: orderByTime },
  { name: '0003-governance', up: addGovernance },
  { name: '0004-pending-rollups', up: addPendingRollups },
];

export const migrationNames: string[] = migrations.map(({ name }) => name);

/** Stands among the migrations' names while a database is being copied into. */
export const unfinishedCopy = 'unfinished-copy';

/**
 * Brings the database up to this program. All of it is one transaction, behind a lock, so that
 * of two starters one waits. Rejects with `internal` when the database knows a migration that
 * this program does not: it was made by a newer one. Where there is nothing to do, nothing is
 * written: a proxy that starts anew on a full disk has calls to answer.
 */
export async function migrate(db: Kysely<Tables>, dialect: SqlDialect): Promise<void> {
  if (await isThisLayout(db)) return;
  await db.transaction().execute(async (transaction) => {
    await dialect.lockMigrations(transaction);
    await sql`CREATE TABLE IF NOT EXISTS migrations (
      name text PRIMARY KEY, applied_at bigint NOT NULL)`.execute(transaction);
    const applied = new Set(await namesIn(transaction));
    if (applied.has(unfinishedCopy)) {
      throw new GatewayError(
        'internal',
        'The database is a copy that is not finished. Run the same `npm run store -- copy` again, or give an empty database.',
      );
    }
    const known = new Set(migrationNames);
    const newer = [...applied].filter((name) => !known.has(name));
    if (newer.length > 0) {
      throw new GatewayError(
        'internal',
        `The database was made by a newer Tallygate (it has ${newer.join(', ')}). Start that version, or restore an older backup.`,
      );
    }
    for (const migration of migrations) {
      if (applied.has(migration.name)) continue;
      await migration.up(transaction, dialect);
      await sql`INSERT INTO migrations (name, applied_at)
        VALUES (${migration.name}, ${Date.now()})`.execute(transaction);
    }
  });
}

/** False also where that cannot be seen: who then tries to migrate hears why. */
async function isThisLayout(db: Kysely<Tables>): Promise<boolean> {
  const applied = await namesIn(db).catch((): string[] => []);
  return (
    applied.length === migrationNames.length &&
    migrationNames.every((name) => applied.includes(name))
  );
}

async function namesIn(db: Kysely<Tables>): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`SELECT name FROM migrations`.execute(db);
  return rows.map(({ name }) => name);
}
