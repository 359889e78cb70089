import {
  type CallStatus,
  type RequestCompletedInput,
  requestCompleted,
} from '../../functions/_shared/events/types.ts';
import { createPriceBook } from '../../functions/_shared/pricing/price.ts';
import type { BookableRecord } from '../../functions/_shared/store/request-logs.ts';
import type { EpochMs } from '../../functions/_shared/units.ts';
import { createRandom, type Random } from './random.ts';
import { completionText, promptText } from './texts.ts';

export interface TrafficOptions {
  calls: number;
  from: EpochMs;
  to: EpochMs;
  seed?: number;
  /** How long the bodies of a call are together, on average, in characters of JSON. */
  bodyLength?: number;
}

const hourMs = 3_600_000;
const source = '/tallygate/seed/1';

/** Models with how often they are asked, how fast they begin and how fast they go on. */
const models = [
  { name: 'gpt-4o-mini', provider: 'openai', weight: 40, firstTokenMs: 420, tokenMs: 9 },
  { name: 'gpt-4o', provider: 'openai', weight: 16, firstTokenMs: 700, tokenMs: 14 },
  { name: 'claude-sonnet-4', provider: 'anthropic', weight: 15, firstTokenMs: 1100, tokenMs: 15 },
  { name: 'gemini-2.5-flash', provider: 'google', weight: 12, firstTokenMs: 380, tokenMs: 6 },
  { name: 'mistral-large-latest', provider: 'mistral', weight: 6, firstTokenMs: 520, tokenMs: 11 },
  { name: 'deepseek-chat', provider: 'deepseek', weight: 6, firstTokenMs: 1400, tokenMs: 25 },
  // Nobody has a price for it.
  { name: 'house-llama', provider: 'hosted_vllm', weight: 5, firstTokenMs: 200, tokenMs: 20 },
] as const;

const userAgents = ['OpenAI/Python 2.8.1', 'OpenAI/JS 6.9.0', 'python-httpx/0.28.1'];

/** What a request and an answer hold besides their texts. */
const jsonAround = 450;

const failures = [
  { http: 429, type: 'rate_limit_error', code: 'rate_limit_exceeded', weight: 6 },
  { http: 500, type: 'server_error', code: null, weight: 2 },
  { http: 504, type: 'timeout_error', code: 'upstream_timeout', weight: 1 },
  { http: 400, type: 'invalid_request_error', code: 'context_length_exceeded', weight: 1 },
] as const;

interface Key {
  id: string;
  alias: string;
  team: string;
  /** Whose it is; some people have several. */
  user: string;
  weight: number;
}

/** A few keys make most of the traffic, as everywhere. */
function createKeys(random: Random): Key[] {
  const teams = ['support', 'search', 'billing', 'research', 'growth', 'platform', 'legal', 'ops'];
  return Array.from({ length: 50 }, (_, index) => {
    const team = teams[index % teams.length] as string;
    const user = `user-${random.between(1, 40)}`;
    const alias = `${team}-${index + 1}`;
    return { id: random.hex(64), alias, team, user, weight: 1 / (index + 1) };
  });
}

/** How busy an hour is: offices by day, less at the week's end, never quite silent. */
function busynessOf(at: EpochMs): number {
  const date = new Date(at);
  const byDay = 0.15 + Math.max(0, Math.sin(((date.getUTCHours() - 5) / 15) * Math.PI));
  const isWeekend = date.getUTCDay() % 6 === 0;
  return byDay * (isWeekend ? 0.3 : 1);
}

/** Plausible calls, oldest first; the same options give the same calls. */
export function* createTraffic(options: TrafficOptions): Generator<BookableRecord> {
  const { calls, from, to, seed = 1, bodyLength = 4096 } = options;
  const random = createRandom(seed);
  const keys = createKeys(random);
  const prices = createPriceBook();
  const hours = Array.from({ length: Math.ceil((to - from) / hourMs) }, (_, index) => {
    const start = from + index * hourMs;
    return { start, length: Math.min(hourMs, to - start), busyness: busynessOf(start) };
  });
  let busynessLeft = hours.reduce((sum, { busyness }) => sum + busyness, 0);
  let callsLeft = calls;
  for (const { start, length, busyness } of hours) {
    const count = Math.round((callsLeft * busyness) / busynessLeft);
    busynessLeft -= busyness;
    callsLeft -= count;
    const times = Array.from({ length: count }, () => start + Math.floor(random.next() * length));
    for (const at of times.sort((a, b) => a - b)) {
      yield createCall(random, keys, prices, at, bodyLength);
    }
  }
}

