import { z } from 'zod';
import type { Nanos } from '../../_shared/money.ts';
import { type EpochMs, type Tokens, tokenKinds } from '../../_shared/units.ts';

/** An answer as it is kept, whether its call was streamed or not. */
export interface KeptAnswer {
  /** OpenAI's completion object as JSON text, under the name that clients ask for. */
  text: string;
  responseId: string | null;
  finishReason: string | null;
  tokens: Tokens;
  tokensSource: 'upstream' | 'tokenizer';
  /** What it cost when it was made; null where no price is known. */
  cost: Nanos | null;
  madeAt: EpochMs;
  expiresAt: EpochMs;
}

const count = z.number().int().min(0);
const head = z.object({
  version: z.literal(1),
  length: count,
  responseId: z.string().nullable(),
  finishReason: z.string().nullable(),
  tokens: z.record(z.enum(tokenKinds), count),
  tokensSource: z.enum(['upstream', 'tokenizer']),
  cost: count.nullable(),
  madeAt: count,
  expiresAt: count,
});

/** One line of what it is, then the text: written into the head it would be escaped a second time. */
export function encodeAnswer({ text, ...facts }: KeptAnswer): Buffer {
  const head = JSON.stringify({ version: 1, length: text.length, ...facts });
  return Buffer.from(`${head}\n${text}`);
}

/** Null for what is none: of another version, damaged, or somebody else's. */
export function decodeAnswer(value: Buffer): KeptAnswer | null {
  const decoded = value.toString('utf8');
  const end = decoded.indexOf('\n');
  const parsed = head.safeParse(parse(decoded.slice(0, Math.max(0, end))));
  const text = decoded.slice(end + 1);
  if (!parsed.success || parsed.data.length !== text.length) return null;
  const { version, length, ...facts } = parsed.data;
  return { text, ...facts };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
