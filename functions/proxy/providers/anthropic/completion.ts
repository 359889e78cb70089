import { GatewayError } from '../../../_shared/errors.ts';
import type { ThinkingBlock } from '../../stream/thinking-blocks.ts';
import type { Completion } from '../adapter.ts';
import { isObject, type Json } from '../json.ts';
import { buildCompletion, type FinishReason, type Said } from '../openai-answer.ts';
import { jsonToolName } from './response-format.ts';
import { readMessagesUsage } from './usage.ts';

const finishReasons: Record<string, FinishReason> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  pause_turn: 'stop',
  tool_use: 'tool_calls',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  refusal: 'content_filter',
};

/** `calledTools`: a call of the JSON tool is an answer, not a call. */
export function finishReason(stopReason: unknown, calledTools: boolean): FinishReason {
  const reason = finishReasons[String(stopReason)] ?? 'stop';
  return reason === 'tool_calls' && !calledTools ? 'stop' : reason;
}

/** Anthropic's message object as OpenAI's completion. */
export function translateCompletion(answer: Json, usesJsonTool: boolean): Completion {
  if (!Array.isArray(answer.content)) {
    const start = JSON.stringify(answer).slice(0, 200);
    throw new GatewayError('upstream', `The upstream's answer has no content: ${start}`);
  }
  const said = readBlocks(answer.content.filter(isObject), usesJsonTool);
  return buildCompletion({
    id: typeof answer.id === 'string' ? answer.id : '',
    said,
    finishReason: finishReason(answer.stop_reason, said.toolCalls.length > 0),
    tokens: isObject(answer.usage) ? readMessagesUsage(answer.usage) : null,
  });
}

function readBlocks(blocks: Json[], usesJsonTool: boolean) {
  const texts: string[] = [];
  const thoughts: string[] = [];
  const thinkingBlocks: ThinkingBlock[] = [];
  const toolCalls: NonNullable<Said['toolCalls']> = [];
  for (const block of blocks) {
    if (block.type === 'text') texts.push(String(block.text ?? ''));
    else if (block.type === 'thinking') {
      const thinking = String(block.thinking ?? '');
      thoughts.push(thinking);
      thinkingBlocks.push({ type: 'thinking', thinking, ...signatureOf(block) });
    } else if (block.type === 'redacted_thinking') {
      thinkingBlocks.push({ type: 'redacted_thinking', data: String(block.data ?? '') });
    } else if (block.type === 'tool_use') {
      const input = JSON.stringify(block.input ?? {});
      if (usesJsonTool && block.name === jsonToolName) texts.push(input);
      else toolCalls.push({ id: String(block.id), name: String(block.name), arguments: input });
    }
  }
  const content = texts.length > 0 || toolCalls.length === 0 ? texts.join('') : null;
  return { content, reasoning: thoughts.join(''), thinkingBlocks, toolCalls };
}

function signatureOf({ signature }: Json): { signature?: string } {
  return typeof signature === 'string' ? { signature } : {};
}