function createCall(
  random: Random,
  keys: Key[],
  prices: ReturnType<typeof createPriceBook>,
  at: EpochMs,
  bodyLength: number,
): BookableRecord {
  const key = random.pick(keys, ({ weight }) => weight);
  const model = random.pick(models, ({ weight }) => weight);
  const status: CallStatus = random.chance(0.025)
    ? 'failure'
    : random.chance(0.01)
      ? 'interrupted'
      : 'success';
  const failure = status === 'failure' ? random.pick(failures, ({ weight }) => weight) : null;
  const stream = random.chance(0.7);
  const textLength = Math.max(20, bodyLength - jsonAround);
  const prompt = promptText(random, textLength * 0.7);
  const completion = failure ? '' : completionText(random, textLength * 0.3);
  const responseId = `chatcmpl-${random.hex(24)}`;
  const input = Math.ceil(prompt.length / 4);
  const cached = random.chance(0.3) ? Math.floor(input * 0.6) : 0;
  const output = Math.ceil(completion.length / 4);
  const tokens = failure ? {} : { input: input - cached, cache_read: cached, output };
  const firstToken = random.around(model.firstTokenMs, 0.5);
  const upstream = failure ? random.around(150, 0.8) : firstToken + output * model.tokenMs;
  const overhead = random.around(0.6, 0.4);
  const error = failure && {
    type: failure.type,
    code: failure.code,
    message: `The upstream answered ${failure.http}.`,
  };
  const given: RequestCompletedInput = {
    started_at: at,
    latency_ms: upstream + overhead,
    time_to_first_token_ms: stream && !failure ? firstToken : null,
    upstream_ms: upstream,
    overhead_ms: overhead,
    stream,
    status,
    http_status: failure?.http ?? 200,
    error,
    finish_reason: failure ? null : 'stop',
    model: model.name,
    upstream_model: model.name,
    provider: model.provider,
    deployment_id: model.name,
    response_id: failure ? null : responseId,
    key_id: key.id,
    key_alias: key.alias,
    team_id: key.team,
    user_id: key.user,
    end_user: random.chance(0.5) ? `customer-${random.between(1, 500)}` : '',
    tags: random.chance(0.2) ? ['production'] : [],
    client_ip: `10.0.${random.between(0, 3)}.${random.between(1, 250)}`,
    user_agent: random.pick(userAgents, () => 1),
    tokens,
    tokens_source: failure ? null : 'upstream',
    attempts: [
      {
        deployment_id: model.name,
        provider: model.provider,
        upstream_model: model.name,
        started_at: at,
        duration_ms: upstream,
        status,
        http_status: failure?.http ?? 200,
        error,
      },
    ],
    request: { model: model.name, stream, messages: [{ role: 'user', content: prompt }] },
    response: failure
      ? null
      : {
          id: responseId,
          object: 'chat.completion',
          created: Math.floor(at / 1000),
          model: model.name,
          choices: [
            {
              index: 0,
              message: { role: 'assistant', content: completion },
              finish_reason: 'stop',
            },
          ],
          usage: {
            prompt_tokens: input,
            completion_tokens: output,
            total_tokens: input + output,
            prompt_tokens_details: { cached_tokens: cached },
          },
        },
  };
  const data = requestCompleted.parse(given);
  if (!failure) {
    const { provider, model: name } = { provider: model.provider, model: model.name };
    Object.assign(
      data,
      prices.price({ provider, model: name, api_base: null, tokens: data.tokens, at }),
    );
  }
  return { id: idAt(random, at), source, data };
}

/** A UUIDv7 of that time (RFC 9562). */
function idAt(random: Random, at: EpochMs): string {
  const time = at.toString(16).padStart(12, '0');
  const variant = (8 + random.between(0, 3)).toString(16);
  return [
    time.slice(0, 8),
    time.slice(8),
    `7${random.hex(3)}`,
    `${variant}${random.hex(3)}`,
    random.hex(12),
  ].join('-');
}
