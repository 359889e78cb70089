import type { IncomingHttpHeaders } from 'node:http';
import type { z } from 'zod';
import type { ErrorBody, GatewayError } from '../_shared/errors.ts';
import type { Nanos } from '../_shared/money.ts';
import type { Tokens } from '../_shared/units.ts';
import type { ChatRequest } from './chat-request.ts';
import type { WireRequest } from './providers/adapter.ts';
import type { Target } from './providers/target.ts';
import type { ChatChunk } from './stream/assemble.ts';
import type { TokenCounter } from './tokenizer/token-counter.ts';

/** A checked request, of whichever API; what all of them have in common has a type. */
export interface Asked {
  model: string;
  stream?: boolean | null | undefined;
  user?: string | null | undefined;
  tags?: string[] | null | undefined;
  metadata?: Record<string, unknown> | null | undefined;
  [name: string]: unknown;
}

/** What a call asks a deployment. */
export interface Question<A extends Asked = Asked> {
  asked: A;
  /** Of the deployment that is asked. */
  deploymentId: string;
  /** The body as the client sent it. */
  text: string;
  /** The client's own headers: some providers are steered by one, as by `anthropic-beta`. */
  clientHeaders: IncomingHttpHeaders;
}

/** What is known of an answer, whole or as far as it came. */
export interface Told {
  /** As the books keep it: the object that the client got, a stream's events put together. */
  body: unknown;
  /** As the upstream reported them; null where it did not. */
  tokens: Tokens | null;
  responseId: string | null;
  finishReason: string | null;
  /** The text to count where no usage was reported. */
  completion(): string;
}

/** An answer that came at once. */
export interface Whole extends Told {
  /** What the client gets. */
  sent: string;
  /** `body` as JSON text where it is there already. */
  text: string | null;
}

/** The side reader of a stream: gives what is to be sent on, and keeps what the books need. */
export interface Relay {
  /** What to send on. Throws a GatewayError when the upstream reports an error in-stream. */
  push(bytes: Buffer): string;
  /** Whether the upstream has said that it is at its end: what follows is not of the answer. */
  readonly done: boolean;
  /** Whether the answer came whole. */
  readonly whole: boolean;
  /** What was held back of it: the client gets it when the record is safe. */
  end(settled: { tokens: Tokens | null; cost: Nanos | null }): string;
  readonly told: Told;
}

export interface RelayOptions {
  /** Called once, at the first piece that holds something a person would see. */
  onFirstToken: () => void;
  /** Called with each of OpenAI's chunks, as the upstream or its adapter gave it. */
  onChunk?: ((chunk: ChatChunk) => void) | null;
}

/** How one call is made at one deployment. What must be remembered till the answer is its closure's. */
export interface Way {
  request: Omit<WireRequest, 'body'> & {
    /** POST, where nothing is said. */
    method?: 'GET' | 'DELETE';
    /** Null where there is none. */
    body: string | null;
  };
  /** The content type of its streams. */
  streamType: string;
  /** Throws a GatewayError `upstream` where the answer is none. */
  whole(raw: string, answer: { status: number; contentType: string }): Whole;
  /** Absent where nothing is streamed. */
  relay?(options: RelayOptions): Relay;
}

/** How the answers of an API are kept and given again. */
export interface Keeping<A extends Asked = Asked> {
  /** LiteLLM's names of its calls, the one for async Python and the other. */
  callTypes: readonly string[];
  /** Whether an answer is one that its client would not ask for again. */
  isWorthIt(told: Told, tokens: Tokens): boolean;
  /** What the books keep of it, where that is not all. */
  booked?(text: string): unknown;
  /** Absent where streams go their way as if there were no cache. */
  streams?: {
    /** Whether putting a stream together would lose something of this chunk: then it is not kept. */
    losesSomething(chunk: ChatChunk): boolean;
    /** A stream put together, as the answer that the call would have had without `stream`. */
    assembled(body: unknown, asked: A, tokens: Tokens): string;
    /** Such an answer as a stream, with its end. It cost nothing. */
    replay(text: string, asked: A, tokens: Tokens): string;
  };
}

/** An API whose calls go down the stairs: what is its own of one is told here. */
export interface Api<A extends Asked = Asked> {
  method: 'POST' | 'GET' | 'DELETE';
  /** With `/v1`, as the books name it; a segment that starts with a colon is a parameter. */
  endpoint: string;
  /** OpenTelemetry's `gen_ai.operation.name`, or a word of its kind. */
  operation: string;
  /** A line on what it does, for the page of them all. */
  summary: string;
  /** Of the body, with the path's parameters over it. */
  schema: z.ZodType<A>;
  /** The question, for who has to count its tokens; null where tokens are not what it is paid by. */
  prompt(asked: A): string | ChatRequest['messages'] | null;
  /** Costs nothing: what it is about was paid when it was made. */
  isFree?: boolean;
  /** False where the question is in the path and the query alone. */
  hasBody?: boolean;
  /** The deployment that alone can answer, as it made what the question refers to. */
  pinned?(asked: A): string | null;
  /** The answer of an API that needs no upstream at this deployment; null where it does. */
  here?(asked: A, target: Target, tokenCounter: TokenCounter): Promise<object> | null;
  /** Throws `invalid_request` where the deployment cannot do it, saying what to do. */
  begin(question: Question<A>, target: Target): Way | Promise<Way>;
  /** None where no answer is kept. */
  keeping?: Keeping<A>;
  /** Where its errors are not OpenAI's. */
  failures?: {
    body?(error: GatewayError): object;
    /** The last event of a stream that broke. */
    event(error: GatewayError): string;
  };
}

/** OpenAI's way to tell an error at the end of a stream. */
export const errorEvent = (body: ErrorBody): string => `data: ${JSON.stringify(body)}\n\n`;
