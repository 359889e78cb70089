import { GatewayError } from '../../../_shared/errors.ts';
import { isObject, type Json } from '../../providers/json.ts';
import type { ResponsesRequest } from './request.ts';

/** The input of a response as the messages of a chat. */
export function toMessages({ instructions, input }: ResponsesRequest): Json[] {
  const messages: Json[] = [];
  if (instructions) messages.push({ role: 'system', content: instructions });
  if (typeof input === 'string') messages.push({ role: 'user', content: input });
  else for (const [index, item] of (input ?? []).entries()) add(messages, item, `input[${index}]`);
  return messages;
}

function add(messages: Json[], item: Json, place: string): void {
  const type = item.type ?? 'message';
  if (type === 'message') {
    messages.push({ role: item.role, content: contentOf(item, place) });
  } else if (type === 'function_call') {
    addCall(messages, item);
  } else if (type === 'function_call_output') {
    const content = typeof item.output === 'string' ? item.output : partsOf(item.output, place);
    messages.push({ role: 'tool', tool_call_id: item.call_id, content });
  } else if (type !== 'reasoning') {
    // Reasoning is for the provider that thought it; another has no use for it.
    throw unsupported(`${place}.type`, type);
  }
}

/** Calls that were made together are of one message, and of the text before them. */
function addCall(messages: Json[], { call_id, name, arguments: given }: Json): void {
  const call = { id: call_id, type: 'function', function: { name, arguments: given } };
  const before = messages.at(-1);
  if (before?.role !== 'assistant') {
    messages.push({ role: 'assistant', content: null, tool_calls: [call] });
    return;
  }
  before.tool_calls = [...(Array.isArray(before.tool_calls) ? before.tool_calls : []), call];
}

function contentOf({ role, content }: Json, place: string): unknown {
  if (typeof content === 'string') return content;
  const parts = partsOf(content, `${place}.content`);
  // Of an assistant's own words most providers take text only.
  return role === 'assistant' ? parts.map((part) => part.text ?? '').join('') : parts;
}

function partsOf(content: unknown, place: string): Json[] {
  if (!Array.isArray(content)) return [];
  return content.map((part: unknown, index): Json => {
    const given = isObject(part) ? part : {};
    switch (given.type) {
      case 'input_text':
      case 'output_text':
      case 'text':
        return { type: 'text', text: given.text };
      case 'refusal':
        return { type: 'text', text: given.refusal };
      case 'input_image':
        if (typeof given.image_url === 'string') {
          const { image_url: url, detail } = given;
          return { type: 'image_url', image_url: { url, ...(detail == null ? {} : { detail }) } };
        }
        break;
      case 'input_file': {
        const { file_data, filename, file_id } = given;
        if (file_data != null || file_id != null) {
          return { type: 'file', file: { file_data, filename, file_id } };
        }
      }
    }
    throw unsupported(`${place}[${index}]`, given.type);
  });
}

function unsupported(param: string, type: unknown): GatewayError {
  return new GatewayError(
    'invalid_request',
    `'${param}' is of type '${String(type).slice(0, 64)}', which needs a provider with a Responses API of its own, and this model has none.`,
    { param, upstreamCode: 'unsupported_parameter' },
  );
}
