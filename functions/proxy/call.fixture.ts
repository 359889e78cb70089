import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Deployment } from '../_shared/config/gateway-config.ts';
import { type Call, openCall } from './call.ts';
import { chatCompletions } from './endpoints/chat-completions.ts';

/** A call at the head of the stairs, on Node's own request and response without a connection. */
export function aCall(fields: Partial<Call> = {}, headers: Record<string, string> = {}): Call {
  const request = new IncomingMessage(new Socket());
  Object.assign(request.headers, headers);
  const call = openCall(request, new ServerResponse(request), chatCompletions);
  return Object.assign(call, fields);
}

export function aDeployment(fields: Partial<Deployment> = {}): Deployment {
  return {
    id: 'deployment-1',
    modelName: 'custom-llm',
    model: 'upstream-model',
    customProvider: 'custom_openai',
    apiBase: 'http://127.0.0.1:9/v1',
    apiKey: null,
    timeoutMs: 1000,
    streamTimeoutMs: 1000,
    prices: {},
    baseModel: null,
    params: {},
    routing: {
      weight: null,
      rpm: null,
      tpm: null,
      order: null,
      tags: [],
      retries: null,
      cooldownMs: null,
      maxInputTokens: null,
    },
    ...fields,
  };
}
