/** What LiteLLM's clients send to the gateway itself; upstreams refuse unknown parameters. */
const gatewayParameters = new Set([
  'tags',
  'cache',
  'fallbacks',
  'context_window_fallbacks',
  'content_policy_fallbacks',
  'disable_fallbacks',
  'num_retries',
  'timeout',
  'stream_timeout',
  'guardrails',
  'router_settings_override',
  'mock_response',
  'mock_timeout',
  'mock_testing_fallbacks',
  'mock_testing_context_window_fallbacks',
  'mock_testing_content_policy_fallbacks',
  'mock_testing_rate_limit_error',
  'litellm_session_id',
  'litellm_trace_id',
  'litellm_metadata',
  'no-log',
  'priority',
  'drop_params',
]);

interface Given {
  metadata?: Record<string, unknown> | null | undefined;
  [name: string]: unknown;
}

/** Whether anything in a request is meant for the gateway itself. */
export function hasGatewayParameters(asked: Given): boolean {
  return (
    Object.keys(asked).some((name) => gatewayParameters.has(name)) || hasGatewayMetadata(asked)
  );
}

/** The request without what is meant for the gateway itself. */
export function withoutGatewayParameters<T extends Given>(asked: T): T {
  const body: T = { ...asked };
  for (const name of gatewayParameters) delete body[name];
  if (hasGatewayMetadata(asked)) delete body.metadata;
  return body;
}

/** OpenAI's metadata holds strings only; LiteLLM's own (tags, spend_logs_metadata) does not. */
function hasGatewayMetadata({ metadata }: Given): boolean {
  return metadata != null && Object.values(metadata).some((value) => typeof value !== 'string');
}
