import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { Kysely, SqliteDialect, sql } from 'kysely';
import { mayHold, type WordProbe } from '../search/signature.ts';
import type { SqlDialect } from '../sql/dialect.ts';
import type { Tables } from '../sql/tables.ts';
import { prepareRows } from './inserts.ts';

export const sqliteDialect: SqlDialect = {
  text: 'text',
  bytes: 'blob',
  serial: 'integer PRIMARY KEY',
  // One transaction writes at a time.
  passOverHeld: '',
  seqKey: 'integer PRIMARY KEY',
  clustered: 'WITHOUT ROWID',
  logs: { clause: '', setUp: [], makeRoom: async () => {}, dropBefore: async () => undefined },
  size: sql`SELECT page_count * page_size AS bytes FROM pragma_page_count(), pragma_page_size()`,
  mayHold: (words) => sql`may_hold(signature, ${JSON.stringify(words)})`,
  // Two blobs side by side are text to SQLite, byte by byte as they were.
  joined: (one, other) => `CAST(${one} || ${other} AS blob)`,
  sumOfSketches: 'sum_of_sketches(sketches)',
  numbers(columns) {
    const rows = Object.values(columns);
    const names = Object.keys(columns).map(
      (name, index) => sql`value ->> ${sql.lit(index)} AS ${sql.ref(name)}`,
    );
    const json = JSON.stringify(rows[0]?.map((_, index) => rows.map((column) => column[index])));
    return sql`SELECT ${sql.join(names)} FROM json_each(${json})`;
  },
  prepareInsert: prepareRows,
  lockMigrations: takeTheLock,
  lockBooking: takeTheLock,
};

/** A transaction that only reads at first may be refused the lock later; writing takes it now. */
async function takeTheLock(db: Kysely<Tables>): Promise<void> {
  await sql`PRAGMA user_version = 1`.execute(db);
}

/** Statements are kept prepared: preparing one takes ten times as long as running it. */
function withPreparedStatements(database: Database.Database) {
  const prepared = new Map<string, Database.Statement>();
  return {
    prepare(text: string) {
      if (text === 'rollback') return rollbackOf(database) as never;
      const known = prepared.get(text);
      if (known) return known;
      // Lists of ids make texts without end.
      if (prepared.size >= 500) prepared.clear();
      const statement = database.prepare(text);
      prepared.set(text, statement);
      return statement as never;
    },
    close: () => database.close(),
  };
}

/**
 * On a full disk SQLite takes a transaction back by itself; to ask for it then is an error, which
 * would stand in the place of what happened.
 */
function rollbackOf(database: Database.Database) {
  return {
    reader: false,
    run() {
      if (database.inTransaction) database.exec('ROLLBACK');
      return { changes: 0, lastInsertRowid: 0 };
    },
  };
}

interface OpenOptions {
  readonly: boolean;
  /** Whole numbers come as BigInt, all 64 bits of them. */
  exact?: boolean;
}

export const openDatabase = (path: string, options: OpenOptions): Kysely<Tables> =>
  queryWith(openFile(path, options));

/** Opens the file, and its folder if it has to be made. Readers must not be the first. */
export function openFile(
  path: string,
  { readonly, exact = false }: OpenOptions,
): Database.Database {
  if (!readonly) mkdirSync(dirname(path), { recursive: true });
  const database = new Database(path, { readonly, timeout: 5000 });
  if (!readonly) {
    // So that it can give room back. Without effect once there is anything in the file, its
    // journal's mode included; but where it is set, setting it is a write, which a full disk refuses.
    if (database.pragma('auto_vacuum', { simple: true }) === 0) {
      database.pragma('auto_vacuum = INCREMENTAL');
    }
    database.pragma('journal_mode = WAL');
    // In WAL a commit survives the process; a power cut may take the last, never the file.
    database.pragma('synchronous = NORMAL');
    database.pragma('journal_size_limit = 67108864');
  }
  database.defaultSafeIntegers(exact);
  database.function('may_hold', { deterministic: true }, (signature, words) =>
    mayHold(signature as Uint8Array, probesIn(words as string)) ? 1 : 0,
  );
  database.aggregate<Uint8Array[]>('sum_of_sketches', {
    start: () => [],
    step: (sketches, bytes) => void sketches.push(bytes),
    result: (sketches) => Buffer.concat(sketches),
  });
  return database;
}

export const queryWith = (database: Database.Database): Kysely<Tables> =>
  new Kysely<Tables>({
    dialect: new SqliteDialect({ database: withPreparedStatements(database) }),
  });

let lastText = '';
let lastProbes: WordProbe[] = [];

/** The same words are looked for in thousands of rows. */
function probesIn(text: string): WordProbe[] {
  if (text !== lastText) {
    lastProbes = JSON.parse(text);
    lastText = text;
  }
  return lastProbes;
}
