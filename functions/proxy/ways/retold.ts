import type { Tokens } from '../../_shared/units.ts';
import type { Question, Relay, RelayOptions, Way, Whole } from '../api.ts';
import type { ChatRequest } from '../chat-request.ts';
import type { ChunkReader, Exchange } from '../providers/adapter.ts';
import { chatBody } from '../providers/chat-body.ts';
import type { Target } from '../providers/target.ts';
import { type ChatChunk, createAssembler } from '../stream/assemble.ts';
import { createChatChunks } from '../stream/chat-chunks.ts';
import { asChunk } from '../stream/pieces.ts';
import { toldOf } from '../stream/told.ts';
import { beginExchange } from './chat.ts';
import { checkCompletion, parseAnswer, tellCompletion } from './completion.ts';

/** Tells a chat's answer in the words of another API, chunk by chunk. */
export interface Teller {
  /** The events of a chunk. */
  chunk(chunk: ChatChunk): string;
  /** The last events. */
  end(tokens: Tokens | null): string;
  /** The object that the client got, as far as it came; null before that. */
  body(tokens: Tokens | null): Record<string, unknown> | null;
}

/** A call of another API as a chat completion, for providers that have no more than that. */
export async function retoldWay(
  chat: ChatRequest,
  { clientHeaders }: Pick<Question, 'clientHeaders'>,
  target: Target,
  createTeller: () => Teller,
): Promise<Way> {
  const { openai, adapter } = target;
  const exchange =
    adapter && (await beginExchange({ asked: chat, clientHeaders }, target, adapter));
  return {
    request: exchange?.request ?? {
      path: openai?.pathOf('/chat/completions') ?? '',
      headers: openai?.headers ?? {},
      body: chatBody(JSON.stringify(chat), chat, target.model, openai?.difference),
    },
    streamType: adapter?.streamType ?? 'text/event-stream',
    whole: (raw, answer) => retell(completionOf(raw, answer, exchange), createTeller()),
    relay: (options) => relayTo(createTeller(), exchange?.read() ?? createChatChunks(), options),
  };
}

function completionOf(
  raw: string,
  answer: { status: number; contentType: string },
  exchange: Exchange | null,
): Record<string, unknown> {
  const given = parseAnswer(raw, answer);
  return exchange ? exchange.completion(given) : checkCompletion(given, raw);
}

/** What came at once is told as a stream of one chunk. */
function retell(completion: Record<string, unknown>, teller: Teller): Whole {
  teller.chunk(asChunk(completion));
  const told = tellCompletion(completion, '');
  const body = teller.body(told.tokens);
  const sent = JSON.stringify(body);
  return { ...told, body, text: sent, sent, responseId: idOf(body) };
}

function relayTo(teller: Teller, reader: ChunkReader, { onFirstToken }: RelayOptions): Relay {
  const assembler = createAssembler();
  const told = toldOf(assembler);
  let seenToken = false;
  return {
    push(bytes) {
      let text = '';
      for (const chunk of reader.push(bytes)) {
        if (assembler.add(chunk) && !seenToken) {
          seenToken = true;
          onFirstToken();
        }
        text += teller.chunk(chunk);
      }
      return text;
    },
    get done() {
      return reader.done;
    },
    get whole() {
      return reader.done || assembler.finished;
    },
    end: ({ tokens }) => teller.end(tokens),
    told: {
      get body() {
        return teller.body(told.tokens);
      },
      get tokens() {
        return told.tokens;
      },
      get responseId() {
        return idOf(teller.body(null));
      },
      get finishReason() {
        return told.finishReason;
      },
      completion: () => told.completion(),
    },
  };
}

function idOf(body: Record<string, unknown> | null): string | null {
  return typeof body?.id === 'string' ? body.id : null;
}
