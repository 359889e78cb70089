import { randomUUIDv7 } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Deployment } from '../_shared/config/gateway-config.ts';
import type { GatewayError } from '../_shared/errors.ts';
import type { Attempt } from '../_shared/events/types.ts';
import type { Params } from '../_shared/http/router.ts';
import type { Nanos } from '../_shared/money.ts';
import type { Price } from '../_shared/pricing/price.ts';
import type { EpochMs, Tokens } from '../_shared/units.ts';
import type { Api, Asked, RelayOptions, Told } from './api.ts';
import type { Target } from './providers/target.ts';
import type { Leg, RoutePlan } from './routing/route-plan.ts';

/** Who is calling, as the books name them. */
export interface Principal {
  keyId: string;
  keyAlias: string | null;
  teamId: string;
  userId: string;
  /** The bodies of its calls are not to be in the books. */
  withholdBodies?: boolean;
  /** What is redacted in its records, beside what is in all. */
  redact?: readonly string[];
}

/** What came back from upstream, whole or as far as it got. */
export interface Answer extends Told {
  /** What the client gets, where it was not sent on as it came. */
  sent?: string;
  /** `body` as JSON text where the upstream sent it as such. */
  text: string | null;
  /**
   * Sends the rest of the answer: all of it for a plain one, the last chunks of a stream. Until
   * then the client has not got its answer whole, so the record can be made safe first.
   */
  finish: (cost: Nanos | null) => void;
}

/** What a call has to do with the cache. */
export interface CacheUse {
  /** Under which its answer is kept. */
  key: string;
  /** Answered from there; `saved` is what the answer cost when it was made. */
  hit: boolean;
  saved: Nanos | null;
  /** Sees each chunk of a stream that may be kept. */
  onChunk: NonNullable<RelayOptions['onChunk']> | null;
}

/** An attempt that took tokens and did not answer the client. */
export interface LostAttempt {
  row: Attempt;
  leg: Leg;
  answer: Answer | null;
}

/**
 * One request on its way down the stairs and up again. Each step writes its own field only.
 * Times are of `performance.now()` unless they are an EpochMs.
 */
export interface Call {
  readonly id: string;
  readonly startedAt: EpochMs;
  readonly started: number;
  readonly api: Api;
  /** What the path says: an id, a model's name. */
  readonly params: Params;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Taken at the start: a socket that the client closed knows it no more. */
  readonly clientAddress: string | null;
  /**
   * Aborts when the client goes away before its answer is whole. Cache puts another in its place
   * while others wait for the same answer.
   */
  clientGone: AbortSignal;

  /** By authenticate. */
  principal: Principal | null;
  /**
   * By read: the body's text as the client sent it, the model that it names ('' where it names
   * none), whether it asks not to be recorded, and the checked request. A body that is refused has
   * all but the last.
   */
  text: string | null;
  model: string;
  noLog: boolean;
  asked: Asked | null;
  /** By cache: null where the call has nothing to do with it. */
  cache: CacheUse | null;
  /** By route. */
  plan: RoutePlan | null;
  /** By route and attempt: who is asked now, and who answered in the end. */
  group: string | null;
  deployment: Deployment | null;
  target: Target | null;
  /** By attempt, in the order in which they ended; the one that answered is the last. */
  attempts: Attempt[];
  lost: LostAttempt[];
  upstreamMs: number;
  firstTokenAt: number | null;
  answer: Answer | null;
  /** By settle. */
  tokens: { tokens: Tokens; source: 'upstream' | 'tokenizer' } | null;
  price: Price | null;
  /** By record: what ended the call, if not its answer. */
  failure: GatewayError | null;
}

export function openCall(
  request: IncomingMessage,
  response: ServerResponse,
  api: Api,
  params: Params = {},
): Call {
  const gone = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) gone.abort();
  });
  return {
    id: randomUUIDv7(),
    startedAt: Date.now(),
    started: performance.now(),
    api,
    params,
    request,
    response,
    clientAddress: request.socket.remoteAddress ?? null,
    clientGone: gone.signal,
    principal: null,
    text: null,
    model: '',
    noLog: false,
    asked: null,
    cache: null,
    plan: null,
    group: null,
    deployment: null,
    target: null,
    attempts: [],
    lost: [],
    upstreamMs: 0,
    firstTokenAt: null,
    answer: null,
    tokens: null,
    price: null,
    failure: null,
  };
}
