import type { ChatRequest } from '../../chat-request.ts';
import type { Ask } from '../adapter.ts';
import { isObject, type Json } from '../json.ts';
import type { Refuse } from '../unsupported.ts';

type Message = ChatRequest['messages'][number];

/** OpenAI's messages as Cohere's, which differ in little. */
export function translateMessages({ chat }: Ask, refuse: Refuse): Json[] {
  return chat.messages.flatMap((message, index) => {
    const place = `messages[${index}]`;
    switch (message.role) {
      case 'system':
      case 'developer':
        return [{ role: 'system', content: translateContent(message, place, refuse) }];
      case 'user':
        return [{ role: 'user', content: translateContent(message, place, refuse) }];
      case 'assistant':
        return [assistant(message, place, refuse)];
      case 'tool': {
        const content = translateContent(message, place, refuse);
        return [{ role: 'tool', tool_call_id: message.tool_call_id, content }];
      }
      default:
        refuse(`${place}.role`, message.role);
        return [];
    }
  });
}

/** Why tools were called is Cohere's `tool_plan`; it comes as reasoning, and goes back so. */
function assistant(message: Message, place: string, refuse: Refuse): Json {
  const { tool_calls: calls, reasoning_content: plan } = message;
  if (message.function_call != null) refuse(`${place}.function_call`);
  const content = translateContent(message, place, refuse);
  if (!Array.isArray(calls) || calls.length === 0) return { role: 'assistant', content };
  return {
    role: 'assistant',
    ...(content.length > 0 ? { content } : {}),
    ...(typeof plan === 'string' && plan !== '' ? { tool_plan: plan } : {}),
    tool_calls: calls.filter(isObject).map((call) => {
      const called = isObject(call.function) ? call.function : {};
      // Cohere parses them, and an empty text is no JSON.
      const given = called.arguments == null || called.arguments === '' ? '{}' : called.arguments;
      const made = { name: called.name, arguments: given };
      return { id: call.id, type: 'function', function: made };
    }),
  };
}

function translateContent({ content }: Message, place: string, refuse: Refuse): string | Json[] {
  if (!Array.isArray(content)) return content ?? '';
  return content.flatMap((part: Json, index): Json[] => {
    if (part.type === 'text' || part.type === 'refusal') {
      return [{ type: 'text', text: part.text ?? part.refusal }];
    }
    if (part.type === 'image_url') {
      const image = isObject(part.image_url) ? part.image_url : { url: part.image_url };
      return [{ type: 'image_url', image_url: image }];
    }
    // A tool's result may be one of Cohere's documents, to be cited.
    if (part.type === 'document') return [{ type: 'document', document: part.document }];
    refuse(`${place}.content[${index}]`, `of type ${String(part.type)}`);
    return [];
  });
}
