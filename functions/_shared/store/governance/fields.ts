import { z } from 'zod';
import { name, time, wholeNumber } from '../bounds.ts';

/** Fields that several kinds of entity share. */

/** The id of another entity, or ''. */
export const reference = name;
export const names = z.array(name).max(2000);
export const byName = <Value extends z.ZodType>(value: Value) =>
  z
    .record(name, value)
    .refine((members) => Object.keys(members).length <= 2000, 'must have at most 2000 members');
/** JSON that the store does not look into. */
export const anyJson = byName(z.unknown());

/** `30s`, `30m`, `30h`, `30d`, `1mo`. */
const duration = z.string().regex(/^[1-9]\d{0,5}(s|m|h|d|w|mo)$/, 'must be such as 30d or 1mo');
const limitType = z.enum(['guaranteed_throughput', 'best_effort_throughput', 'dynamic']);

const budgetWindow = {
  max_budget_nanos: wholeNumber,
  budget_duration: duration,
  /** Windows of days, weeks and months begin at midnight there. */
  budget_time_zone: name.optional(),
};

export const rotationFields = {
  auto_rotate: z.boolean().optional(),
  rotation_interval: duration.optional(),
  rotation_count: wholeNumber.optional(),
  last_rotation_at: time.optional(),
  key_rotation_at: time.optional(),
};

/** Whatever calls are booked on may have a budget and limits. */
export const limitFields = {
  max_budget_nanos: wholeNumber.optional(),
  soft_budget_nanos: wholeNumber.optional(),
  budget_duration: duration.optional(),
  budget_time_zone: name.optional(),
  budget_reset_at: time.optional(),
  /** Several windows at once. */
  budget_limits: z.array(z.strictObject(budgetWindow)).max(20).optional(),
  /** `hard`: the worst case is reserved, so that a budget is never passed. */
  budget_mode: z.enum(['soft', 'hard']).optional(),
  /** Until `temp_budget_expiry`. */
  temp_budget_increase_nanos: wholeNumber.optional(),
  temp_budget_expiry: time.optional(),
  model_max_budget: byName(
    z.strictObject({ ...budgetWindow, budget_duration: duration.optional() }),
  ).optional(),
  budget_fallbacks: byName(names).optional(),
  throttle_on_budget_exceeded: z.boolean().optional(),
  /** What the books say is spent less this is what counts: set when spend is reset or imported. */
  spend_offset_nanos: z.number().int().optional(),
  tpm_limit: wholeNumber.optional(),
  rpm_limit: wholeNumber.optional(),
  max_parallel_requests: wholeNumber.optional(),
  tpm_limit_type: limitType.optional(),
  rpm_limit_type: limitType.optional(),
  model_tpm_limit: byName(wholeNumber).optional(),
  model_rpm_limit: byName(wholeNumber).optional(),
  tag_rpm_limit: byName(wholeNumber).optional(),
  mcp_rpm_limit: byName(wholeNumber).optional(),
};

/** What one may call, and how. */
export const accessFields = {
  /** Empty: all of them. */
  models: names.optional(),
  access_group_ids: names.optional(),
  allowed_routes: names.optional(),
  allowed_passthrough_routes: names.optional(),
  allowed_cache_controls: names.optional(),
  allowed_vector_store_indexes: names.optional(),
  object_permission: anyJson.optional(),
  permissions: anyJson.optional(),
  aliases: byName(name).optional(),
  config: anyJson.optional(),
  router_settings: anyJson.optional(),
  enforced_params: names.optional(),
  guardrails: names.optional(),
  disable_global_guardrails: z.boolean().optional(),
  policies: names.optional(),
  prompts: names.optional(),
  tags: names.optional(),
  enable_prompt_caching: z.boolean().optional(),
  default_estimated_output_tokens: wholeNumber.optional(),
  default_estimated_output_tokens_per_model: byName(wholeNumber).optional(),
  metadata: anyJson.optional(),
};
