import { afterAll, beforeAll, describe } from 'vitest';
import { describeAlerts } from './contract/alerts.fixture.ts';
import { describeAuditLog } from './contract/audit-log.fixture.ts';
import { describeBounds } from './contract/bounds.fixture.ts';
import { describeCache } from './contract/cache.fixture.ts';
import { describeChanges } from './contract/changes.fixture.ts';
import { describeEntities } from './contract/entities.fixture.ts';
import { describeKeys } from './contract/keys.fixture.ts';
import { describeLogList } from './contract/log-list.fixture.ts';
import { describeModels } from './contract/models.fixture.ts';
import { describePayloads } from './contract/payloads.fixture.ts';
import { describeRequestLogs } from './contract/request-logs.fixture.ts';
import { describeSearch } from './contract/search.fixture.ts';
import { describeSpend } from './contract/spend.fixture.ts';
import { describeUsage } from './contract/usage.fixture.ts';
import type { Store } from './store.ts';

/** What every driver of the store must do. Each driver's test calls this with its own opening. */
export function describeStore(driver: string, open: () => Promise<Store>): void {
  describe(`the store's contract on ${driver}`, () => {
    let store: Store;
    beforeAll(async () => {
      store = await open();
    });
    afterAll(() => store.close());
    const opened = () => store;

    describeRequestLogs(opened);
    describeLogList(opened);
    describeSearch(opened);
    describePayloads(opened);
    describeUsage(opened);
    describeSpend(opened);
    describeAlerts(opened);
    describeEntities(opened);
    describeKeys(opened);
    describeModels(opened);
    describeChanges(opened);
    describeAuditLog(opened);
    describeCache(opened);
    describeBounds(opened);
  });
}
