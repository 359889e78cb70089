import { z } from 'zod';
import { noTokens, type TokenKind, tokenKinds } from '../units.ts';

/** The catalogue of CloudEvents types. `source` is `/tallygate/<function>/<revision>`. */
export const eventTypes = {
  requestCompleted: 'dev.tallygate.request.completed.v1',
  alertRaised: 'dev.tallygate.alert.raised.v1',
} as const;

const text = (max: number) => z.string().max(max);
const name = text(512);
const wholeNumber = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const duration = z
  .number()
  .min(0)
  .max(7 * 24 * 3600_000);
/** Up to the year 2255, so that a clock in micro- or nanoseconds is refused, not booked. */
const epochMs = z.number().int().min(0).max(9_000_000_000_000);

export const callStatuses = ['success', 'failure', 'interrupted'] as const;
export type CallStatus = (typeof callStatuses)[number];

const callError = z.object({
  type: text(128),
  code: text(128).nullable().default(null),
  message: text(8192),
});
export type CallError = z.infer<typeof callError>;

const attempt = z.object({
  deployment_id: name,
  provider: name,
  upstream_model: name,
  api_base: text(2048).nullable().default(null),
  started_at: epochMs,
  duration_ms: duration,
  status: z.enum(callStatuses),
  http_status: z.number().int().min(100).max(599).nullable().default(null),
  error: callError.nullable().default(null),
  /** What it cost, answered or not; absent where nobody knows. */
  cost_nanos: wholeNumber.nullable().optional(),
});
export type Attempt = z.infer<typeof attempt>;

const costLine = z.object({
  kind: z.enum(tokenKinds),
  tokens: wholeNumber,
  /** Nano-dollars for one million tokens of this kind, so that small prices stay whole. */
  nanos_per_million: z.number().min(0),
  cost_nanos: wholeNumber,
});
export type CostLine = z.infer<typeof costLine>;

const bodyDescription =
  "The body as JSON, a stream's chunks assembled into one answer. Null in an event that is too " +
  'large with it: then the extension `dataref` names where it is.';

const tokenCount = wholeNumber.default(0);
const tokens = z.object({
  input: tokenCount,
  cache_read: tokenCount,
  cache_write: tokenCount,
  input_audio: tokenCount,
  output: tokenCount,
  reasoning: tokenCount,
  output_audio: tokenCount,
} satisfies Record<TokenKind, typeof tokenCount>);

/**
 * Data of `request.completed`: one call that the gateway answered or failed, whole. The event's
 * `id` is the call's id and its `source` names the producer; the pair is what makes a booking
 * happen once. A producer other than the proxy may send only `started_at` and `model`; what it
 * leaves out is unknown, and a missing `cost_nanos` is priced by ingest.
 */
export const requestCompleted = z.object({
  started_at: epochMs,
  latency_ms: duration.nullable().default(null),
  /** To the first content chunk of a stream; null where nothing was streamed. */
  time_to_first_token_ms: duration.nullable().default(null),
  /** From the upstream request's first byte out to the answer's last byte in, all attempts. */
  upstream_ms: duration.nullable().default(null),
  /** What the gateway itself added: latency less upstream. */
  overhead_ms: duration.nullable().default(null),

  /** OpenTelemetry's `gen_ai.operation.name`. */
  operation: text(64).default('chat'),
  endpoint: text(256).default('/v1/chat/completions'),
  stream: z.boolean().default(false),
  status: z.enum(callStatuses).default('success'),
  http_status: z.number().int().min(100).max(599).nullable().default(null),
  error: callError.nullable().default(null),
  finish_reason: text(64).nullable().default(null),

  /** The name the client asked for. */
  model: name,
  /** The name the upstream was asked for. */
  upstream_model: name.nullable().default(null),
  provider: name.nullable().default(null),
  api_base: text(2048).nullable().default(null),
  deployment_id: name.nullable().default(null),
  /** The answer's own `id`, e.g. `chatcmpl-…`. */
  response_id: name.nullable().default(null),

  /** Hex SHA-256 of the key, never the key. */
  key_id: text(128).default(''),
  key_alias: text(256).nullable().default(null),
  team_id: text(256).default(''),
  user_id: text(256).default(''),
  end_user: text(256).default(''),
  tags: z.array(text(256)).max(64).default([]),
  client_ip: text(64).nullable().default(null),
  user_agent: text(512).nullable().default(null),

  tokens: tokens.default(() => noTokens()),
  /** `upstream` as the provider reported them; `tokenizer` where it did not and we counted. */
  tokens_source: z.enum(['upstream', 'tokenizer']).nullable().default(null),
  /** Null where no price is known; never 0 for that. */
  cost_nanos: wholeNumber.nullable().default(null),
  cost_lines: z.array(costLine).max(32).default([]),
  price_source: z.enum(['config', 'genai-prices']).nullable().default(null),
  /** Answered from the gateway's cache: `cost_nanos` is 0, and this is what it saved. */
  cache_hit: z.boolean().default(false),
  saved_nanos: wholeNumber.nullable().default(null),

  attempts: z.array(attempt).max(64).default([]),

  /** Why there are no bodies, where they were left out on purpose. */
  bodies_withheld: text(256).nullable().default(null),
  request: z.unknown().default(null).describe(bodyDescription),
  response: z.unknown().default(null).describe(bodyDescription),
});
export type RequestCompleted = z.infer<typeof requestCompleted>;
/** What a producer may send: the same with the defaults left out. */
export type RequestCompletedInput = z.input<typeof requestCompleted>;

export const alertSeverities = ['warning', 'critical'] as const;

/** Data of `alert.raised`: a rule that crossed its threshold, with a sentence for people. */
export const alertRaised = z.object({
  rule: text(64),
  severity: z.enum(alertSeverities),
  /** What the rule looked at: `global`, or `model:<name>` and the like. */
  scope: text(600),
  window_start: epochMs,
  window_ms: duration,
  value: z.number(),
  threshold: z.number(),
  message: text(2048),
});
export type AlertRaised = z.infer<typeof alertRaised>;
