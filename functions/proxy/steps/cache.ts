import type { Sharing } from '../../_shared/config/cache.ts';
import { GatewayError } from '../../_shared/errors.ts';
import { replayAnswer } from '../answers/replay.ts';
import type { Asked, Keeping } from '../api.ts';
import { cacheKey } from '../cache/cache-key.ts';
import { type CacheControls, readControls } from '../cache/controls.ts';
import { createFlights } from '../cache/flights.ts';
import type { KeptAnswer } from '../cache/kept-answer.ts';
import type { ResponseCache } from '../cache/response-cache.ts';
import type { CacheUse, Call, Principal } from '../call.ts';
import type { Step } from '../stairs.ts';

/** How long a call waits for an identical one before it asks for itself. */
const patienceMs = 120_000;

/** A call that the cache has to do with. */
interface Cached extends CacheControls {
  call: Call;
  asked: Asked;
  keeping: Keeping;
  use: CacheUse;
}

/**
 * Answers from what is kept; otherwise keeps what comes from below. Of identical calls in flight
 * only the first goes down.
 */
export function cache({ responses }: { responses: ResponseCache }): Step {
  const { rules, figures } = responses;
  const flights = createFlights();

  /** Null for a call that is to go its way as if there were no cache. */
  function take(call: Call): Cached | null {
    const { api, asked, principal, request } = call;
    const { keeping } = api;
    if (!keeping || !asked || !principal) return null;
    if (asked.stream && !keeping.streams) return null;
    if (!keeping.callTypes.some((name) => rules.callTypes.includes(name))) return null;
    const controls = readControls(asked.cache, request.headers, rules);
    if (controls === null) return null;
    const key = cacheKey({
      operation: api.operation,
      body: asked,
      owner: ownerOf(principal, rules.sharing),
      namespace: controls.namespace,
      beta: String(request.headers['anthropic-beta'] ?? ''),
    });
    const use: CacheUse = { key, hit: false, saved: null, onChunk: null };
    // Who does not want its bodies in the books does not want them in the cache either.
    const mayKeep = controls.mayKeep && !call.noLog && !principal.withholdBodies;
    return { ...controls, mayKeep, call, asked, keeping, use };
  }

  function serve(cached: Cached, kept: KeptAnswer, from: 'memory' | 'backend' | 'shared'): void {
    const { call, asked, keeping, use } = cached;
    figures.looked(from);
    use.hit = true;
    use.saved = kept.cost;
    call.tokens = { tokens: kept.tokens, source: kept.tokensSource };
    call.answer = replayAnswer(call, asked, kept, keeping);
    if (asked.stream) call.firstTokenAt = performance.now();
  }

  /** Goes down the stairs and keeps what came of it. Null for what is not to be shared. */
  async function ask(cached: Cached, next: () => Promise<void>): Promise<KeptAnswer | null> {
    const { keeping, use, mayKeep } = cached;
    figures.looked('miss');
    let isWhole = true;
    const { streams } = keeping;
    if (mayKeep && streams) {
      use.onChunk = (chunk) => {
        isWhole = isWhole && !streams.losesSomething(chunk);
      };
    }
    await next();
    const answer = mayKeep && isWhole ? toKept(cached) : null;
    // What a fallback said is not to outlive the fault of the model that was asked.
    const isOfFallback = (cached.call.plan?.fallbacks ?? 0) > 0;
    if (answer && !isOfFallback) responses.keep(use.key, answer);
    return answer;
  }

  return async function cache(call, next) {
    const cached = take(call);
    if (cached === null) return next();
    call.cache = cached.use;
    const { mayRead, mayKeep, maxAgeMs } = cached;
    const { key } = cached.use;
    const isFresh = (answer: KeptAnswer) =>
      maxAgeMs === null || Date.now() - answer.madeAt <= maxAgeMs;

    if (mayRead) {
      const kept = responses.peek(key);
      if (kept && isFresh(kept)) return serve(cached, kept, 'memory');
    }
    // Who wants an answer of its own, or wants it kept by nobody, neither leads nor follows.
    if (!mayRead || !mayKeep) {
      const kept = mayRead ? await responses.find(key) : null;
      if (kept && isFresh(kept)) return serve(cached, kept, 'backend');
      await ask(cached, next);
      return;
    }

    const flight = flights.at(key);
    if (flight) {
      figures.follows();
      const shared = await flight.follow({ gone: call.clientGone, patienceMs });
      figures.followed();
      if (call.clientGone.aborted) throw clientClosed();
      if (shared && isFresh(shared)) return serve(cached, shared, 'shared');
      await ask(cached, next);
      return;
    }

    const lead = flights.lead(key, call.clientGone);
    call.clientGone = lead.unwanted;
    let answer: KeptAnswer | null = null;
    try {
      answer = await responses.find(key);
      if (answer && isFresh(answer)) serve(cached, answer, 'backend');
      else answer = await ask(cached, next);
    } finally {
      lead.land(answer);
    }
  };
}

function ownerOf({ keyId, teamId }: Principal, sharing: Sharing): string {
  if (sharing === 'everyone') return '';
  return sharing === 'team' && teamId !== '' ? `team ${teamId}` : `key ${keyId}`;
}

/** What may be given again of a call that came to its end; null for nothing. */
function toKept({ call, asked, keeping, ttlMs }: Cached): KeptAnswer | null {
  const { answer, price } = call;
  if (!answer || !call.tokens) return null;
  const { tokens, source } = call.tokens;
  if (!keeping.isWorthIt(answer, tokens)) return null;
  const text = answer.sent ?? keeping.streams?.assembled(answer.body, asked, tokens);
  if (text === undefined) return null;
  const madeAt = Date.now();
  return {
    text,
    responseId: answer.responseId,
    finishReason: answer.finishReason,
    tokens,
    tokensSource: source,
    cost: price?.cost_nanos ?? null,
    madeAt,
    expiresAt: Math.ceil(madeAt + ttlMs),
  };
}

const clientClosed = () =>
  new GatewayError(
    'client_closed',
    'The client closed the connection before its answer was whole.',
  );
