import type { Ask } from '../adapter.ts';
import { isObject, type Json } from '../json.ts';
import type { Refuse } from '../unsupported.ts';

/** `tools` and `tool_choice`, with `strict_tools`, which Cohere has once for all of them. */
export function offerTools(ask: Ask, refuse: Refuse): Json {
  const { chat } = ask;
  const given = (chat.tools ?? []).flatMap((tool: Json, index) => {
    if (tool.type === 'function' && isObject(tool.function)) return [tool.function];
    refuse(`tools[${index}].type`, String(tool.type));
    return [];
  });
  if (given.length === 0) return {};
  if (chat.parallel_tool_calls === false) refuse('parallel_tool_calls', "with the value 'false'");
  const { only, tool_choice } = chooseTool(chat.tool_choice, refuse);
  const offered = only === undefined ? given : given.filter(({ name }) => name === only);
  const tools = offered.map(({ name, description, parameters }) => ({
    type: 'function',
    function: {
      name,
      ...(description == null ? {} : { description }),
      parameters: parameters ?? { type: 'object', properties: {} },
    },
  }));
  return {
    tools,
    ...(tool_choice === undefined ? {} : { tool_choice }),
    ...(offered.some(({ strict }) => strict === true) ? { strict_tools: true } : {}),
  };
}

interface Choice {
  /** Cohere can't be told which one: it is offered no other. */
  only?: unknown;
  tool_choice?: 'REQUIRED' | 'NONE';
}

function chooseTool(choice: unknown, refuse: Refuse): Choice {
  if (choice == null || choice === 'auto') return {};
  if (choice === 'none') return { tool_choice: 'NONE' };
  if (choice === 'required') return { tool_choice: 'REQUIRED' };
  if (isObject(choice) && choice.type === 'function' && isObject(choice.function)) {
    return { only: choice.function.name, tool_choice: 'REQUIRED' };
  }
  refuse('tool_choice', 'in this form');
  return {};
}
