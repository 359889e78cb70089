import type { Question, Relay, RelayOptions, Told, Way } from '../../api.ts';
import type { Door } from '../../providers/adapter.ts';
import { isObject, type Json } from '../../providers/json.ts';
import { readErrorObject } from '../../providers/openai-error.ts';
import { readResponsesUsage } from '../../providers/responses-usage.ts';
import { readObjectEvents, renameIn } from '../../stream/object-events.ts';
import { parseAnswer } from '../completion.ts';
import { nativeBody } from '../door.ts';
import { check, renamed } from '../native.ts';
import type { ResponsesRequest } from './request.ts';
import { openResponseId, sealResponseId } from './response-id.ts';

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
  const events = readObjectEvents();
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
    const told = forClient(renameIn(text, event, 'response', names.model), response);
    if (!last.has(type)) return told;
    held = told;
    return '';
  }

  return {
    push(bytes) {
      let text = '';
      for (const event of events(bytes)) {
        if (held !== '') break;
        text += event.object ? take(event.text, event.object) : event.text;
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
}
