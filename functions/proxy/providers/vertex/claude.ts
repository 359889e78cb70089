import type { Ask, Exchange, Failure } from '../adapter.ts';
import { withBetas } from '../anthropic/betas.ts';
import { createMessagesReader } from '../anthropic/chunks.ts';
import { translateCompletion } from '../anthropic/completion.ts';
import { readFailure as readAnthropicFailure } from '../anthropic/failure.ts';
import { buildMessagesRequest } from '../anthropic/request.ts';
import { readFailure as readGoogleFailure } from '../gemini/failure.ts';
import type { Json } from '../json.ts';

/** Claude at Vertex speaks Anthropic's wire; the model is in the path, the version in the body. */
export async function beginClaude(
  ask: Ask,
  path: string,
  headers: () => Promise<Record<string, string>>,
): Promise<Exchange> {
  const { body, usesJsonTool } = buildMessagesRequest(ask);
  const { model: _, ...message } = body;
  const method = ask.chat.stream ? 'streamRawPredict' : 'rawPredict';
  return {
    request: {
      path: `${path}:${method}`,
      headers: withBetas(await headers(), ask),
      body: JSON.stringify({ anthropic_version: 'vertex-2023-10-16', ...message }),
    },
    completion: (answer) => translateCompletion(answer, usesJsonTool),
    read: () => createMessagesReader(usesJsonTool),
  };
}

/** An error is Anthropic's, or Google's from before it got there, which has a status. */
export function readClaudeFailure(body: Json): Failure | null {
  const google = readGoogleFailure(body);
  return google?.type === undefined ? readAnthropicFailure(body) : google;
}
