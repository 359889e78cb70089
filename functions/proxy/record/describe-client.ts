import type { IncomingMessage } from 'node:http';
import type { ChatRequest } from '../chat-request.ts';

/** Who asked and from where, as far as the request itself tells: never to be trusted, only noted. */
export function describeClient(request: IncomingMessage, chat: ChatRequest | null) {
  const { headers, socket } = request;
  const forwarded = headers['x-forwarded-for']?.toString().split(',')[0]?.trim();
  return {
    end_user: chat?.user ?? '',
    tags: tagsOf(request, chat),
    client_ip: (forwarded || socket.remoteAddress || '').slice(0, 64) || null,
    user_agent: headers['user-agent']?.slice(0, 512) ?? null,
  };
}

/** LiteLLM's three places for tags: the body, its metadata and a header. */
function tagsOf({ headers }: IncomingMessage, chat: ChatRequest | null): string[] {
  const fromMetadata = chat?.metadata?.tags;
  const fromHeader = headers['x-litellm-tags'];
  const given: unknown[] = [
    ...(chat?.tags ?? []),
    ...(Array.isArray(fromMetadata) ? fromMetadata : []),
    ...(typeof fromHeader === 'string' ? fromHeader.split(',') : []),
  ];
  const tags = given
    .filter((tag) => typeof tag === 'string')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '' && tag.length <= 256);
  return [...new Set(tags)].slice(0, 64);
}
