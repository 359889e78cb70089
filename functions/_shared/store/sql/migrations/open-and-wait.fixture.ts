import { createLogger } from '../../../telemetry.ts';
import { openSqliteStore } from '../../sqlite/sqlite.ts';

/** Brings a file up to this program, and stays. */
await openSqliteStore({ path: process.argv[2] as string, logger: createLogger('up', 'silent') });
process.send?.('up');
