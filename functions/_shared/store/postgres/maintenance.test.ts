import { Kysely, PostgresDialect } from 'kysely';
import { afterAll } from 'vitest';
import { createLogger } from '../../telemetry.ts';
import { describeJoining } from '../sql/maintenance/joining.fixture.ts';
import type { OpenedStore } from '../sql/maintenance/opened.fixture.ts';
import { describeRetention } from '../sql/maintenance/retention.fixture.ts';
import { migrate } from '../sql/migrations.ts';
import { createSqlStore } from '../sql/sql-store.ts';
import type { Tables } from '../sql/tables.ts';
import { createPostgresDialect } from './dialect.ts';
import { openPool } from './pool.ts';
import { startPostgres } from './server.fixture.ts';

const logger = createLogger('test', 'silent');
const server = await startPostgres();
afterAll(() => server.stop(), 60_000);

async function open(url?: string): Promise<OpenedStore> {
  const pool = openPool({ url: url ?? (await server.createDatabase()), logger });
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  const dialect = createPostgresDialect();
  await migrate(db, dialect);
  return { store: createSqlStore(db, dialect), db, dialect };
}

describeRetention('PostgreSQL', () => open());
describeJoining('PostgreSQL', () => open());
