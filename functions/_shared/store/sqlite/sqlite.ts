import { GatewayError } from '../../errors.ts';
import type { Logger } from '../../telemetry.ts';
import { createRoundReporter, type Maintenance } from '../maintenance.ts';
import type { Invoke, InvokeJson, MethodName } from '../method.ts';
import { accessOf, noMethod, storeFrom } from '../methods.ts';
import type { Store } from '../store.ts';
import { createReaders } from './readers.ts';
import { startThread } from './thread.ts';

/**
 * The store in a SQLite file. One thread writes, others read, so that no query of any kind
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
}): Promise<Store & { invokeJson: InvokeJson }> {
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

  const readers = createReaders(path, logger);

  const isLook = (name: MethodName) => accessOf(name) === 'read' && name !== 'ping';
  const invoke: Invoke = (name, args) =>
    isLook(name) ? readers.run((reader) => reader.invoke(name, args)) : writer.invoke(name, args);
  const invokeJson: InvokeJson = async (name, args) => {
    // The threads have words of their own, such as `close`.
    if (accessOf(name) === undefined) throw noMethod(name);
    return isLook(name)
      ? readers.run((reader) => reader.invokeJson(name, args))
      : writer.invokeJson(name, args);
  };

  const store = storeFrom(invoke, async () => {
    await readers.close();
    await writer.close();
  });
  return { ...store, invokeJson };
}

/** What can cross to a thread. */
const withoutMetrics = ({ metrics, ...bounds }: Maintenance) => bounds;
