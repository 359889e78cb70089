import type { ChatRequest } from '../chat-request.ts';
import { applyDifference, type Difference, makesADifference } from './difference.ts';
import { hasGatewayParameters, withoutGatewayParameters } from './gateway-parameters.ts';
import { spliceModel } from './splice-model.ts';

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
    hasGatewayParameters(chat) ||
    (chat.stream && chat.stream_options != null && !chat.stream_options.include_usage) ||
    (difference !== null && makesADifference(chat, difference));
  const spliced = rewrite ? null : splice(text, chat, upstreamModel);
  return spliced ?? stringify(chat, upstreamModel, difference);
}

function stringify(chat: ChatRequest, model: string, difference: Difference | null): string {
  const body: Record<string, unknown> = { ...withoutGatewayParameters(chat), model };
  if (chat.stream) body.stream_options = { ...chat.stream_options, include_usage: true };
  if (difference) applyDifference(body, chat, difference);
  return JSON.stringify(body);
}

/** Null where a splice would not be safe. */
function splice(text: string, chat: ChatRequest, model: string): string | null {
  const spliced = spliceModel(text, model);
  if (spliced === null || !chat.stream || chat.stream_options != null) return spliced;
  if (Object.hasOwn(chat, 'stream_options')) return null;
  const brace = spliced.indexOf('{') + 1;
  return `${spliced.slice(0, brace)}"stream_options":{"include_usage":true},${spliced.slice(brace)}`;
}
