/** LiteLLM's: a stretch of reasoning, whose signature lets its provider take it back. */
export type ThinkingBlock =
  | { type: 'thinking'; thinking: string; signature?: string }
  | { type: 'redacted_thinking'; data: string };

/**
 * Adds a piece of a stream to the blocks so far. Pieces have no index: a block grows until its
 * signature comes, which is always the last of it.
 */
export function addThinking(blocks: ThinkingBlock[], piece: unknown): void {
  if (typeof piece !== 'object' || piece === null) return;
  const { type, thinking, signature, data } = piece as Record<string, unknown>;
  if (type === 'redacted_thinking' && typeof data === 'string') {
    blocks.push({ type, data });
    return;
  }
  if (type !== 'thinking') return;
  let block = blocks.at(-1);
  if (block?.type !== 'thinking' || block.signature !== undefined) {
    block = { type, thinking: '' };
    blocks.push(block);
  }
  if (typeof thinking === 'string') block.thinking += thinking;
  if (typeof signature === 'string' && signature !== '') block.signature = signature;
}
