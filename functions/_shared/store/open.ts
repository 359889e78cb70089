import type { Logger } from '../telemetry.ts';
import type { Maintenance } from './maintenance.ts';
import type { Store } from './store.ts';

/**
 * The store that `url` names: `file:<path>`, `http(s)://<proxy>` or `postgres://…`. Only the
 * driver that is needed is loaded.
 */
export async function openStore({
  url,
  bearer,
  logger,
  maintenance,
}: {
  url: string;
  /** Opens the proxy's internal door; of no use to a database. */
  bearer: string;
  logger: Logger;
  /** For the process that is to keep the store within bounds; a database only. */
  maintenance?: Maintenance;
}): Promise<Store> {
  if (url.startsWith('file:')) {
    const { openSqliteStore } = await import('./sqlite/sqlite.ts');
    return openSqliteStore({ path: url.slice('file:'.length), logger, maintenance });
  }
  if (/^postgres(ql)?:/.test(url)) {
    const { openPostgresStore } = await import('./postgres/postgres.ts');
    return openPostgresStore({ url, logger, maintenance });
  }
  const { openRemoteStore } = await import('./remote/remote.ts');
  return openRemoteStore({ url, bearer });
}
