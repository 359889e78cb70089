import type { IncomingHttpHeaders } from 'node:http';
import type { Deployment } from '../../_shared/config/gateway-config.ts';
import type { ChatRequest } from '../chat-request.ts';
import type { ChatChunk } from '../stream/assemble.ts';
import type { Found, Place } from './place.ts';

/** A chat call, as an adapter is asked to make it. */
export interface Ask {
  /** Checked. What is meant for the gateway itself has been taken out. */
  chat: ChatRequest;
  /** The name that the provider knows the model by. */
  model: string;
  /** What the provider can't do is dropped, not refused. */
  dropParams: boolean;
  /** The client's own headers: some providers are steered by one, as by `anthropic-beta`. */
  clientHeaders: IncomingHttpHeaders;
}

export interface WireRequest {
  /** From the origin's root, with its query. */
  path: string;
  headers: Record<string, string>;
  body: string;
}

/** OpenAI's completion object. Its `model` is put in by who answers the client. */
export interface Completion {
  id: string;
  object: 'chat.completion';
  created: number;
  choices: { index: number; message: object; finish_reason: string; logprobs?: unknown }[];
  usage?: object;
  [name: string]: unknown;
}

/** Reads one stream, wherever the network cut it. */
export interface ChunkReader {
  /**
   * OpenAI's chunks of what these bytes complete; usage is a chunk without choices, the last one.
   * Throws a GatewayError `upstream_interrupted` for an error that the provider sends in-stream.
   */
  push(bytes: Buffer): ChatChunk[];
  /** Whether the provider has said that its answer is whole. */
  readonly done: boolean;
}

/** One call over a provider's wire. What must be remembered from ask to answer is its closure's. */
export interface Exchange {
  request: WireRequest;
  /** A whole answer. Throws a GatewayError `upstream` where it is none. */
  completion(answer: Record<string, unknown>): Completion;
  read(): ChunkReader;
}

/** A provider's error, in OpenAI's terms. `message` is its own, and `type` too where it has one. */
export interface Failure {
  message: string;
  type?: string;
  /** OpenAI's word for it, where it has one: `context_length_exceeded`, `invalid_api_key`. */
  code?: string;
  param?: string;
  /** OpenAI's status for it, where the provider has one of its own. */
  status?: number;
  /** Seconds, of a provider that tells them in the body. */
  retryAfter?: number;
}

/** A wire that is not OpenAI's, of one deployment. */
export interface Adapter {
  /** The content type of its streams. */
  streamType: string;
  /** Throws `invalid_request` that names the parameter at fault. */
  begin(ask: Ask): Exchange | Promise<Exchange>;
  /** An answer of 400 or above, parsed. Null where it is not in the provider's shape. */
  failure(
    status: number,
    body: Record<string, unknown>,
    headers: IncomingHttpHeaders,
  ): Failure | null;
  /**
   * APIs beside chat that the provider speaks in their own words, by path: what it is sent is the
   * client's, but for the model's name.
   */
  native?: Partial<Record<NativePath, (clientHeaders: IncomingHttpHeaders) => Door>>;
  /** A GET that costs nothing and shows whether the key is right. */
  probe: Probe | (() => Promise<Probe>);
}

export type NativePath = '/messages' | '/messages/count_tokens' | '/rerank';

/** Where requests of one API go. */
export type Door = Pick<WireRequest, 'path' | 'headers'>;

export interface Probe {
  path: string;
  headers: Record<string, string>;
  /** Whether an answer of 400 or above shows all the same that the key is right. */
  isPassed?: (headers: IncomingHttpHeaders) => boolean;
}

/** A provider with a wire of its own, as adapters.ts lists it. */
export interface Provider {
  /** A function where it depends on the deployment, as on its region. */
  place: Place | ((deployment: Deployment, environment: NodeJS.ProcessEnv) => Place);
  /** Throws a SetupError that says what the deployment lacks. */
  connect(found: Found, deployment: Deployment, environment: NodeJS.ProcessEnv): Adapter;
}
