import type { Cache } from '../../_shared/store/cache.ts';
import type { Backend } from './backend.ts';

/** Its name in the store's cache, where other things may be kept as well. */
const namespace = 'responses';

/** LiteLLM's `local`: in the store, so that a restart forgets nothing. */
export function createStoreBackend(cache: Cache): Backend {
  return {
    async get(key) {
      const entry = await cache.get(namespace, key);
      return entry && Buffer.from(entry.value, 'base64');
    },
    put: (key, value, ttlMs) =>
      cache.put(namespace, key, {
        value: value.toString('base64'),
        expires_at: Math.ceil(Date.now() + ttlMs),
      }),
    remove: (keys) => cache.remove(namespace, keys),
    async flush() {
      await cache.flush(namespace);
    },
    async ping() {
      await cache.get(namespace, 'ping');
    },
    // The store is its opener's to close.
    close: async () => {},
  };
}
