import { Kysely, PostgresDialect, sql } from 'kysely';
import { asGatewayError, GatewayError } from '../../errors.ts';
import type { Logger } from '../../telemetry.ts';
import { type Invoke, invokeOn, storeFrom } from '../methods.ts';
import type { SqlDialect } from '../sql/dialect.ts';
import { migrate } from '../sql/migrations.ts';
import { createSqlStore } from '../sql/sql-store.ts';
import type { Tables } from '../sql/tables.ts';
import type { Store } from '../store.ts';
import { createPostgresDialect } from './dialect.ts';
import { openPool, type PoolOptions } from './pool.ts';

const maintainEveryMs = 10 * 60_000;
/** Deadlocks and transactions that cannot be put in a row: undone whole, and worth another try. */
const rolledBack = new Set(['40P01', '40001']);
const mostTries = 5;
/** Partitions for the days to come are there before their first record is. */
const roomAheadMs = 7 * 86_400_000;

/**
 * The store in PostgreSQL, or in what speaks its language. A server that cannot be reached now does
 * not keep a function from starting: its methods reject with `unavailable` until it is back.
 */
export async function openPostgresStore({
  url,
  logger,
}: {
  url: string;
  logger: Logger;
}): Promise<Store> {
  const db = connect({ url, logger });
  const dialect = createPostgresDialect();
  const store = createSqlStore(db, dialect);
  let schema: Promise<void> | undefined;
  let closed = false;

  /** Brings the schema up once, however many ask; what failed is tried again by the next. */
  function ready(): Promise<void> {
    schema ??= bringUp({ url, logger }, dialect).catch((error) => {
      schema = undefined;
      throw error;
    });
    return schema;
  }

  async function attempt<Result>(run: () => Promise<Result>): Promise<Result> {
    for (let tries = 1; ; tries++) {
      if (closed) throw new GatewayError('unavailable', 'The store is closed.');
      try {
        await ready();
        return await run();
      } catch (thrown) {
        const error = asGatewayError(thrown);
        const { message: detail, code } = (error.cause ?? {}) as {
          message?: string;
          code?: string;
        };
        if (rolledBack.has(code ?? '') && tries < mostTries) continue;
        if (error.code === 'internal') logger.error({ detail, code }, error.message);
        throw error;
      }
    }
  }

  async function maintain() {
    const soon = Date.now() + roomAheadMs;
    await dialect.logs.makeRoom(db, [Date.now(), soon]);
    await store.prune();
  }
  const maintenance = setInterval(() => {
    attempt(maintain).catch((error) => logger.warn({ detail: error.message }, 'cannot prune'));
  }, maintainEveryMs).unref();

  const close = async () => {
    closed = true;
    clearInterval(maintenance);
    await store.close();
  };
  try {
    await attempt(store.ping);
  } catch (error) {
    const { code, message } = error as GatewayError;
    if (code !== 'unavailable') {
      await close();
      throw error;
    }
    logger.warn({ detail: message }, 'starting without the store');
  }
  const invoke: Invoke = (name, args) => attempt(() => invokeOn(store, name, args));
  return storeFrom(invoke, close);
}

const connect = (options: PoolOptions) =>
  new Kysely<Tables>({ dialect: new PostgresDialect({ pool: openPool(options) }) });

/** A migration may take longer than any call may: it has a connection of its own. */
async function bringUp(options: PoolOptions, dialect: SqlDialect): Promise<void> {
  const db = connect({ ...options, patient: true });
  try {
    await refuseOtherEncodings(db);
    await migrate(db, dialect);
  } finally {
    await db.destroy();
  }
}

async function refuseOtherEncodings(db: Kysely<Tables>): Promise<void> {
  const { rows } = await sql<{ server_encoding: string }>`SHOW server_encoding`.execute(db);
  const encoding = rows[0]?.server_encoding;
  if (encoding === 'UTF8') return;
  throw new GatewayError(
    'internal',
    `The database keeps text as ${encoding}, which cannot hold what people write. Make one with CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0, and name it in DATABASE_URL.`,
  );
}
