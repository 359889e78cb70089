import { GatewayError } from '../../errors.ts';
import type { Logger } from '../../telemetry.ts';
import { createRoundReporter, type Maintenance } from '../maintenance.ts';
import { accessOf, type Invoke, storeFrom } from '../methods.ts';
import type { Store } from '../store.ts';
import { startThread, type Thread } from './thread.ts';

/** A reader costs some 16 MB; one that nobody needs is let go after this. */
const readerIdleMs = 60_000;

/**
 * The store in a SQLite file. One thread writes, another reads, so that no query of any kind
 * holds up the event loop, nor a long look at the logs the booking of new ones.
 */
export async function openSqliteStore({
  path,
  logger,
  maintenance,
}: {
  path: string;
  logger: Logger;
  maintenance?: Maintenance | undefined;
}): Promise<Store> {
  // better-sqlite3 needs Node-API 10; on an older Node it ends the process without a word.
  if (Number(process.versions.napi) < 10) {
    throw new GatewayError(
      'internal',
      `SQLite needs Node.js 22.14 or newer; this is ${process.version}. Start with npm, which brings it.`,
    );
  }
  const writer = startThread(
    { path, readonly: false, maintenance: maintenance && withoutMetrics(maintenance) },
    logger,
    maintenance && createRoundReporter(logger, maintenance.metrics),
  );
  await writer.ready;

  let reader: Thread | null = null;
  let idleTimer: NodeJS.Timeout | undefined;

  function letGoLater() {
    clearTimeout(idleTimer);
    idleTimer = setTimeout(() => {
      if (reader && reader.waiting > 0) return letGoLater();
      const idle = reader;
      reader = null;
      void idle?.close();
    }, readerIdleMs).unref();
  }

  const invoke: Invoke = (name, args) => {
    if (accessOf(name) !== 'read' || name === 'ping') return writer.invoke(name, args);
    reader ??= startThread({ path, readonly: true }, logger);
    letGoLater();
    const current = reader;
    return current.invoke(name, args).catch((error) => {
      // A reader that died is not asked again.
      if (error instanceof GatewayError && error.code === 'unavailable' && current.waiting === 0) {
        if (reader === current) reader = null;
      }
      throw error;
    });
  };

  return storeFrom(invoke, async () => {
    clearTimeout(idleTimer);
    await reader?.close();
    await writer.close();
  });
}

/** What can cross to a thread. */
const withoutMetrics = ({ metrics, ...bounds }: Maintenance) => bounds;
