import type Database from 'better-sqlite3';

/** What befell events and nobody has been told of yet: how many of what, since when (epoch ms). */
export type Toll<Name extends string> = { since: number } & Record<Name, number>;

/** Dropped for want of room: records that lost their bodies, and records that were lost whole. */
export type FullToll = Toll<'bodies' | 'records'>;
/** Put aside, not to be delivered. */
export type ParkedToll = Toll<'events'>;

/**
 * A toll is kept beside the events, in the same transactions: whoever is told of it after a crash
 * is told the whole of it.
 */
export function createToll<Name extends string>(
  database: Database.Database,
  table: string,
  names: readonly Name[],
) {
  const each = (write: (name: Name) => string, between = ', ') => names.map(write).join(between);
  database.exec(`CREATE TABLE IF NOT EXISTS ${table} (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    since INTEGER NOT NULL,
    ${each((name) => `${name} INTEGER NOT NULL`)}
  )`);
  const select = database.prepare<[], Toll<Name>>(`SELECT since, ${each(String)} FROM ${table}`);
  const add = database.prepare<[Toll<Name>]>(
    `INSERT INTO ${table} VALUES (1, @since, ${each((name) => `@${name}`)}) ON CONFLICT DO UPDATE
       SET ${each((name) => `${name} = ${name} + excluded.${name}`)}`,
  );
  const subtract = database.prepare<[Toll<Name>]>(
    `UPDATE ${table} SET since = @since, ${each((name) => `${name} = ${name} - @${name}`)}`,
  );
  const clear = database.prepare(
    `DELETE FROM ${table} WHERE ${each((name) => `${name} <= 0`, ' AND ')}`,
  );
  let current = select.get() ?? null;
  let changed = false;

  return {
    get current() {
      return current;
    },
    add(amounts: Record<Name, number>) {
      if (names.every((name) => amounts[name] === 0)) return;
      add.run({ ...amounts, since: Date.now() });
      changed = true;
    },
    /** Takes off what people have been told of. */
    pay(told: Toll<Name>) {
      subtract.run({ ...told, since: Date.now() });
      clear.run();
      changed = true;
    },
    /** To be called when the transaction is over, whichever way. */
    read() {
      if (!changed) return;
      current = select.get() ?? null;
      changed = false;
    },
  };
}
