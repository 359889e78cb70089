import { randomUUID } from 'node:crypto';
import { GatewayError } from '../../../_shared/errors.ts';
import type { ThinkingBlock } from '../../stream/thinking-blocks.ts';
import type { Completion } from '../adapter.ts';
import { jsonToolName } from '../anthropic/response-format.ts';
import { isObject, type Json } from '../json.ts';
import { buildCompletion, type FinishReason, type Said } from '../openai-answer.ts';
import { readConverseUsage } from './usage.ts';

const finishReasons: Record<string, FinishReason> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  tool_use: 'tool_calls',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  guardrail_intervened: 'content_filter',
  content_filtered: 'content_filter',
  refusal: 'content_filter',
};

/** `calledTools`: a call of the JSON tool is an answer, not a call. */
export function finishReason(stopReason: unknown, calledTools: boolean): FinishReason {
  const reason = finishReasons[String(stopReason)] ?? 'stop';
  return reason === 'tool_calls' && !calledTools ? 'stop' : reason;
}

/** Converse names its answers in a header only. */
export const newId = () => `chatcmpl-${randomUUID()}`;

/** Converse's answer as OpenAI's completion. */
export function translateCompletion(answer: Json, usesJsonTool: boolean): Completion {
  const message = isObject(answer.output) ? answer.output.message : null;
  if (!isObject(message) || !Array.isArray(message.content)) {
    const start = JSON.stringify(answer).slice(0, 200);
    throw new GatewayError('upstream', `The upstream's answer has no content: ${start}`);
  }
  const said = readBlocks(message.content.filter(isObject), usesJsonTool);
  return buildCompletion({
    id: newId(),
    said,
    finishReason: finishReason(answer.stopReason, said.toolCalls.length > 0),
    tokens: readConverseUsage(answer.usage),
  });
}

function readBlocks(blocks: Json[], usesJsonTool: boolean) {
  const texts: string[] = [];
  const thinkingBlocks: ThinkingBlock[] = [];
  const toolCalls: NonNullable<Said['toolCalls']> = [];
  for (const { text, toolUse, reasoningContent, citationsContent } of blocks) {
    if (typeof text === 'string') texts.push(text);
    if (isObject(citationsContent)) texts.push(...citedTexts(citationsContent));
    if (isObject(reasoningContent)) thinkingBlocks.push(...readThoughts(reasoningContent));
    if (isObject(toolUse)) {
      const input = JSON.stringify(toolUse.input ?? {});
      const name = String(toolUse.name);
      if (usesJsonTool && name === jsonToolName) texts.push(input);
      else toolCalls.push({ id: String(toolUse.toolUseId), name, arguments: input });
    }
  }
  const content = texts.length > 0 || toolCalls.length === 0 ? texts.join('') : null;
  const reasoning = thinkingBlocks
    .map((block) => (block.type === 'thinking' ? block.thinking : ''))
    .join('');
  return { content, reasoning, thinkingBlocks, toolCalls };
}

/** Text that has sources is in a block of its own. */
function citedTexts({ content }: Json): string[] {
  if (!Array.isArray(content)) return [];
  return content.map((each) => (typeof each?.text === 'string' ? each.text : ''));
}

function readThoughts({ reasoningText, redactedContent }: Json): ThinkingBlock[] {
  if (typeof redactedContent === 'string') {
    return [{ type: 'redacted_thinking', data: redactedContent }];
  }
  if (!isObject(reasoningText)) return [];
  const { text, signature } = reasoningText;
  const signed = typeof signature === 'string' ? { signature } : {};
  return [{ type: 'thinking', thinking: String(text ?? ''), ...signed }];
}
