import { GatewayError } from '../../../_shared/errors.ts';
import type { ChatChunk } from '../../stream/assemble.ts';
import type { ChunkReader } from '../adapter.ts';
import { readDataEvents } from '../data-events.ts';
import { isObject, type Json } from '../json.ts';
import { createChunkMaker } from '../openai-answer.ts';
import { asUpstreamFailure } from '../openai-error.ts';
import { createCallIds, finishReason, isBlocked, responseIdOf } from './completion.ts';
import { readFailure } from './failure.ts';
import { readLogprobs } from './logprobs.ts';
import { imageMember, type Piece, readPieces, signatureMember } from './pieces.ts';
import { readUsageMetadata } from './usage.ts';

interface Candidate {
  nextId: () => string;
  toolCalls: number;
  images: number;
  isFinished: boolean;
}

/**
 * Gemini's stream as OpenAI's chunks. Each event is a whole response with the next pieces in it
 * and the usage so far; there is no last one but that with a reason to finish for each candidate.
 */
export function createContentReader(candidatesAsked: number): ChunkReader {
  const maker = createChunkMaker();
  const events = readDataEvents();
  const candidates = new Map<number, Candidate>();
  let isNamed = false;
  let usage: unknown = null;
  let done = false;

  function candidateAt(index: number, responseId: string): Candidate {
    let candidate = candidates.get(index);
    if (!candidate) {
      const nextId = createCallIds(responseId, index);
      candidate = { nextId, toolCalls: 0, images: 0, isFinished: false };
      candidates.set(index, candidate);
    }
    return candidate;
  }

  function tell(piece: Piece, of: Candidate, at: number, logprobs: object | null): ChatChunk {
    switch (piece.kind) {
      case 'text':
        return maker.delta({ content: piece.text }, at, logprobs);
      case 'thought':
        return maker.delta({ reasoning_content: piece.text }, at, logprobs);
      case 'call':
        return maker.toolCall(of.toolCalls++, piece, at);
      case 'image':
        return maker.delta({ images: [imageMember(piece.url, of.images++)] }, at, logprobs);
      case 'signature':
        return maker.delta(signatureMember(piece.signature), at, logprobs);
    }
  }

  function translateCandidate(given: Json, responseId: string): ChatChunk[] {
    const at = typeof given.index === 'number' ? given.index : 0;
    const candidate = candidateAt(at, responseId);
    if (candidate.isFinished) return [];
    const logprobs = readLogprobs(given.logprobsResult);
    const chunks = readPieces(given, candidate.nextId).map((piece, index) =>
      tell(piece, candidate, at, index === 0 ? logprobs : null),
    );
    if (typeof given.finishReason !== 'string') return chunks;
    candidate.isFinished = true;
    return [...chunks, maker.finish(finishReason(given.finishReason, candidate.toolCalls > 0), at)];
  }

  function translate(event: Json): ChatChunk[] {
    if (event.error !== undefined || Array.isArray(event)) throw inStream(event);
    const responseId = responseIdOf(event);
    if (!isNamed) maker.setId(responseId);
    isNamed = true;
    usage = event.usageMetadata ?? usage;
    const given = Array.isArray(event.candidates) ? event.candidates.filter(isObject) : [];
    const chunks = given.flatMap((each) => translateCandidate(each, responseId));
    const blocked = given.length === 0 && candidates.size === 0 && isBlocked(event);
    if (blocked) chunks.push(maker.finish('content_filter'));
    const finished = [...candidates.values()].filter(({ isFinished }) => isFinished).length;
    done = blocked || finished >= candidatesAsked;
    const tokens = done ? readUsageMetadata(usage) : null;
    return tokens ? [...chunks, maker.usage(tokens)] : chunks;
  }

  return {
    push: (bytes) => events(bytes).flatMap((event) => (done ? [] : translate(event))),
    get done() {
      return done;
    },
  };
}

function inStream(event: Json): GatewayError {
  const failure = readFailure(event);
  return failure
    ? asUpstreamFailure(failure, 'upstream_interrupted')
    : new GatewayError('upstream_interrupted', 'The upstream reported an error in its stream.');
}
