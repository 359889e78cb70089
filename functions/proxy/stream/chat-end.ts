import { type Nanos, nanosToDollars } from '../../_shared/money.ts';
import type { Tokens } from '../../_shared/units.ts';
import { toOpenAiUsage } from '../providers/openai-usage.ts';
import type { Assembler, ChatChunk } from './assemble.ts';

export interface ChatStream {
  assembler: Pick<Assembler, 'usage'>;
  /** The chunk before the end: all of a stream have the same head. */
  last: ChatChunk | null;
  /** The name that the client asked for. */
  model: string;
  wantsUsage: boolean;
}

/** The end of a chat stream: usage and cost where they were asked for, and `[DONE]`. */
export function chatEnd(
  { assembler, last, model, wantsUsage }: ChatStream,
  { tokens, cost }: { tokens: Tokens | null; cost: Nanos | null },
): string {
  if (!wantsUsage) return 'data: [DONE]\n\n';
  const reported = assembler.usage ?? (tokens ? toOpenAiUsage(tokens) : null);
  const given = typeof reported === 'object' && reported !== null ? reported : {};
  // LiteLLM's `include_cost_in_streaming_usage`: headers are long gone when cost is known.
  const usage = { ...given, cost: cost === null ? null : nanosToDollars(cost) };
  const { id, created, system_fingerprint } = last ?? {};
  const chunk = { id, object: 'chat.completion.chunk', created, model, system_fingerprint };
  return `data: ${JSON.stringify({ ...chunk, choices: [], usage })}\n\ndata: [DONE]\n\n`;
}
