import { parentPort, workerData } from 'node:worker_threads';
import type Database from 'better-sqlite3';
import type { Kysely } from 'kysely';
import { asGatewayError } from '../../errors.ts';
import type { Invoke } from '../method.ts';
import { carryError, invokeJsonOn, invokeOn } from '../methods.ts';
import { scheduleFolding } from '../sql/maintenance/folding.ts';
import { createJobs, maintainOnce } from '../sql/maintenance/maintenance.ts';
import { schedule } from '../sql/maintenance/schedule.ts';
import { migrate } from '../sql/migrations.ts';
import { createSqlStore } from '../sql/sql-store.ts';
import type { Tables } from '../sql/tables.ts';
import { openFile, queryWith, sqliteDialect } from './database.ts';
import type { Reply, Request, WorkerOptions } from './thread.ts';
import { createUpkeep, makeShrinkable } from './upkeep.ts';

const reply = (given: Reply) => parentPort?.postMessage(given);
const { path, readonly, maintenance } = workerData as WorkerOptions;

async function open() {
  const database = openFile(path, { readonly });
  const db = queryWith(database);
  if (!readonly) await migrate(db, sqliteDialect);
  return { store: createSqlStore(db, sqliteDialect), rounds: maintain(database, db) };
}

function maintain(database: Database.Database, db: Kysely<Tables>) {
  if (!maintenance) return;
  makeShrinkable(database);
  const jobs = [
    ...createJobs(db, sqliteDialect, maintenance.retention),
    ...createUpkeep(database, db),
  ];
  const rounds = schedule(async (signal) => {
    const round = await maintainOnce({ db, dialect: sqliteDialect, jobs }, signal);
    reply({ round });
    return round;
  }, maintenance.everyMs);
  const folding = scheduleFolding(db, sqliteDialect);
  return { stop: () => Promise.all([rounds.stop(), folding.stop()]) };
}

function fail(id: number, thrown: unknown) {
  const error = asGatewayError(thrown);
  const { cause } = error;
  const detail = cause instanceof Error ? cause.message : undefined;
  // A disk that is full or a file that is locked is worth another try; a wrong statement is not.
  const { code } = (cause ?? {}) as { code?: string };
  const again = /^SQLITE_(BUSY|FULL|IOERR|LOCKED)/.test(code ?? '');
  const carried = again
    ? { code: 'unavailable', message: `The store cannot write now (${code}).` }
    : carryError(error);
  reply({ id, error: carried, detail });
}

try {
  const { store, rounds } = await open();
  parentPort?.on('message', async ({ id, name, args }: Request) => {
    if (name === 'close') {
      await rounds?.stop();
      await store.close();
      reply({ id, result: undefined });
      parentPort?.close();
      return;
    }
    try {
      const invoke: Invoke = (method, given) => invokeOn(store, method, given);
      const result = await (Array.isArray(args)
        ? invoke(name, args)
        : invokeJsonOn(invoke, name, args));
      reply({ id, result });
    } catch (error) {
      fail(id, error);
    }
  });
  reply({ id: 0, result: 'ready' });
} catch (error) {
  fail(0, error);
  parentPort?.close();
}
