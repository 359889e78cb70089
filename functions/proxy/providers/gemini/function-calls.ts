import { parseCallArguments } from '../call-arguments.ts';
import { isObject, type Json } from '../json.ts';
import { readCallId } from './call-id.ts';
import type { Dialect } from './dialect.ts';
import type { GeminiModel } from './gemini-models.ts';

/** Google's own word for a call whose signature nobody has: another model made it. */
const noSignature = 'skip_thought_signature_validator';

interface FunctionCall {
  id: string;
  name: string;
  part: Json;
}

/** An assistant message's calls as Gemini's parts, with their signatures. */
export function functionCalls(
  given: unknown,
  place: string,
  dialect: Dialect,
  model: GeminiModel,
): FunctionCall[] {
  if (!Array.isArray(given)) return [];
  return given.map((call: unknown, index) => {
    const called = isObject(call) && isObject(call.function) ? call.function : {};
    const where = `${place}.tool_calls[${index}].function.arguments`;
    const { id, signature: carried } = readCallId(isObject(call) ? call.id : undefined);
    const own = isObject(call) ? signatureIn(call.extra_content) : null;
    // Of parallel calls Gemini signs the first, and asks for that one alone.
    const substitute = model.wantsSignatures && index === 0 ? noSignature : null;
    const thoughtSignature = carried ?? own ?? substitute;
    const name = String(called.name ?? '');
    const functionCall = {
      ...(dialect.hasCallIds && id !== '' ? { id } : {}),
      name,
      args: parseCallArguments(called.arguments, where),
    };
    const part = { functionCall, ...(thoughtSignature === null ? {} : { thoughtSignature }) };
    return { id, name, part };
  });
}

/** Google's member of OpenAI's messages and calls: `{"google": {"thought_signature"}}`. */
export function signatureIn(extra: unknown): string | null {
  const google = isObject(extra) ? extra.google : null;
  const signature = isObject(google) ? google.thought_signature : null;
  return typeof signature === 'string' && signature !== '' ? signature : null;
}

/** The signature of an answer in words is that of its last part. */
export function signText(parts: Json[], extra: unknown): void {
  const signature = signatureIn(extra);
  const last = parts.at(-1);
  if (signature !== null && last !== undefined) last.thoughtSignature = signature;
}
