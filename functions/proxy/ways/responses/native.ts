import { GatewayError } from '../../../_shared/errors.ts';
import type { Question, Relay, RelayOptions, Told, Way } from '../../api.ts';
import type { Door } from '../../providers/adapter.ts';
import { isObject, type Json } from '../../providers/json.ts';
import { readErrorObject } from '../../providers/openai-error.ts';
import { readResponsesUsage } from '../../providers/responses-usage.ts';
import { createEventReader } from '../../stream/server-sent-events.ts';
import { parseAnswer } from '../completion.ts';
import { nativeBody } from '../door.ts';
import { check, renamed } from '../native.ts';
import type { ResponsesRequest } from './request.ts';
import { openResponseId, sealResponseId } from './response-id.ts';

/** As the chat relay has it: an event above this is an upstream gone wrong. */
const eventLimit = 16 * 1024 * 1024;

/** Events after which nothing comes. */
const last = new Set(['response.completed', 'response.incomplete', 'response.failed']);

/** A response of a provider that speaks the API: bytes go and come back, but for names and ids. */
export function nativeResponses(
  { asked, text, deploymentId }: Question<ResponsesRequest>,
  door: Door,
  upstreamModel: string,
): Way {
  const { previous_response_id: sealed } = asked;
  const previous = sealed == null ? null : openResponseId(sealed);
  // Both ids stand there as JSON strings and nowhere else: they are long and made at random.
  const body = nativeBody(text, asked, upstreamModel);
  return {
    request: {
      ...door,
      body: previous ? swap(body, sealed ?? '', previous.id) : body,
    },
    ...answersOf({
      model: asked.model,
      deploymentId,
      previous: previous && { sealed, ...previous },
    }),
  };
}

interface Names {
  model: string;
  deploymentId: string;
  /** The id of the response before, as the client and as the upstream know it. */
  previous: { sealed?: string | null | undefined; id: string } | null;
}

const swap = (text: string, from: string, to: string) =>
  text.replaceAll(JSON.stringify(from), JSON.stringify(to));

/** How a response comes back, whoever asked for it. */
export function answersOf(names: Names): Pick<Required<Way>, 'streamType' | 'whole' | 'relay'> {
  const { model, deploymentId, previous } = names;
  const forClient = (text: string, given: Json): string => {
    const id = String(given.id ?? '');
    if (id === '') return text;
    const named = swap(text, id, sealResponseId({ deploymentId, model, id }));
    return previous?.sealed ? swap(named, previous.id, previous.sealed) : named;
  };
  return {
    streamType: 'text/event-stream',
    whole(raw, answer) {
      const given = check(parseAnswer(raw, answer), 'id', raw);
      const sent = forClient(renamed(raw, given, model), given);
      return { ...tellResponse(given, sealed(given, names)), text: sent, sent };
    },
    relay: (options) => createResponsesRelay(names, forClient, options),
  };
}

function sealed(given: Json, { model, deploymentId }: Names): string {
  return sealResponseId({ deploymentId, model, id: String(given.id ?? '') });
}

function tellResponse(given: Json, id: string, text = textOf(given)): Told {
  const reason = isObject(given.incomplete_details) ? given.incomplete_details.reason : null;
  return {
    body: { ...given, id },
    tokens: readResponsesUsage(given.usage),
    responseId: id,
    finishReason: typeof reason === 'string' ? reason : statusWord(given.status),
    completion: () => text,
  };
}

const statusWord = (status: unknown) =>
  status === 'completed' ? 'stop' : typeof status === 'string' ? status : null;

function textOf({ output }: Json): string {
  return output === undefined ? '' : JSON.stringify(output);
}

/** The end of a response is held back until the record is safe, as that of a chat stream is. */
function createResponsesRelay(
  names: Names,
  forClient: (text: string, given: Json) => string,
  { onFirstToken }: RelayOptions,
): Relay {
  const reader = createEventReader({ limit: eventLimit });
  const pieces: string[] = [];
  let response: Json | null = null;
  let held = '';

  function take(text: string, event: Json): string {
    const type = String(event.type);
    if (type === 'error') throw readErrorObject(event.error ?? event, 'upstream_interrupted');
    if (type.endsWith('.delta') && typeof event.delta === 'string') {
      if (pieces.length === 0) onFirstToken();
      pieces.push(event.delta);
    }
    if (!isObject(event.response)) return text;
    response = event.response;
    if (type === 'response.failed' && isObject(response.error)) {
      throw readErrorObject(response.error, 'upstream_interrupted');
    }
    const told = forClient(renameIn(text, event, response, names.model), response);
    if (!last.has(type)) return told;
    held = told;
    return '';
  }

  return {
    push(bytes) {
      let text = '';
      for (const event of read(bytes)) {
        if (held !== '' || event.data === '[DONE]') continue;
        text += event.data === null ? event.text : take(event.text, parse(event.data));
      }
      return text;
    },
    get done() {
      return held !== '';
    },
    get whole() {
      return held !== '';
    },
    end: () => held,
    told: {
      get body() {
        return response && { ...response, id: sealed(response, names), model: names.model };
      },
      get tokens() {
        return response && readResponsesUsage(response.usage);
      },
      get responseId() {
        return response && sealed(response, names);
      },
      get finishReason() {
        return response && tellResponse(response, '').finishReason;
      },
      completion: () => pieces.join(''),
    },
  };

  function read(bytes: Buffer) {
    try {
      return reader.push(bytes);
    } catch (cause) {
      throw new GatewayError('upstream_interrupted', 'The upstream sent an endless event.', {
        cause,
      });
    }
  }
}

function renameIn(text: string, event: Json, response: Json, model: string): string {
  if (typeof response.model !== 'string' || response.model === model) return text;
  const name = JSON.stringify(response.model);
  const literal = text.includes(`"model":${name}`) ? `"model":${name}` : `"model": ${name}`;
  if (text.includes(literal))
    return text.replace(literal, () => `"model":${JSON.stringify(model)}`);
  const changed = { ...event, response: { ...response, model } };
  return `event: ${event.type}\ndata: ${JSON.stringify(changed)}\n\n`;
}

function parse(data: string): Json {
  try {
    const event: unknown = JSON.parse(data);
    if (isObject(event)) return event;
  } catch {
    // Told below, with what it was.
  }
  throw new GatewayError(
    'upstream_interrupted',
    `The upstream sent an event that is not a JSON object: ${data.slice(0, 100)}`,
  );
}
