import { z } from 'zod';

const text = z.string().min(1).max(2048);
const longText = z.string().min(1).max(16_384);
const url = z.url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' });
const headerName = z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$/, 'is no header name');
const headerValue = z.string().regex(/^[\t\x20-\x7e\x80-\xff]{0,8192}$/, 'is no header value');

/** The members of `litellm_params` that only some providers read. */
export const providerParams = {
  /** Azure's, such as `2025-04-01-preview`; `v1` for its API without versions. */
  api_version: text.optional(),
  /** Azure's token of Entra ID, in place of a key. */
  azure_ad_token: longText.optional(),
  organization: text.optional(),
  vertex_project: text.optional(),
  /** Such as `europe-west4`, or `global`. */
  vertex_location: text.optional(),
  /** The JSON key of a service account: its path, its text, or the object itself. */
  vertex_credentials: z
    .union([z.string().min(1).max(65_536), z.record(z.string().max(128), z.string().max(16_384))], {
      error: 'must be the JSON key of a service account, or its path',
    })
    .optional(),
  aws_region_name: text
    .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be a region of AWS, such as eu-west-1')
    .optional(),
  aws_access_key_id: text.optional(),
  aws_secret_access_key: text.optional(),
  aws_session_token: longText.optional(),
  /** The ARN of a role to take, by the keys or by the web identity. */
  aws_role_name: text.optional(),
  aws_session_name: text.optional(),
  aws_external_id: text.optional(),
  /** A token, the path of a file with one, or LiteLLM's `oidc/file/…` and `oidc/env/…`. */
  aws_web_identity_token: longText.optional(),
  aws_sts_endpoint: url.optional(),
  aws_bedrock_runtime_endpoint: url.optional(),
  /** Bedrock's, for every call. */
  guardrailConfig: z.record(z.string().max(64), z.unknown()).optional(),
  extra_headers: z.record(headerName, headerValue).optional(),
  /** What the provider can't do is dropped from a request, not answered with an error. */
  drop_params: z.boolean().optional(),
};

export type ProviderParams = z.infer<z.ZodObject<typeof providerParams>>;

const names = Object.keys(providerParams) as (keyof ProviderParams)[];

/** Those of them that are set. */
export function pickProviderParams(given: ProviderParams): ProviderParams {
  return Object.fromEntries(
    names.filter((name) => given[name] !== undefined).map((name) => [name, given[name]]),
  );
}

/** Those that say where a model is, as `api_base` does: two places are two deployments. */
export function placeIn(params: ProviderParams): string[] {
  return [
    params.vertex_project,
    params.vertex_location,
    params.aws_region_name,
    params.aws_bedrock_runtime_endpoint,
    // An account has limits of its own.
    params.aws_role_name,
  ].filter((each) => each !== undefined);
}
