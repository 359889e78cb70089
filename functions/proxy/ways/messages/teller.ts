import type { Tokens } from '../../../_shared/units.ts';
import { toMessagesUsage } from '../../providers/anthropic/usage.ts';
import type { Json } from '../../providers/json.ts';
import { finishOf, type Piece, piecesOf } from '../../stream/pieces.ts';
import type { Teller } from '../retold.ts';
import { type Block, blank, blockOf, deltaOf, textOf } from './blocks.ts';

const stopReasons: Record<string, string> = {
  stop: 'end_turn',
  length: 'max_tokens',
  tool_calls: 'tool_use',
  content_filter: 'refusal',
};

/** Tells a chat's answer as Anthropic's message: its blocks, one after the other, and their pieces. */
export function createMessagesTeller(model: string): Teller {
  const blocks: Block[] = [];
  let id: string | null = null;
  let finish: string | null = null;

  const event = (type: string, members: Json) =>
    `event: ${type}\ndata: ${JSON.stringify({ type, ...members })}\n\n`;

  function close(): string {
    const block = blocks.at(-1);
    if (!block?.isOpen) return '';
    block.isOpen = false;
    return event('content_block_stop', { index: blocks.length - 1 });
  }

  /** The block that a piece belongs to, begun where it is a new one. */
  function blockFor(piece: Piece): { block: Block; events: string } {
    const current = blocks.at(-1);
    if (current?.isOpen && continues(current, piece)) return { block: current, events: '' };
    const before = close();
    const block = blank(piece);
    blocks.push(block);
    const begun = { index: blocks.length - 1, content_block: block.given };
    return { block, events: before + event('content_block_start', begun) };
  }

  function add(piece: Piece): string {
    const { block, events } = blockFor(piece);
    const index = blocks.indexOf(block);
    const text = textOf(piece);
    let grown = events;
    if (text !== '') {
      block.text += text;
      grown += event('content_block_delta', { index, delta: deltaOf(piece.kind, text) });
    }
    if (piece.kind === 'thought' && piece.signature) {
      block.signature = piece.signature;
      const delta = { type: 'signature_delta', signature: piece.signature };
      grown += event('content_block_delta', { index, delta });
    }
    return grown;
  }

  const message = (tokens: Tokens | null): Json => ({
    id,
    type: 'message',
    role: 'assistant',
    model,
    content: blocks.map(blockOf),
    stop_reason: finish === null ? null : (stopReasons[finish] ?? 'end_turn'),
    stop_sequence: null,
    usage: toMessagesUsage(tokens),
  });

  return {
    chunk(chunk) {
      let text = '';
      if (id === null) {
        id = typeof chunk.id === 'string' && chunk.id !== '' ? chunk.id : 'msg_none';
        text = event('message_start', { message: message(null) });
      }
      for (const piece of piecesOf(chunk)) text += add(piece);
      finish = finishOf(chunk) ?? finish;
      return text;
    },
    end(tokens) {
      const { stop_reason, stop_sequence, usage } = message(tokens);
      const delta = { stop_reason, stop_sequence };
      return close() + event('message_delta', { delta, usage }) + event('message_stop', {});
    },
    body: (tokens) => (id === null ? null : message(tokens)),
  };
}

function continues(block: Block, piece: Piece): boolean {
  if (block.kind !== piece.kind || piece.kind === 'redacted') return false;
  if (piece.kind === 'call') return block.call === piece.index;
  // A signature ends a stretch of thinking.
  return piece.kind !== 'thought' || block.signature === '';
}
