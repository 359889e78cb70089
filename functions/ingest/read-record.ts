import { GatewayError } from '../_shared/errors.ts';
import type { ReceivedEvent } from '../_shared/events/binary-event.ts';
import { refersToPayload } from '../_shared/events/dataref.ts';
import { requestCompleted } from '../_shared/events/types.ts';
import { leaveOutDeep } from '../_shared/nesting.ts';
import type { PriceBook } from '../_shared/pricing/price.ts';
import type { BookableRecord } from '../_shared/store/request-logs.ts';
import { totalTokens } from '../_shared/units.ts';

/**
 * A `request.completed` event as it is booked: checked, priced where its producer did not, and
 * without bodies that are nested too deep to be written anew.
 * Throws `invalid_request` that names the field.
 */
export function readRecord(event: ReceivedEvent, priceBook: PriceBook): BookableRecord {
  const parsed = requestCompleted.safeParse(event.data);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const place = issue?.path.join('.') || 'data';
    throw new GatewayError('invalid_request', `Event ${event.id}: ${place}: ${issue?.message}`, {
      param: place,
    });
  }
  const { data } = parsed;
  Object.assign(data, leaveOutDeep({ request: data.request, response: data.response }));
  if (data.cost_nanos === null && totalTokens(data.tokens) > 0) {
    const price = priceBook.price({
      provider: data.provider,
      model: data.upstream_model ?? data.model,
      api_base: data.api_base,
      tokens: data.tokens,
      at: data.started_at,
    });
    Object.assign(data, price);
  }
  return { id: event.id, source: event.source, data, bodies_kept: refersToPayload(event) };
}
