import type { PostgresPool, PostgresPoolClient } from 'kysely';
import pg from 'pg';
import { GatewayError } from '../../errors.ts';
import type { Logger } from '../../telemetry.ts';
import { asStoreError } from './errors.ts';

/** Processes share the server's connections, of which there are 100 unless told otherwise. */
const connectionLimit = 8;
/** Calls that may wait for a connection. Beyond it the caller had better come again. */
const queueLimit = 2000;
const connectionPatienceMs = 10_000;
const statementPatienceMs = 30_000;
/** Of a server that does not even say that it timed out. */
const answerPatienceMs = statementPatienceMs + 5000;

export interface PoolOptions {
  url: string;
  logger: Logger;
  /** One connection whose statements take as long as they take. */
  patient?: boolean;
  /** Whole numbers come as BigInt, all 64 bits of them. */
  exact?: boolean;
}

/**
 * Connections to PostgreSQL, as Kysely takes them. Rejects with the contract's errors, and gives up
 * a connection that is of no more use.
 */
export function openPool({
  url,
  logger,
  patient = false,
  exact = false,
}: PoolOptions): PostgresPool {
  const pool = new pg.Pool({
    connectionString: url,
    fallback_application_name: 'tallygate',
    max: patient ? 1 : connectionLimit,
    connectionTimeoutMillis: connectionPatienceMs,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    // A process that is frozen within a transaction would hold up all others.
    idle_in_transaction_session_timeout: statementPatienceMs,
    ...(patient ? {} : { statement_timeout: statementPatienceMs, query_timeout: answerPatienceMs }),
    types: { getTypeParser: parsersOf(exact ? BigInt : Number) },
  });
  // An error that nobody listens for ends the process, and one can come at any time: with the word
  // that the connection is ready, between two statements, after the last.
  pool.on('connect', (client) => client.on('error', () => {}));
  pool.on('error', (error) => {
    if (!pool.ending) {
      logger.warn({ detail: error.message }, 'the store dropped an idle connection');
    }
  });
  return {
    options: {},
    async connect() {
      if (pool.waitingCount >= queueLimit) {
        throw new GatewayError('unavailable', 'The store has too much to do.', { retryAfter: 1 });
      }
      try {
        return guard(await pool.connect());
      } catch (thrown) {
        throw asStoreError(thrown);
      }
    },
    end: () => pool.end(),
  };
}

/** A connection until it is given back. Once it is lost, no statement waits for it. */
function guard(client: pg.PoolClient): PostgresPoolClient {
  let lost: GatewayError | undefined;
  const lose = (error: Error) => {
    lost ??= asStoreError(error);
  };
  client.on('error', lose);
  const query = async (text: string, parameters: unknown[]) => {
    if (lost) throw lost;
    try {
      return await client.query(text, parameters);
    } catch (thrown) {
      const error = asStoreError(thrown);
      if (!(thrown instanceof pg.DatabaseError)) lost = error;
      throw error;
    }
  };
  return {
    query: query as unknown as PostgresPoolClient['query'],
    release(destroy) {
      client.off('error', lose);
      client.release(destroy || lost !== undefined);
    },
  };
}

/** Whole numbers, and the sums of them that are `numeric`, come as text unless told otherwise. */
const numbers = new Set<number>([pg.types.builtins.INT8, pg.types.builtins.NUMERIC]);

const parsersOf = (parse: (text: string) => number | bigint) =>
  ((oid: number, format?: 'text') =>
    numbers.has(oid)
      ? parse
      : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser;
