import type { CacheRules } from '../../_shared/config/cache.ts';
import type { Store } from '../../_shared/store/store.ts';
import type { Logger, Registry } from '../../_shared/telemetry.ts';
import type { Backend } from './backend.ts';
import { createResponseCache, type ResponseCache } from './response-cache.ts';
import { createStoreBackend } from './store-backend.ts';

const diskBytes = 1024 ** 3;

export interface OpenCacheParts {
  store: Store;
  logger: Logger;
  metrics: Registry;
}

/** The cache that the config asks for. Only the client that is needed is loaded. */
export async function openResponseCache(
  rules: CacheRules,
  { store, logger, metrics }: OpenCacheParts,
): Promise<ResponseCache> {
  const backend = await openBackend(rules, store, logger);
  return createResponseCache({ rules, backend, logger, metrics });
}

async function openBackend({ place }: CacheRules, store: Store, logger: Logger): Promise<Backend> {
  if (place.type === 'redis') {
    const { openRedisBackend } = await import('./redis-backend.ts');
    // The guard tells of failures that matter; the client tells of each try to connect.
    return openRedisBackend(place.redis, (err) => logger.debug({ err }, 'redis'));
  }
  if (place.type === 'disk') {
    const { openDiskBackend } = await import('./disk-backend.ts');
    return openDiskBackend(place.folder, diskBytes);
  }
  return createStoreBackend(store.cache);
}
