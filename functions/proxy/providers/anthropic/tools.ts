import type { Ask } from '../adapter.ts';
import { isObject, type Json } from '../json.ts';
import type { Refuse } from '../unsupported.ts';
import { cacheMark } from './cache-mark.ts';
import type { ClaudeModel } from './claude-models.ts';

/** OpenAI's functions as Anthropic's tools; tools of Anthropic's own kinds go as they are. */
export function translateTools({ chat }: Ask, claude: ClaudeModel, refuse: Refuse): Json[] {
  return (chat.tools ?? []).flatMap((tool: Json, index) => {
    if (tool.type !== 'function') {
      // `custom` is in both; Anthropic's has a schema.
      if (tool.type !== 'custom' || isObject(tool.input_schema)) return [tool];
      refuse(`tools[${index}].type`, 'custom');
      return [];
    }
    const called = isObject(tool.function) ? tool.function : {};
    return [
      {
        name: called.name,
        ...(called.description == null ? {} : { description: called.description }),
        input_schema: called.parameters ?? { type: 'object', properties: {} },
        ...(called.strict === true && claude.hasOutputFormat ? { strict: true } : {}),
        ...cacheMark(tool, called),
      },
    ];
  });
}

/** `tool_choice` and `parallel_tool_calls`, which are one at Anthropic. Undefined: as it likes. */
export function translateToolChoice({ chat }: Ask, refuse: Refuse): Json | undefined {
  const choice = chooseTool(chat.tool_choice, refuse);
  if (chat.parallel_tool_calls == null || !chat.tools?.length || choice?.type === 'none') {
    return choice;
  }
  const alone = chat.parallel_tool_calls === false;
  if (!alone) return choice;
  return { ...(choice ?? { type: 'auto' }), disable_parallel_tool_use: true };
}

function chooseTool(choice: unknown, refuse: Refuse): Json | undefined {
  if (choice == null) return undefined;
  if (choice === 'auto' || choice === 'none') return { type: choice };
  if (choice === 'required') return { type: 'any' };
  if (isObject(choice)) {
    if (choice.type === 'function' && isObject(choice.function)) {
      return { type: 'tool', name: choice.function.name };
    }
    if (choice.type === 'any' || choice.type === 'tool') return choice;
  }
  refuse('tool_choice', 'in this form');
  return undefined;
}
