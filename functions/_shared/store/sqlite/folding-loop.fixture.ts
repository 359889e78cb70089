import { createRollups } from '../sql/rollups.ts';
import { openDatabase, sqliteDialect } from './database.ts';

/** Folds a few rows at a time without a rest and tells its parent of each step. */
const db = openDatabase(process.argv[2] as string, { readonly: false });
const rollups = createRollups(sqliteDialect);
for (let folded = 1; folded > 0; process.send?.('step')) {
  folded = await db
    .transaction()
    .execute((transaction) => rollups.foldIn(transaction, { limit: 5 }));
}
process.disconnect();
