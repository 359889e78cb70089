import type { Kysely, RawBuilder } from 'kysely';
import type { EpochMs } from '../../units.ts';
import type { WordProbe } from '../search/signature.ts';
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
  /** The type and key of a `seq`. */
  seqKey: string;
  /** Ends a table whose rows lie in the order of their key, where that must be said. */
  clustered: string;
  /** How `request_logs` are laid out. */
  logs: {
    /** What stands behind the table's columns. */
    clause: string;
    /** What else there must be, as statements. */
    setUp: string[];
    /** Makes a place for records of these times; called before the transaction that books them. */
    makeRoom(db: Kysely<Tables>, times: EpochMs[]): Promise<void>;
    /**
     * Deletes a part of them all of whose calls have a lower `seq`, where they are laid out in
     * parts and there is one; tells what went with it.
     */
    dropBefore(
      db: Kysely<Tables>,
      seq: number,
    ): Promise<{ rows: number; bytes: number } | undefined>;
  };
  /** What the database takes on disk, in bytes, as a query whose one row has them as `bytes`. */
  size: RawBuilder<{ bytes: number }>;
  /** Whether the column `signature` may hold all these words; true or 1 if so. */
  mayHold(words: WordProbe[]): RawBuilder<unknown>;
  /** Bytes behind bytes, as SQL. */
  joined(one: string, other: string): string;
  /** The bytes of sketches added up, as an aggregate; see `sketch.ts`. */
  sumOfSketches: string;
  /** Rows of whole numbers to select from, whose columns these are. */
  numbers(columns: Record<string, number[]>): RawBuilder<unknown>;
  prepareInsert<Row extends object>(insert: Insert<Row>): InsertRows<Row>;
  /** Keeps a second starter waiting until this transaction ends. */
  lockMigrations(db: Kysely<Tables>): Promise<void>;
  /** Keeps everybody from booking until this transaction ends; all that was booked is seen. */
  lockBooking(db: Kysely<Tables>): Promise<void>;
}
