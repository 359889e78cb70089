import { createLogger } from '../../telemetry.ts';
import { aRecord } from '../contract/record.fixture.ts';
import { openSqliteStore } from './sqlite.ts';

/** Books without end and tells its parent of each batch that was acknowledged. */
const path = process.argv[2] as string;
const store = await openSqliteStore({ path, logger: createLogger('loop', 'silent') });
for (;;) {
  const records = Array.from({ length: 10 }, () => aRecord({ key_id: 'loop' }));
  await store.requestLogs.book(records);
  process.send?.(records.map((record) => record.id));
}
