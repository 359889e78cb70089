import { randomUUID } from 'node:crypto';
import { GatewayError } from '../../../_shared/errors.ts';
import type { Completion } from '../adapter.ts';
import { isObject, type Json } from '../json.ts';
import { buildChoices, type Choice, type FinishReason } from '../openai-answer.ts';
import { asUpstreamFailure } from '../openai-error.ts';
import { readFailure } from './failure.ts';
import { readLogprobs } from './logprobs.ts';
import { imageMember, type Piece, readPieces, signatureMember } from './pieces.ts';
import { readUsageMetadata } from './usage.ts';

/** The reasons that are not `stop`: Google adds kinds of filter as it likes. */
const finishReasons: Record<string, FinishReason> = {
  MAX_TOKENS: 'length',
  SAFETY: 'content_filter',
  RECITATION: 'content_filter',
  LANGUAGE: 'content_filter',
  BLOCKLIST: 'content_filter',
  PROHIBITED_CONTENT: 'content_filter',
  SPII: 'content_filter',
  MODEL_ARMOR: 'content_filter',
  IMAGE_SAFETY: 'content_filter',
  IMAGE_PROHIBITED_CONTENT: 'content_filter',
  IMAGE_RECITATION: 'content_filter',
};

export function finishReason(given: unknown, calledTools: boolean): FinishReason {
  return finishReasons[String(given)] ?? (calledTools ? 'tool_calls' : 'stop');
}

/** A prompt that was refused has no candidates, and is answered as OpenAI's filter does. */
export function isBlocked({ promptFeedback: feedback }: Json): boolean {
  return isObject(feedback) && typeof feedback.blockReason === 'string';
}

export function responseIdOf({ responseId }: Json): string {
  return typeof responseId === 'string' ? responseId : '';
}

/** Gemini's `GenerateContentResponse` as OpenAI's completion. */
export function translateCompletion(answer: Json): Completion {
  const id = responseIdOf(answer);
  const candidates = Array.isArray(answer.candidates) ? answer.candidates.filter(isObject) : [];
  const choices = candidates.map((candidate, index) => readCandidate(candidate, id, index));
  if (choices.length === 0 && isBlocked(answer)) {
    choices.push({ said: { content: null }, finishReason: 'content_filter' });
  }
  if (choices.length === 0) {
    const failure = readFailure(answer);
    if (failure) throw asUpstreamFailure(failure, 'upstream');
    const start = JSON.stringify(answer).slice(0, 200);
    throw new GatewayError('upstream', `The upstream's answer has no candidates: ${start}`);
  }
  return buildChoices({ id, choices, tokens: readUsageMetadata(answer.usageMetadata) });
}

function readCandidate(candidate: Json, responseId: string, index: number): Choice {
  const pieces = readPieces(candidate, createCallIds(responseId, index));
  const toolCalls = pieces.filter((piece) => piece.kind === 'call');
  const images = pieces.filter((piece) => piece.kind === 'image');
  const signature = pieces.findLast((piece) => piece.kind === 'signature')?.signature;
  const texts = pieces.filter((piece) => piece.kind === 'text');
  const content = texts.length > 0 || toolCalls.length === 0 ? textOf(pieces, 'text') : null;
  return {
    said: {
      content,
      reasoning: textOf(pieces, 'thought'),
      toolCalls: toolCalls.map(({ kind: _, ...call }) => call),
      more: {
        ...(images.length > 0 ? { images: images.map(({ url }, at) => imageMember(url, at)) } : {}),
        ...(signature === undefined ? {} : signatureMember(signature)),
      },
    },
    finishReason: finishReason(candidate.finishReason, toolCalls.length > 0),
    logprobs: readLogprobs(candidate.logprobsResult),
  };
}

function textOf(pieces: Piece[], kind: 'text' | 'thought'): string {
  return pieces.map((piece) => (piece.kind === kind ? piece.text : '')).join('');
}

/** Ids for the calls of one candidate; no other answer has the same. */
export function createCallIds(responseId: string, candidate: number): () => string {
  const answer = responseId || randomUUID();
  let calls = 0;
  return () => `call_${answer}_${candidate}_${calls++}`;
}
