import type Database from 'better-sqlite3';

/** What was dropped for want of room and nobody has been told of yet. */
export interface Toll {
  /** When it began (epoch ms). */
  since: number;
  /** Records that lost their bodies. */
  bodies: number;
  /** Records that were lost whole. */
  records: number;
}

/**
 * The toll is kept beside the events, in the same transactions: whoever is told of it after a
 * crash is told the whole of it.
 */
export function createToll(database: Database.Database) {
  database.exec(`CREATE TABLE IF NOT EXISTS toll (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    since INTEGER NOT NULL,
    bodies INTEGER NOT NULL,
    records INTEGER NOT NULL
  )`);
  const select = database.prepare<[], Toll>('SELECT since, bodies, records FROM toll');
  const add = database.prepare<[number, number, number]>(
    `INSERT INTO toll VALUES (1, ?, ?, ?) ON CONFLICT DO UPDATE
       SET bodies = bodies + excluded.bodies, records = records + excluded.records`,
  );
  const subtract = database.prepare<[Toll]>(
    `UPDATE toll SET since = @since, bodies = bodies - @bodies, records = records - @records`,
  );
  const clear = database.prepare('DELETE FROM toll WHERE bodies <= 0 AND records <= 0');
  let current = select.get() ?? null;
  let changed = false;

  return {
    get current() {
      return current;
    },
    add(bodies: number, records: number) {
      if (bodies + records === 0) return;
      add.run(Date.now(), bodies, records);
      changed = true;
    },
    /** Takes off what people have been told of. */
    pay(told: Toll) {
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
