import { GatewayError } from '../../_shared/errors.ts';
import type { Question, Told, Way, Whole } from '../api.ts';
import { readErrorObject } from '../providers/openai-error.ts';
import { spliceModel } from '../providers/splice-model.ts';
import type { Target } from '../providers/target.ts';
import { parseAnswer } from './completion.ts';
import { nativeBody, needDoor } from './door.ts';

type Given = Record<string, unknown>;

export interface NativeAnswer {
  /** Without `/v1`. */
  path: string;
  /** A member without which an answer is none. */
  member: string;
  /** What an answer tells of itself, beside what all of them do. */
  read(given: Given): Partial<Told>;
  relay?: Way['relay'];
}

/** An API that is passed on as it is: bytes go and come back, but for the model's name. */
export function nativeWay(
  { asked, text, clientHeaders }: Question,
  target: Target,
  { path, member, read, relay }: NativeAnswer,
): Way {
  const door = needDoor(target, path, asked, clientHeaders);
  return {
    request: { ...door, body: nativeBody(text, asked, target.model) },
    streamType: 'text/event-stream',
    whole(raw, answer): Whole {
      const given = check(parseAnswer(raw, answer), member, raw);
      const sent = renamed(raw, given, asked.model);
      const told = read(given);
      return {
        body: given,
        text: told.body === undefined ? sent : null,
        sent,
        tokens: null,
        responseId: typeof given.id === 'string' ? given.id : null,
        finishReason: null,
        completion: () => '',
        ...told,
      };
    },
    ...(relay && { relay }),
  };
}

export function check(given: Given, member: string, raw: string): Given {
  // Some upstreams answer 200 with an error inside.
  if (given[member] === undefined && given.error != null) {
    throw readErrorObject(given.error, 'upstream');
  }
  if (given[member] === undefined) {
    const start = raw.slice(0, 200);
    throw new GatewayError('upstream', `The upstream's answer has no ${member}: ${start}`);
  }
  return given;
}

/** The answer's text under the name that the client asked for, where it tells a name. */
export function renamed(raw: string, given: Given, model: string): string {
  if (typeof given.model !== 'string' || given.model === model) return raw;
  return spliceModel(raw, model) ?? JSON.stringify({ ...given, model });
}
