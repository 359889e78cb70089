import { createClient, RESP_TYPES } from '@redis/client';
import type { RedisPlace } from '../../_shared/config/cache.ts';
import type { Backend } from './backend.ts';

/** Before every key: a Redis is seldom one's own, and a flush must not empty what is others'. */
const prefix = 'tallygate:responses:';
const scanSize = 500;

/**
 * Redis or Valkey. The connection is made in the background and made anew when it is lost; until
 * then each call is refused at once and none waits in a queue.
 */
export function createRedisBackend(place: RedisPlace, onError: (error: Error) => void): Backend {
  const { url, host, port, username, password, database, tls } = place;
  const address = url === null ? {} : { url };
  const socket = url === null ? { host, port, ...(tls ? { tls: true as const } : {}) } : {};
  const client = createClient({
    ...address,
    socket: { ...socket, connectTimeout: 2000 },
    ...(username !== null && { username }),
    ...(password !== null && { password }),
    ...(url === null && { database }),
    disableOfflineQueue: true,
  });
  client.on('error', onError);
  void client.connect().catch(onError);
  const bytes = client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
  const named = (key: string) => prefix + key;

  return {
    get: (key) => bytes.get(named(key)),
    async put(key, value, ttlMs) {
      const expiration = { type: 'PX' as const, value: Math.ceil(ttlMs) };
      await client.set(named(key), value, { expiration });
    },
    remove: (keys) => (keys.length === 0 ? Promise.resolve(0) : client.unlink(keys.map(named))),
    async flush() {
      for await (const keys of client.scanIterator({ MATCH: `${prefix}*`, COUNT: scanSize })) {
        if (keys.length > 0) await client.unlink(keys);
      }
    },
    async ping() {
      await client.ping();
    },
    async close() {
      client.destroy();
    },
  };
}
