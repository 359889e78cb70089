import { z } from 'zod';
import type { Milliseconds } from '../units.ts';

export const routingStrategies = [
  'simple-shuffle',
  'least-busy',
  'latency-based-routing',
  'cost-based-routing',
  'usage-based-routing',
  'usage-based-routing-v2',
] as const;
export type RoutingStrategy = (typeof routingStrategies)[number];

/** What can go wrong at a deployment, as LiteLLM's policies tell it apart. */
export const policyKinds = {
  bad_request: 'BadRequestError',
  authentication: 'AuthenticationError',
  timeout: 'TimeoutError',
  rate_limit: 'RateLimitError',
  content_policy: 'ContentPolicyViolationError',
  internal: 'InternalServerError',
} as const;
export type PolicyKind = keyof typeof policyKinds;

/** A number for some kinds of failure: of retries, or of failures that are allowed. */
export type FailurePolicy = Partial<Record<PolicyKind, number>>;

export interface CooldownRules {
  /** Failures of a minute; null where LiteLLM's own rules hold. */
  allowedFails: number | null;
  allowedFailsPolicy: FailurePolicy;
  cooldownMs: Milliseconds;
}

/** By model: the models to ask in its place, in order. */
export type FallbackLists = ReadonlyMap<string, readonly string[]>;

export interface FallbackRules {
  general: FallbackLists;
  contextWindow: FallbackLists;
  contentPolicy: FallbackLists;
  /** For models that `general` says nothing of. */
  usual: readonly string[];
  max: number;
}

export interface RoutingRules {
  strategy: RoutingStrategy;
  /** How much slower than the fastest still counts as fast, as a share of its time. */
  latencyBuffer: number;
  preCallChecks: boolean;
  tagFiltering: 'off' | 'any' | 'all';
  retries: number;
  retryPolicy: FailurePolicy;
  groupRetryPolicies: ReadonlyMap<string, FailurePolicy>;
  /** The shortest wait before the same deployment is asked again. */
  retryAfterMs: Milliseconds;
  /** Null where no deployment is ever left alone. */
  cooldown: CooldownRules | null;
  fallbacks: FallbackRules;
  /** Other names of models. A hidden one is not listed. */
  aliases: ReadonlyMap<string, { model: string; hidden: boolean }>;
  /** When a second deployment is asked for what the first has not begun to answer. */
  hedgeAfterMs: Milliseconds | null;
}

const name = z.string().min(1).max(512);
const count = z.coerce.number().int().min(0);
/** An event has room for 64 attempts. */
export const maxRetries = 50;
export const maxFallbacks = 20;
const retryCount = count.max(maxRetries);
const seconds = z.coerce.number().min(0).max(86_400);

/** LiteLLM's `[{"a": ["b", "c"]}, …]`. */
const fallbackLists = z
  .array(z.record(name, z.array(name).max(100)), {
    error: 'must be a list such as [{"gpt-4o": ["claude-sonnet"]}]',
  })
  .max(1000)
  .default([]);

function policyOf<Suffix extends 'Retries' | 'AllowedFails'>(suffix: Suffix, number: z.ZodType) {
  return z
    .object(
      Object.fromEntries(
        Object.values(policyKinds).map((kind) => [`${kind}${suffix}`, number.optional()]),
      ),
    )
    .transform((given) => toPolicy(given, suffix));
}

function toPolicy(given: Record<string, unknown>, suffix: string): FailurePolicy {
  const kinds = Object.entries(policyKinds).filter(([, kind]) => `${kind}${suffix}` in given);
  return Object.fromEntries(kinds.map(([own, kind]) => [own, given[`${kind}${suffix}`]]));
}

const retryPolicy = policyOf('Retries', retryCount);
const alias = z.union([
  name.transform((model) => ({ model, hidden: false })),
  z.object({ model: name, hidden: z.boolean().default(false) }),
]);

/** What stands in either section; that of `router_settings` wins, as at LiteLLM. */
const eitherSection = {
  num_retries: retryCount.optional(),
  allowed_fails: count.max(1_000_000).optional(),
  cooldown_time: seconds.optional(),
  fallbacks: fallbackLists,
  context_window_fallbacks: fallbackLists,
  content_policy_fallbacks: fallbackLists,
  default_fallbacks: z.array(name).max(100).default([]),
};

