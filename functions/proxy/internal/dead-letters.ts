import { GatewayError } from '../../_shared/errors.ts';
import { answerAccepted, receiveEvents } from '../../_shared/events/receive.ts';
import type { Routes } from '../../_shared/http/router.ts';
import type { Logger } from '../../_shared/telemetry.ts';
import { fromExtensions, oneMore, restMs } from '../outbox/failures.ts';
import type { Outbox } from '../outbox/outbox.ts';

export const deadLettersPath = '/internal/events/dead-letters';

/** What a subscriber answers when the event itself is at fault; another try would end the same. */
const poison = new Set(['400', '401', '403', '413', '415', '422']);

/**
 * Where the broker brings events that it could not deliver. The proxy is the function with a
 * disk: it puts them back into its outbox, for later, or aside when they were refused for good.
 */
export function deadLetters(parts: {
  outbox: Outbox;
  eventsKey: Buffer;
  eventLimit: number;
  logger: Logger;
  now?: () => number;
}): Routes {
  const { outbox, eventsKey, eventLimit, logger, now = Date.now } = parts;
  return {
    [`POST ${deadLettersPath}`]: async (request, response) => {
      const events = await receiveEvents(request, {
        key: eventsKey,
        requireSignature: true,
        limit: eventLimit,
      });
      for (const event of events) {
        const { knativeerrorcode: code, knativeerrordest: from } = event.extensions;
        if (event.data === undefined) {
          throw new GatewayError('invalid_request', 'A dead letter without data says nothing.');
        }
        const refused = poison.has(String(code));
        logger.warn({ id: event.id, type: event.type, from, code }, 'a dead letter came back');
        const { extensions, failures: before } = fromExtensions(ownExtensions(event.extensions));
        const failures = oneMore(before, `${from} answered ${code}`, now());
        await outbox.put({
          id: event.id,
          source: event.source,
          type: event.type,
          time: event.time,
          extensions,
          data: JSON.stringify(event.data),
          failures,
          ...(refused ? { parked: failures.last } : { notBefore: now() + restMs(failures) }),
        });
      }
      answerAccepted(response);
    },
  };
}

/** What the broker added on the way is not the event's own. */
function ownExtensions(extensions: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(extensions)
      .filter(([name]) => !name.startsWith('knative') && name !== 'sig')
      .map(([name, value]) => [name, String(value)]),
  );
}
