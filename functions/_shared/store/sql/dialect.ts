import type { Kysely } from 'kysely';
import type { EpochMs } from '../../units.ts';
import type { Insert, InsertRows } from './statements.ts';
import type { RequestLogsTable, Tables } from './tables.ts';

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
  /** How `request_logs` are laid out. */
  logs: {
    key: string;
    /** What stands behind the table's columns. */
    clause: string;
    /** What else there must be, as statements. */
    setUp: string[];
    /** Makes a place for records of these times; called before the transaction that books them. */
    makeRoom(db: Kysely<Tables>, times: EpochMs[]): Promise<void>;
  };
  prepareInsert<Row extends object>(insert: Insert<Row>): InsertRows<Row>;
  /**
   * An insert of those logs whose `id` and `source` were never inserted before. Answers with their
   * `id` and `source`.
   */
  prepareInsertOnce(insert: Insert<RequestLogsTable>): InsertRows<RequestLogsTable>;
  /** Keeps a second starter waiting until this transaction ends. */
  lockMigrations(db: Kysely<Tables>): Promise<void>;
  /** Whether this process may delete what is past its time until this transaction ends. */
  takePruning(db: Kysely<Tables>): Promise<boolean>;
}
