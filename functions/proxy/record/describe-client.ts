import type { IncomingMessage } from 'node:http';
import type { Asked } from '../api.ts';
import type { Call } from '../call.ts';

/** Who asked and from where, as far as the request itself tells: never to be trusted, only noted. */
export function describeClient(call: Pick<Call, 'request' | 'clientAddress' | 'asked'>) {
  const { request, clientAddress, asked } = call;
  const { headers } = request;
  const forwarded = headers['x-forwarded-for']?.toString().split(',')[0]?.trim();
  return {
    end_user: asked?.user ?? '',
    tags: tagsOf(request, asked),
    client_ip: (forwarded || addressOf(clientAddress ?? '')).slice(0, 64) || null,
    user_agent: headers['user-agent']?.slice(0, 512) ?? null,
  };
}

/** A socket that listens to both kinds of address calls an IPv4 one `::ffff:127.0.0.1`. */
const addressOf = (remote: string) => remote.replace(/^::ffff:(?=\d+\.)/i, '');

/** LiteLLM's three places for tags: the body, its metadata and a header. */
export function tagsOf({ headers }: IncomingMessage, asked: Asked | null): string[] {
  const fromMetadata = asked?.metadata?.tags;
  const fromHeader = headers['x-litellm-tags'];
  const given: unknown[] = [
    ...(asked?.tags ?? []),
    ...(Array.isArray(fromMetadata) ? fromMetadata : []),
    ...(typeof fromHeader === 'string' ? fromHeader.split(',') : []),
  ];
  const tags = given
    .filter((tag) => typeof tag === 'string')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '' && tag.length <= 256);
  return [...new Set(tags)].slice(0, 64);
}
