import { Kysely, PostgresDialect } from 'kysely';
import { afterAll } from 'vitest';
import { createLogger } from '../../telemetry.ts';
import { describeFolding } from '../sql/folding.fixture.ts';
import { migrate } from '../sql/migrations.ts';
import { createSqlStore } from '../sql/sql-store.ts';
import type { Tables } from '../sql/tables.ts';
import { createPostgresDialect } from './dialect.ts';
import { openPool } from './pool.ts';
import { startPostgres } from './server.fixture.ts';

const logger = createLogger('test', 'silent');
const server = await startPostgres();
afterAll(() => server.stop(), 60_000);

describeFolding('PostgreSQL', async () => {
  const pool = openPool({ url: await server.createDatabase(), logger });
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  const dialect = createPostgresDialect();
  await migrate(db, dialect);
  return { store: createSqlStore(db, dialect), db, dialect };
});
