import { createJoining } from '../sql/maintenance/join-blocks.ts';
import { openDatabase, sqliteDialect } from './database.ts';

/** Joins blocks without a rest and tells its parent of each step. */
const db = openDatabase(process.argv[2] as string, { readonly: false });
const joining = createJoining(db, sqliteDialect, () => 0);
for (let more = true; more; process.send?.('step')) more = (await joining.step()).more;
process.disconnect();
