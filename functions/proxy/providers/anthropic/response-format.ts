import type { Ask } from '../adapter.ts';
import { isObject, type Json } from '../json.ts';
import type { Refuse } from '../unsupported.ts';
import type { ClaudeModel } from './claude-models.ts';

/** LiteLLM's name for the tool by which a model that knows no output format gives its JSON. */
export const jsonToolName = 'json_tool_call';

export interface AnswerShape {
  /** For `output_config`. */
  format?: Json;
  /** To be among the tools; its input is the answer. */
  jsonTool?: Json;
}

/**
 * `response_format`. A schema is held to by the API itself where the model has that; older models
 * and JSON without a schema, which Anthropic has no word for, take a tool that must be called.
 */
export function shapeAnswer(
  { chat }: Ask,
  model: Pick<ClaudeModel, 'hasOutputFormat'>,
  refuse: Refuse,
): AnswerShape {
  const given = chat.response_format;
  if (given == null) return {};
  if (isObject(given)) {
    if (given.type === 'text') return {};
    if (given.type === 'json_object') return { jsonTool: jsonTool(anyObject) };
    if (given.type === 'json_schema' && isObject(given.json_schema)) {
      const { schema, description } = given.json_schema;
      if (!isObject(schema)) return { jsonTool: jsonTool(anyObject) };
      return model.hasOutputFormat
        ? { format: { type: 'json_schema', schema: closed(schema) } }
        : { jsonTool: jsonTool(schema, description) };
    }
  }
  refuse('response_format', 'in this form');
  return {};
}

const anyObject = { type: 'object', properties: {}, additionalProperties: true };

function jsonTool(input_schema: Json, description?: unknown): Json {
  const why =
    typeof description === 'string'
      ? description
      : 'Gives the answer: call it once, with all of it.';
  return { name: jsonToolName, description: why, input_schema };
}

const schemaMaps = new Set(['properties', '$defs', 'definitions']);
const schemas = new Set(['items', 'prefixItems', 'anyOf', 'oneOf', 'allOf', 'not']);

/** Anthropic takes a schema only if each object in it says that it has no further members. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (!isObject(schema)) return schema;
  const inner = mapMembers(schema, (name, value) => {
    if (schemaMaps.has(name) && isObject(value))
      return mapMembers(value, (_, each) => closed(each));
    return schemas.has(name) ? closed(value) : value;
  });
  const isOpen = schema.type === 'object' && schema.additionalProperties === undefined;
  return isOpen ? { ...inner, additionalProperties: false } : inner;
}

function mapMembers(object: Json, map: (name: string, value: unknown) => unknown): Json {
  return Object.fromEntries(
    Object.entries(object).map(([name, value]) => [name, map(name, value)]),
  );
}
