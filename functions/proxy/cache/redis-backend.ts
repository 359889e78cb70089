import { createClient, RESP_TYPES } from '@redis/client';
import type { RedisPlace } from '../../_shared/config/cache.ts';
import type { Backend } from './backend.ts';
import { within } from './within.ts';

/** Before every key: a Redis is seldom one's own, and a flush must not empty what is others'. */
const prefix = 'tallygate:responses:';
const scanSize = 500;

/** How long a start waits for the first connection; what is not there then comes later. */
const patienceMs = 1000;

/**
 * Redis or Valkey. A connection that is lost is made anew in the background; until then each call
 * is refused at once and none waits in a queue.
 */
export async function openRedisBackend(
  place: RedisPlace,
  onError: (error: Error) => void,
): Promise<Backend> {
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
  await within(client.connect(), patienceMs).catch(onError);
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
