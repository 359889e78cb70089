import type { GatewayError } from '../../_shared/errors.ts';
import {
  type CallStatus,
  eventTypes,
  type RequestCompletedInput,
} from '../../_shared/events/types.ts';
import { messagesOf, withMessages } from '../../_shared/redaction/error-messages.ts';
import { noTokens } from '../../_shared/units.ts';
import type { Call } from '../call.ts';
import type { OutboxEvent } from '../outbox/outbox.ts';
import { describeClient } from './describe-client.ts';
import { type BodyRules, isWithin, type RecordedBodies, recordBodies } from './record-bodies.ts';

export interface RecordLimits extends BodyRules {
  /** `/tallygate/proxy/<revision>`. */
  source: string;
  /** Of a larger event the bodies do not travel with it. */
  eventMaxBytes: number;
}

/** The `request.completed` event of a call that is at its end. */
export async function describeCall(call: Call, limits: RecordLimits): Promise<OutboxEvent> {
  const facts = describeFacts(call);
  const bodies = await recordBodies(call, messagesOf(facts), limits);
  return {
    id: call.id,
    source: limits.source,
    type: eventTypes.requestCompleted,
    time: call.startedAt,
    extensions: {
      model: facts.model,
      provider: facts.provider ?? '',
      keyid: facts.key_id ?? '',
      teamid: facts.team_id ?? '',
      status: facts.status ?? '',
      cachehit: String(facts.cache_hit),
      // The extension of that name: a broker that is partitioned keeps a key's records in order.
      partitionkey: facts.key_id ?? '',
    },
    ...pack(withMessages(facts, bodies.messages), bodies, limits.eventMaxBytes),
  };
}

function describeFacts(call: Call): RequestCompletedInput {
  const { answer, failure, price, principal, asked, api } = call;
  // A call that was routed and never asked anybody has no provider.
  const target = call.attempts.length > 0 ? call.target : null;
  const isHit = call.cache?.hit === true;
  const isSpent = call.tokens !== null || answer !== null || call.lost.length > 0;
  const now = performance.now();
  const latency = now - call.started;
  return {
    started_at: call.startedAt,
    latency_ms: round(latency),
    time_to_first_token_ms:
      call.firstTokenAt === null ? null : round(call.firstTokenAt - call.started),
    upstream_ms: target ? round(call.upstreamMs) : null,
    overhead_ms: round(Math.max(0, latency - call.upstreamMs)),
    operation: api.operation,
    endpoint: api.endpoint,
    stream: asked?.stream === true,
    status: statusOf(call),
    http_status: httpStatusOf(call),
    error: failure && describeError(failure),
    finish_reason: answer?.finishReason?.slice(0, 64) ?? null,
    model: call.model,
    upstream_model: target?.model ?? null,
    provider: target?.provider ?? null,
    api_base: target?.apiBase ?? null,
    deployment_id: call.deployment?.id ?? null,
    response_id: answer?.responseId?.slice(0, 512) ?? null,
    key_id: principal?.keyId ?? '',
    key_alias: principal?.keyAlias ?? null,
    team_id: principal?.teamId ?? '',
    user_id: principal?.userId ?? '',
    ...describeClient(call),
    tokens: call.tokens?.tokens ?? noTokens(),
    tokens_source: call.tokens?.source ?? null,
    cache_hit: isHit,
    saved_nanos: call.cache?.saved ?? null,
    // A call that was not answered by an upstream cost nothing; one whose price nobody knows cost `null`.
    cost_nanos: !isHit && !api.isFree && isSpent ? (price?.cost_nanos ?? null) : 0,
    cost_lines: price?.cost_lines ?? [],
    price_source: price?.price_source ?? null,
    attempts: call.attempts,
  };
}

/** A client that left, or a stream cut after it began, was interrupted; all else failed. */
function statusOf({ failure, response, answer }: Call): CallStatus {
  if (failure === null) return response.destroyed ? 'interrupted' : 'success';
  const cut = failure.code === 'client_closed' || (answer !== null && response.headersSent);
  return cut ? 'interrupted' : 'failure';
}

/** What the client saw: of a stream that had begun, 200; of a client that left, nginx's 499. */
function httpStatusOf({ failure, response }: Call): number {
  if (failure?.code === 'client_closed') return failure.status;
  return failure && !response.headersSent ? failure.status : 200;
}

function describeError(failure: GatewayError): NonNullable<RequestCompletedInput['error']> {
  const { type, code } = failure.body.error;
  return { type: type.slice(0, 128), code, message: failure.message.slice(0, 8192) };
}

/** The event's attributes and what else goes before its data. */
const headBytes = 4096;

/**
 * The record as JSON text, with its bodies in it as far as they can travel so. They are texts
 * already and are joined in as they are: writing them anew would cost more than all the rest.
 */
function pack(
  facts: RequestCompletedInput,
  { request, response, withheld }: RecordedBodies,
  eventMaxBytes: number,
): Pick<OutboxEvent, 'data' | 'bodies'> {
  const head = JSON.stringify({ ...facts, bodies_withheld: withheld });
  const data = `${head.slice(0, -1)},"request":${request},"response":${response}}`;
  const isAlone = request === null && response === null;
  if (isAlone || isWithin(data, eventMaxBytes - headBytes)) return { data };
  return { data: head, bodies: { request, response } };
}

const round = (milliseconds: number) => Math.round(milliseconds * 1000) / 1000;
