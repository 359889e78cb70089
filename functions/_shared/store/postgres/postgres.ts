import { Kysely, PostgresDialect, sql } from 'kysely';
import { asGatewayError, GatewayError } from '../../errors.ts';
import type { Logger } from '../../telemetry.ts';
import { createRoundReporter, type Maintenance } from '../maintenance.ts';
import type { Invoke } from '../method.ts';
import { invokeOn, storeFrom } from '../methods.ts';
import type { SqlDialect } from '../sql/dialect.ts';
import { scheduleFolding } from '../sql/maintenance/folding.ts';
import { createJobs, maintainOnce } from '../sql/maintenance/maintenance.ts';
import { schedule } from '../sql/maintenance/schedule.ts';
import { migrate } from '../sql/migrations.ts';
import { createSqlStore } from '../sql/sql-store.ts';
import type { Tables } from '../sql/tables.ts';
import type { Store } from '../store.ts';
import { alone } from './alone.ts';
import { createPostgresDialect } from './dialect.ts';
import { openPool, type PoolOptions } from './pool.ts';

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
  maintenance,
}: {
  url: string;
  logger: Logger;
  maintenance?: Maintenance | undefined;
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

  function maintain({ retention, metrics, everyMs }: Maintenance) {
    const jobs = createJobs(db, dialect, retention);
    const report = createRoundReporter(logger, metrics);
    const round = async (signal: AbortSignal) => {
      const soon = Date.now() + roomAheadMs;
      await dialect.logs.makeRoom(db, [Date.now(), soon]);
      const done = await maintainOnce({ db, dialect, jobs }, signal);
      report(done);
      return done;
    };
    const rounds = schedule(async (signal) => {
      try {
        return (await attempt(() => alone(db, () => round(signal)))) ?? { more: false };
      } catch (error) {
        logger.warn({ detail: (error as Error).message }, 'the store cannot be maintained now');
        return { more: false };
      }
    }, everyMs);
    const folding = scheduleFolding(db, dialect);
    return { stop: () => Promise.all([rounds.stop(), folding.stop()]) };
  }
  const rounds = maintenance && maintain(maintenance);

  const close = async () => {
    closed = true;
    await rounds?.stop();
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
