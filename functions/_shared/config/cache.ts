import { z } from 'zod';
import type { Milliseconds } from '../units.ts';

export interface RedisPlace {
  /** In place of all that follows, where it is set. */
  url: string | null;
  host: string;
  port: number;
  username: string | null;
  password: string | null;
  database: number;
  tls: boolean;
}

export type CachePlace =
  | { type: 'local' }
  | { type: 'redis'; redis: RedisPlace }
  | { type: 'disk'; folder: string };

/** Who is given an answer that another's call has paid for. */
export const sharings = ['everyone', 'team', 'key'] as const;
export type Sharing = (typeof sharings)[number];

/** What is kept of answers, where, and for whom. */
export interface CacheRules {
  place: CachePlace;
  /** How long an answer holds, where its call says nothing else. */
  ttlMs: Milliseconds;
  /** How long the copy in memory holds that spares a look at the place. */
  memoryTtlMs: Milliseconds;
  namespace: string;
  /** Only calls that say `use-cache` take part. */
  isAskedFor: boolean;
  /** LiteLLM's names of the calls whose answers are kept. */
  callTypes: readonly string[];
  sharing: Sharing;
}

const seconds = z.coerce
  .number()
  .positive()
  .max(366 * 86_400);
const text = z.string().min(1).max(2048);

export const cacheNamespace = z
  .string()
  .regex(/^[\w.:-]{1,128}$/, 'must be at most 128 letters, digits and . _ - :');

const params = z.object({
  type: z
    .enum(['local', 'redis', 'disk'], {
      error: ({ input }) =>
        `must be local, redis or disk; ${String(input).slice(0, 64)} is not known`,
    })
    .optional(),
  ttl: seconds.optional(),
  default_in_memory_ttl: seconds.default(60),
  default_in_redis_ttl: seconds.optional(),
  namespace: cacheNamespace.optional(),
  mode: z.enum(['default_on', 'default_off']).default('default_on'),
  supported_call_types: z
    .array(z.string().max(64))
    .max(64)
    .default(['acompletion', 'atext_completion', 'aembedding']),
  host: text.optional(),
  port: z.coerce.number().int().min(1).max(65_535).optional(),
  username: text.optional(),
  password: text.optional(),
  db: z.coerce.number().int().min(0).max(1_000_000).optional(),
  ssl: z.boolean().optional(),
  url: text.optional(),
  disk_cache_dir: text.default('.litellm_cache'),
  shared_by: z.enum(sharings).default('everyone'),
});

/** What of `litellm_settings` is about the cache. */
export const cacheSettings = {
  cache: z.boolean().default(false),
  cache_params: params.prefault({}),
};

const settings = z.object(cacheSettings);

/** Null where the cache is off. LiteLLM's variables for Redis stand in for what the file leaves out. */
export function toCacheRules(
  { cache, cache_params: given }: z.infer<typeof settings>,
  environment: NodeJS.ProcessEnv,
): CacheRules | null {
  if (!cache) return null;
  const place = toPlace(given, environment);
  const placeTtl = place.type === 'redis' ? given.default_in_redis_ttl : undefined;
  return {
    place,
    ttlMs: (given.ttl ?? placeTtl ?? 600) * 1000,
    memoryTtlMs: given.default_in_memory_ttl * 1000,
    namespace: given.namespace ?? '',
    isAskedFor: given.mode === 'default_off',
    callTypes: given.supported_call_types,
    sharing: given.shared_by,
  };
}

function toPlace(given: z.infer<typeof params>, environment: NodeJS.ProcessEnv): CachePlace {
  const url = given.url ?? environment.REDIS_URL ?? null;
  const host = given.host ?? environment.REDIS_HOST;
  const type = given.type ?? (url || host ? 'redis' : 'local');
  if (type === 'disk') return { type, folder: given.disk_cache_dir };
  if (type === 'local') return { type };
  return {
    type,
    redis: {
      url: url || null,
      host: host || '127.0.0.1',
      port: given.port ?? portIn(environment.REDIS_PORT),
      username: given.username ?? (environment.REDIS_USERNAME || null),
      password: given.password ?? (environment.REDIS_PASSWORD || null),
      database: given.db ?? (Number(environment.REDIS_DB) || 0),
      tls: given.ssl ?? /^(1|true)$/i.test(environment.REDIS_SSL ?? ''),
    },
  };
}

/** In the pods of a Service named redis Kubernetes sets REDIS_PORT to `tcp://10.0.0.1:6379`. */
function portIn(given: string | undefined): number {
  return Number(/(?:^|:)(\d{1,5})$/.exec(given ?? '')?.[1] ?? 6379);
}
