import { parentPort, workerData } from 'node:worker_threads';
import { asGatewayError } from '../../errors.ts';
import { carryError, invokeOn } from '../methods.ts';
import { migrate } from '../sql/migrations.ts';
import { createSqlStore } from '../sql/sql-store.ts';
import { openDatabase, sqliteDialect } from './database.ts';
import type { Reply, Request, WorkerOptions } from './thread.ts';

const pruneEveryMs = 10 * 60_000;

const reply = (given: Reply) => parentPort?.postMessage(given);
const { path, readonly } = workerData as WorkerOptions;

async function open() {
  const db = openDatabase(path, { readonly });
  if (!readonly) await migrate(db, sqliteDialect);
  return createSqlStore(db, sqliteDialect);
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
  const store = await open();
  const pruning = readonly
    ? undefined
    : setInterval(() => void store.prune().catch(() => {}), pruneEveryMs);
  parentPort?.on('message', async ({ id, name, args }: Request) => {
    if (name === 'close') {
      clearInterval(pruning);
      await store.close();
      reply({ id, result: undefined });
      parentPort?.close();
      return;
    }
    try {
      reply({ id, result: await invokeOn(store, name, args) });
    } catch (error) {
      fail(id, error);
    }
  });
  reply({ id: 0, result: 'ready' });
} catch (error) {
  fail(0, error);
  parentPort?.close();
}
