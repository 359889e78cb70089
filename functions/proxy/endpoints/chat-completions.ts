import type { Handler, Routes } from '../../_shared/http/router.ts';
import { type Call, openCall } from '../call.ts';

/** OpenAI's chat completions: a call that goes down the stairs. */
export function chatCompletions(descend: (call: Call) => Promise<void>): Routes {
  const handle: Handler = (request, response) =>
    descend(openCall(request, response, '/v1/chat/completions', 'chat'));
  return { 'POST /v1/chat/completions': handle, 'POST /chat/completions': handle };
}
