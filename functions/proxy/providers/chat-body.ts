import type { ChatRequest } from '../chat-request.ts';
import { applyDifference, type Difference, makesADifference } from './difference.ts';

/** What LiteLLM's clients send to the gateway itself; upstreams refuse unknown parameters. */
const gatewayParameters = new Set([
  'tags',
  'cache',
  'fallbacks',
  'num_retries',
  'timeout',
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

/**
 * The body for an OpenAI-compatible upstream: its own model name, usage asked for on a stream,
 * nothing that is meant for the gateway. The client's text is spliced rather than written anew
 * where only these differ, because a prompt can be megabytes.
 */
export function chatBody(
  text: string,
  chat: ChatRequest,
  upstreamModel: string,
  difference: Difference | null = null,
): string {
  const rewrite =
    Object.keys(chat).some((name) => gatewayParameters.has(name)) ||
    hasGatewayMetadata(chat) ||
    (chat.stream && chat.stream_options != null && !chat.stream_options.include_usage) ||
    (difference !== null && makesADifference(chat, difference));
  const spliced = rewrite ? null : splice(text, chat, upstreamModel);
  return spliced ?? stringify(chat, upstreamModel, difference);
}

/** The request without what is meant for the gateway itself. */
export function withoutGatewayParameters(chat: ChatRequest): ChatRequest {
  const body: ChatRequest = { ...chat };
  for (const name of gatewayParameters) delete body[name];
  if (hasGatewayMetadata(chat)) delete body.metadata;
  return body;
}

/** OpenAI's metadata holds strings only; LiteLLM's own (tags, spend_logs_metadata) does not. */
function hasGatewayMetadata({ metadata }: ChatRequest): boolean {
  return metadata != null && Object.values(metadata).some((value) => typeof value !== 'string');
}

function stringify(chat: ChatRequest, model: string, difference: Difference | null): string {
  const body: Record<string, unknown> = { ...withoutGatewayParameters(chat), model };
  if (chat.stream) body.stream_options = { ...chat.stream_options, include_usage: true };
  if (difference) applyDifference(body, chat, difference);
  return JSON.stringify(body);
}

const modelMember = /"model"\s*:\s*("(?:[^"\\]|\\.)*")/g;

/**
 * Null where a splice would not be safe. Inside a JSON string every quote is escaped, so
 * `"model":` can only be a member's name; where it stands once, it is the one at the top.
 */
function splice(text: string, chat: ChatRequest, model: string): string | null {
  // An escaped letter can spell a second member named model ("\\u006dodel").
  if (text.includes('\\u00')) return null;
  modelMember.lastIndex = 0;
  const match = modelMember.exec(text);
  if (!match || text.indexOf('"model"', modelMember.lastIndex) !== -1) return null;
  const end = modelMember.lastIndex;
  const start = end - (match[1] as string).length;
  const spliced =
    chat.model === model
      ? text
      : `${text.slice(0, start)}${JSON.stringify(model)}${text.slice(end)}`;
  if (!chat.stream || chat.stream_options != null) return spliced;
  if (Object.hasOwn(chat, 'stream_options')) return null;
  const brace = spliced.indexOf('{') + 1;
  return `${spliced.slice(0, brace)}"stream_options":{"include_usage":true},${spliced.slice(brace)}`;
}
