import { GatewayError } from '../../../_shared/errors.ts';
import type { Tokens } from '../../../_shared/units.ts';
import type { Question, Relay, RelayOptions, Way } from '../../api.ts';
import type { Door } from '../../providers/adapter.ts';
import { readFailure } from '../../providers/anthropic/failure.ts';
import { readMessagesUsage } from '../../providers/anthropic/usage.ts';
import { isObject, type Json } from '../../providers/json.ts';
import { asUpstreamFailure } from '../../providers/openai-error.ts';
import { readObjectEvents, renameIn } from '../../stream/object-events.ts';
import { parseAnswer } from '../completion.ts';
import { nativeBody } from '../door.ts';
import { check, renamed } from '../native.ts';
import { createMessageAssembler } from './assemble.ts';
import type { MessagesRequest } from './request.ts';

/** A message of a provider that speaks the API: bytes go and come back, but for the model's name. */
export function nativeMessages(
  { asked, text }: Question<MessagesRequest>,
  door: Door,
  upstreamModel: string,
): Way {
  const { model } = asked;
  return {
    request: { ...door, body: nativeBody(text, asked, upstreamModel) },
    streamType: 'text/event-stream',
    whole(raw, answer) {
      const message = check(parseAnswer(raw, answer), 'content', raw);
      const sent = renamed(raw, message, model);
      return {
        body: message,
        text: sent,
        sent,
        tokens: isObject(message.usage) ? readMessagesUsage(message.usage) : null,
        responseId: wordOf(message.id),
        finishReason: wordOf(message.stop_reason),
        completion: () => JSON.stringify(message.content),
      };
    },
    relay: (options) => createMessagesRelay(model, options),
  };
}

const wordOf = (given: unknown) => (typeof given === 'string' ? given : null);

/** The last event is held back until the record is safe, as the end of a chat stream is. */
function createMessagesRelay(model: string, { onFirstToken }: RelayOptions): Relay {
  const events = readObjectEvents();
  const assembler = createMessageAssembler(model);
  let tokens: Tokens | null = null;
  let seenToken = false;
  let held = '';

  function take(text: string, event: Json): string {
    if (event.type === 'error') throw inStream(event);
    assembler.add(event);
    if (event.type === 'content_block_delta' && !seenToken) {
      seenToken = true;
      onFirstToken();
    }
    if (event.type === 'message_start') return renameIn(text, event, 'message', model);
    // The first event tells of an answer that has not begun; what counts comes last.
    if (event.type === 'message_delta') tokens = readMessagesUsage(usageOf(assembler.message()));
    if (event.type !== 'message_stop') return text;
    held = text;
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
        return assembler.message();
      },
      get tokens() {
        return tokens;
      },
      get responseId() {
        return wordOf(assembler.message()?.id);
      },
      get finishReason() {
        return wordOf(assembler.message()?.stop_reason);
      },
      completion: () => assembler.text(),
    },
  };
}

const usageOf = (message: Json | null) => message?.usage;

function inStream(event: Json): GatewayError {
  const failure = readFailure(event);
  return failure
    ? asUpstreamFailure(failure, 'upstream_interrupted')
    : new GatewayError('upstream_interrupted', 'The upstream reported an error in its stream.');
}
