import type { Ask } from '../adapter.ts';
import { isObject, type Json } from '../json.ts';
import type { Refuse } from '../unsupported.ts';
import { cachePoint } from './cache-point.ts';
import type { ModelFamily } from './model-family.ts';

interface Offer {
  toolConfig?: Json;
  /** What only Claude's own `tool_choice` can say, beside Converse's. */
  ofClaude?: Json;
}

/**
 * `tools`, `tool_choice` and `parallel_tool_calls`, with the tool whose call is the answer. Converse
 * has no word for no tool at all: none is offered then.
 */
export function offerTools(
  ask: Ask,
  family: ModelFamily,
  answer: { jsonTool: Json | null; isThinking: boolean },
  refuse: Refuse,
): Offer {
  const { chat } = ask;
  const given = translateTools(ask, family, refuse);
  const choice = given.length > 0 ? chooseTool(chat.tool_choice, refuse) : undefined;
  const { jsonTool, isThinking } = answer;
  const tools = choice === 'none' ? [] : given;
  if (jsonTool) tools.push(toolSpec(jsonTool.name, jsonTool.description, jsonTool.input_schema));
  const called = namesCalled(ask);
  if (tools.length === 0 && called.length > 0) {
    // Without any, Converse refuses the calls and results that are there already.
    if (choice === 'none') refuse('tool_choice', "with the value 'none' after tool calls");
    if (given.length > 0) tools.push(...given);
    else tools.push(...called.map((name) => toolSpec(name, null, anyObject)));
  }
  if (tools.length === 0) return {};
  const chosen = choice === 'none' ? undefined : choice;
  // A model that thinks can't be made to call a tool, nor can some others at all.
  const mustCall = jsonTool && !isThinking && family.canForceTools;
  const toolChoice = mustCall && !chosen?.tool ? { any: {} } : chosen;
  return {
    toolConfig: { tools, ...(toolChoice ? { toolChoice } : {}) },
    ...oneByOne(ask, family, { given, toolChoice }, refuse),
  };
}

const anyObject = { type: 'object', properties: {} };

function toolSpec(name: unknown, description: unknown, schema: unknown, more: Json = {}): Json {
  // An empty description is an error.
  const told = typeof description === 'string' && description !== '' ? { description } : {};
  return { toolSpec: { name, ...told, inputSchema: { json: schema ?? anyObject }, ...more } };
}

function translateTools({ chat }: Ask, family: ModelFamily, refuse: Refuse): Json[] {
  return (chat.tools ?? []).flatMap((tool: Json, index) => {
    if (isObject(tool.systemTool)) return [{ systemTool: tool.systemTool }];
    if (tool.type !== 'function' || !isObject(tool.function)) {
      refuse(`tools[${index}].type`, String(tool.type));
      return [];
    }
    const { name, description, parameters, strict } = tool.function;
    const more = strict === true && family.hasOutputFormat ? { strict } : {};
    return [toolSpec(name, description, parameters, more), ...cachePoint(tool, tool.function)];
  });
}

function chooseTool(choice: unknown, refuse: Refuse): Json | 'none' | undefined {
  if (choice == null) return undefined;
  if (choice === 'none') return 'none';
  if (choice === 'auto') return { auto: {} };
  if (choice === 'required') return { any: {} };
  if (isObject(choice) && choice.type === 'function' && isObject(choice.function)) {
    return { tool: { name: choice.function.name } };
  }
  refuse('tool_choice', 'in this form');
  return undefined;
}

/** Where a kind of choice is told to Converse, Claude's own may not tell it again. */
function oneByOne(
  { chat }: Ask,
  { claude }: ModelFamily,
  { given, toolChoice }: { given: Json[]; toolChoice: Json | undefined },
  refuse: Refuse,
): { ofClaude?: Json } {
  if (chat.parallel_tool_calls !== false || given.length === 0) return {};
  // Older ones know nothing of it at Bedrock.
  if (!claude?.hasOutputFormat) {
    refuse('parallel_tool_calls', 'for this model');
    return {};
  }
  const kind = toolChoice ? {} : { type: 'auto' };
  return { ofClaude: { tool_choice: { ...kind, disable_parallel_tool_use: true } } };
}

/** Of the tools that have been called before. */
function namesCalled({ chat }: Ask): unknown[] {
  const calls = chat.messages.flatMap(({ tool_calls }) =>
    Array.isArray(tool_calls) ? tool_calls : [],
  );
  return [...new Set(calls.map((call) => call?.function?.name))];
}
