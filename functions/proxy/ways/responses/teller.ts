import type { Tokens } from '../../../_shared/units.ts';
import type { Json } from '../../providers/json.ts';
import { toResponsesUsage } from '../../providers/responses-usage.ts';
import { finishOf, type Piece, piecesOf } from '../../stream/pieces.ts';
import type { Teller } from '../retold.ts';
import { type Item, itemOf, partOf, summaryOf } from './items.ts';
import type { ResponsesRequest } from './request.ts';

const incomplete: Record<string, string> = {
  length: 'max_output_tokens',
  content_filter: 'content_filter',
};

/** Tells a chat's answer as a response: its output's items, one after the other, and their pieces. */
export function createResponsesTeller(
  asked: ResponsesRequest,
  sealId: (id: string) => string,
): Teller {
  const items: Item[] = [];
  let head: { id: string; sealed: string; created: unknown } | null = null;
  let finish: string | null = null;
  let sequence = 0;

  const event = (type: string, members: Json) =>
    `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: sequence++, ...members })}\n\n`;
  /** Of the item that grows: only the last one does. */
  const grown = (item: Item) => ({ item_id: item.id, output_index: items.indexOf(item) });

  function begin(chunkId: unknown, created: unknown): string {
    const id = typeof chunkId === 'string' && chunkId !== '' ? chunkId : 'none';
    head = { id: id.replace(/[^\w-]/g, '_').slice(0, 200), sealed: '', created };
    head.sealed = sealId(head.id);
    const response = object('in_progress', null);
    return event('response.created', { response }) + event('response.in_progress', { response });
  }

  function open(item: Item): string {
    items.push(item);
    const { item_id, output_index } = grown(item);
    const added = event('response.output_item.added', { output_index, item: itemOf(item) });
    const place = { item_id, output_index };
    if (item.kind === 'text') {
      return (
        added +
        event('response.content_part.added', { ...place, content_index: 0, part: partOf('') })
      );
    }
    if (item.kind === 'thought') {
      const members = { ...place, summary_index: 0, part: summaryOf('') };
      return added + event('response.reasoning_summary_part.added', members);
    }
    return added;
  }

  function close(): string {
    const item = items.at(-1);
    if (!item || item.isDone) return '';
    item.isDone = true;
    const { text } = item;
    const place = grown(item);
    const { output_index } = place;
    const done = event.bind(null, 'response.output_item.done');
    if (item.kind === 'text') {
      const at = { ...place, content_index: 0 };
      return (
        event('response.output_text.done', { ...at, text, logprobs: [] }) +
        event('response.content_part.done', { ...at, part: partOf(text) }) +
        done({ output_index, item: itemOf(item) })
      );
    }
    if (item.kind === 'thought') {
      const at = { ...place, summary_index: 0 };
      return (
        event('response.reasoning_summary_text.done', { ...at, text }) +
        event('response.reasoning_summary_part.done', { ...at, part: summaryOf(text) }) +
        done({ output_index, item: itemOf(item) })
      );
    }
    return (
      event('response.function_call_arguments.done', {
        ...place,
        name: item.name,
        arguments: text,
      }) + done({ output_index, item: itemOf(item) })
    );
  }

  /** The item that a piece belongs to, begun where it is a new one. */
  function itemFor(piece: Piece & { kind: Item['kind'] }): { item: Item; events: string } {
    const current = items.at(-1);
    const isSame =
      current?.kind === piece.kind &&
      !current.isDone &&
      (current.kind !== 'call' || piece.kind !== 'call' || current.index === piece.index);
    if (current && isSame) return { item: current, events: '' };
    const before = close();
    const item = newItem(piece, `${head?.id}_${items.length}`);
    return { item, events: before + open(item) };
  }

  function add(piece: Piece): string {
    if (piece.kind === 'redacted') return '';
    const { item, events } = itemFor(piece);
    const delta = piece.kind === 'call' ? piece.arguments : piece.text;
    if (delta === '') return events;
    item.text += delta;
    const place = grown(item);
    if (item.kind === 'call') {
      return events + event('response.function_call_arguments.delta', { ...place, delta });
    }
    const [type, at] =
      item.kind === 'text'
        ? ['response.output_text.delta', { content_index: 0, logprobs: [] }]
        : ['response.reasoning_summary_text.delta', { summary_index: 0 }];
    return events + event(type, { ...place, ...at, delta });
  }

  function object(status: string, tokens: Tokens | null): Json {
    const reason = status === 'incomplete' ? incomplete[finish ?? ''] : undefined;
    return {
      id: head?.sealed,
      object: 'response',
      created_at: head?.created,
      status,
      error: null,
      incomplete_details: reason === undefined ? null : { reason },
      ...echoOf(asked),
      output: items.map(itemOf),
      usage: tokens && toResponsesUsage(tokens),
    };
  }

  const status = () =>
    finish === null ? 'in_progress' : finish in incomplete ? 'incomplete' : 'completed';

  return {
    chunk(chunk) {
      let text = head ? '' : begin(chunk.id, chunk.created);
      for (const piece of piecesOf(chunk)) text += add(piece);
      const reason = finishOf(chunk);
      if (reason === null) return text;
      finish = reason;
      return text + close();
    },
    end(tokens) {
      const closed = close();
      return closed + event(`response.${status()}`, { response: object(status(), tokens) });
    },
    body: (tokens) => head && object(status(), tokens),
  };
}

function newItem(piece: Piece & { kind: Item['kind'] }, id: string): Item {
  const fresh = { text: '', isDone: false };
  if (piece.kind === 'thought') return { kind: 'thought', id: `rs_${id}`, ...fresh };
  if (piece.kind === 'text') return { kind: 'text', id: `msg_${id}`, ...fresh };
  const { index, id: callId, name } = piece;
  return { kind: 'call', id: `fc_${id}`, callId, index, name, ...fresh };
}

/** What a response says again of its request. */
function echoOf(asked: ResponsesRequest): Json {
  return {
    model: asked.model,
    instructions: asked.instructions ?? null,
    max_output_tokens: asked.max_output_tokens ?? null,
    metadata: asked.metadata ?? {},
    parallel_tool_calls: asked.parallel_tool_calls ?? true,
    previous_response_id: null,
    reasoning: asked.reasoning ?? { effort: null, summary: null },
    // Nothing is kept to be continued from: the log is no such store.
    store: false,
    temperature: asked.temperature ?? null,
    text: asked.text ?? { format: { type: 'text' } },
    tool_choice: asked.tool_choice ?? 'auto',
    tools: asked.tools ?? [],
    top_p: asked.top_p ?? null,
    truncation: 'disabled',
    user: asked.user ?? null,
  };
}
