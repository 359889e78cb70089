import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import { type CacheRules, cacheNamespace } from '../../_shared/config/cache.ts';
import { GatewayError } from '../../_shared/errors.ts';
import type { Milliseconds } from '../../_shared/units.ts';

/** What a call asks of the cache. */
export interface CacheControls {
  /** It may be given an answer that is kept. */
  mayRead: boolean;
  /** Its answer may be kept. */
  mayKeep: boolean;
  ttlMs: Milliseconds;
  /** How old an answer may be; null for any. */
  maxAgeMs: Milliseconds | null;
  namespace: string;
}

const mostSeconds = 366 * 86_400;
const flag = z.boolean().nullish();

/** LiteLLM's `cache` in a request's body. */
const control = z.looseObject({
  ttl: z.number().positive().max(mostSeconds).nullish(),
  's-maxage': z.number().min(0).max(mostSeconds).nullish(),
  'no-cache': flag,
  'no-store': flag,
  'use-cache': flag,
  namespace: cacheNamespace.nullish(),
});

/**
 * What the body's `cache` and the header `cache-control` ask for together; null for a call that
 * the cache has nothing to do with. Throws `invalid_request` that names the member at fault.
 */
export function readControls(
  given: unknown,
  headers: IncomingHttpHeaders,
  rules: CacheRules,
): CacheControls | null {
  const asked = given == null ? {} : check(given);
  if (asked['use-cache'] === false) return null;
  if (rules.isAskedFor && asked['use-cache'] !== true) return null;
  const header = readHeader(headers['cache-control']);
  const mayRead = !(asked['no-cache'] || header.noCache);
  const mayKeep = !(asked['no-store'] || header.noStore);
  if (!mayRead && !mayKeep) return null;
  const maxAge = asked['s-maxage'] ?? header.maxAge;
  return {
    mayRead,
    mayKeep,
    ttlMs: asked.ttl == null ? rules.ttlMs : asked.ttl * 1000,
    maxAgeMs: maxAge === null ? null : maxAge * 1000,
    namespace: asked.namespace ?? rules.namespace,
  };
}

function check(given: unknown): z.infer<typeof control> {
  const parsed = control.safeParse(given);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const param = ['cache', ...(issue?.path ?? [])].join('.');
  throw new GatewayError(
    'invalid_request',
    `Invalid '${param}': ${issue?.message.replace(/^Invalid \w+: /, '')}.`,
    { param },
  );
}

interface HeaderControls {
  noCache: boolean;
  noStore: boolean;
  /** Seconds. */
  maxAge: number | null;
}

const nothing: HeaderControls = { noCache: false, noStore: false, maxAge: null };

/** RFC 9111, 5.2.1. What we know nothing of says nothing, as everywhere in HTTP. */
function readHeader(value: string | undefined): HeaderControls {
  if (value === undefined) return nothing;
  const directives = value
    .slice(0, 1024)
    .toLowerCase()
    .split(',')
    .map((each) => each.trim());
  const ages = directives.map((each) => /^(?:s-maxage|max-age)="?(\d{1,9})"?$/.exec(each)?.[1]);
  const age = ages.find((each) => each !== undefined);
  return {
    noCache: directives.includes('no-cache'),
    noStore: directives.includes('no-store'),
    maxAge: age === undefined ? null : Number(age),
  };
}