/** The sections of config.yaml that are about routing. */
export const routingSections = {
  litellm_settings: eitherSection,
  router_settings: z
    .object({
      ...eitherSection,
      routing_strategy: z
        .enum(routingStrategies, { error: `must be one of ${routingStrategies.join(', ')}` })
        .default('simple-shuffle'),
      routing_strategy_args: z
        .object({ lowest_latency_buffer: z.coerce.number().min(0).max(100).default(0) })
        .prefault({}),
      enable_pre_call_checks: z.boolean().default(false),
      enable_tag_filtering: z.boolean().default(false),
      tag_filtering_match_any: z.boolean().default(true),
      retry_policy: retryPolicy.optional(),
      model_group_retry_policy: z.record(name, retryPolicy).default({}),
      retry_after: seconds.default(0),
      allowed_fails_policy: policyOf('AllowedFails', count.max(1_000_000)).optional(),
      disable_cooldowns: z.boolean().default(false),
      max_fallbacks: count.max(maxFallbacks).default(5),
      model_group_alias: z.record(name, alias).default({}),
      timeout: seconds.positive().optional(),
      stream_timeout: seconds.positive().optional(),
      hedge_after: seconds.positive().optional(),
    })
    .prefault({}),
};

/** The members of `litellm_params` and `model_info` that say how a deployment is chosen. */
export const deploymentRouting = {
  litellm_params: {
    weight: z.coerce.number().min(0).max(1e9).optional(),
    rpm: count.max(1e9).optional(),
    tpm: count.max(1e12).optional(),
    order: count.max(1000).optional(),
    tags: z.array(z.string().min(1).max(256)).max(64).optional(),
    num_retries: retryCount.optional(),
    cooldown_time: seconds.optional(),
  },
  model_info: { max_input_tokens: count.max(1e9).optional() },
};

/** How a deployment is chosen among those of its name. Null where the file says nothing. */
export interface DeploymentRouting {
  weight: number | null;
  /** Requests and tokens a minute. */
  rpm: number | null;
  tpm: number | null;
  /** The lowest is asked first. */
  order: number | null;
  tags: readonly string[];
  retries: number | null;
  cooldownMs: Milliseconds | null;
  maxInputTokens: number | null;
}

export function toDeploymentRouting(
  params: z.infer<z.ZodObject<typeof deploymentRouting.litellm_params>>,
  info: z.infer<z.ZodObject<typeof deploymentRouting.model_info>> | undefined,
): DeploymentRouting {
  return {
    weight: params.weight ?? null,
    rpm: params.rpm ?? null,
    tpm: params.tpm ?? null,
    order: params.order ?? null,
    tags: params.tags ?? [],
    retries: params.num_retries ?? null,
    cooldownMs: params.cooldown_time === undefined ? null : params.cooldown_time * 1000,
    maxInputTokens: info?.max_input_tokens ?? null,
  };
}

/** As LiteLLM's router has it, which takes the openai package's. */
const usualRetries = 2;
const usualCooldown = 5;

export function toRoutingRules({
  litellm_settings: settings,
  router_settings: router,
}: {
  litellm_settings: z.infer<z.ZodObject<typeof routingSections.litellm_settings>>;
  router_settings: z.infer<typeof routingSections.router_settings>;
}): RoutingRules {
  const cooldown = router.cooldown_time ?? settings.cooldown_time ?? usualCooldown;
  const lists = (key: `${'' | 'context_window_' | 'content_policy_'}fallbacks`) =>
    toLists(router[key].length > 0 ? router[key] : settings[key]);
  return {
    strategy: router.routing_strategy,
    latencyBuffer: router.routing_strategy_args.lowest_latency_buffer,
    preCallChecks: router.enable_pre_call_checks,
    tagFiltering: tagFiltering(router),
    retries: router.num_retries ?? settings.num_retries ?? usualRetries,
    retryPolicy: router.retry_policy ?? {},
    groupRetryPolicies: new Map(Object.entries(router.model_group_retry_policy)),
    retryAfterMs: router.retry_after * 1000,
    cooldown: router.disable_cooldowns
      ? null
      : {
          allowedFails: router.allowed_fails ?? settings.allowed_fails ?? null,
          allowedFailsPolicy: router.allowed_fails_policy ?? {},
          cooldownMs: cooldown * 1000,
        },
    fallbacks: {
      general: lists('fallbacks'),
      contextWindow: lists('context_window_fallbacks'),
      contentPolicy: lists('content_policy_fallbacks'),
      usual: router.default_fallbacks.length
        ? router.default_fallbacks
        : settings.default_fallbacks,
      max: router.max_fallbacks,
    },
    aliases: new Map(Object.entries(router.model_group_alias)),
    hedgeAfterMs: router.hedge_after === undefined ? null : router.hedge_after * 1000,
  };
}

function tagFiltering({
  enable_tag_filtering,
  tag_filtering_match_any,
}: z.infer<typeof routingSections.router_settings>): RoutingRules['tagFiltering'] {
  if (!enable_tag_filtering) return 'off';
  return tag_filtering_match_any ? 'any' : 'all';
}

/** The first list of a model counts. */
export function toLists(given: Record<string, string[]>[]): FallbackLists {
  const lists = new Map<string, readonly string[]>();
  for (const each of given) {
    for (const [model, models] of Object.entries(each)) {
      if (!lists.has(model)) lists.set(model, models);
    }
  }
  return lists;
}
