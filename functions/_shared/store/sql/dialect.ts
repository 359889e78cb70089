import type { Kysely } from 'kysely';
import type { Insert, InsertRows } from './statements.ts';
import type { Tables } from './tables.ts';

/** Where two databases differ, as abilities; a driver says what its database calls them. */
export interface SqlDialect {
  /** The type of text that is ordered by its bytes: any other order differs between databases. */
  text: string;
  /** The type of bytes. */
  bytes: 'blob' | 'bytea';
  /** The type of a number that the database counts up by itself. */
  serial: string;
  /** Ends a SELECT of rows to delete, so that it waits for none that another transaction holds. */
  passOverHeld: string;
  prepareInsert<Row extends object>(insert: Insert<Row>): InsertRows<Row>;
  /** Keeps a second starter waiting until this transaction ends. */
  lockMigrations(db: Kysely<Tables>): Promise<void>;
  /** Whether this process may delete what is past its time until this transaction ends. */
  takePruning(db: Kysely<Tables>): Promise<boolean>;
}
