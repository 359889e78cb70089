import { isFromProxy } from './source.ts';

/** Where the proxy serves bodies: `<door>/<source>/<id>`. */
export const payloadsDoorPath = '/internal/payloads';

interface EventName {
  id: string;
  source: string;
}

/**
 * The `dataref` of a record whose bodies are in the store (CloudEvents extension "dataref", a
 * URI-reference): a path of the proxy. The specification has `data` and what `dataref` leads to be
 * the same; here `data` is the record and `dataref` leads to the part of it that was too large.
 */
export const datarefOf = ({ source, id }: EventName): string =>
  `${payloadsDoorPath}/${encodeURIComponent(source)}/${encodeURIComponent(id)}`;

/**
 * Whether the bodies of an event are in the store under the event's own name. That, of an event of
 * the proxy's own, is all that a `dataref` can say: what another producer puts there is an address
 * of its choosing, and following it would have us ask whatever server it likes (SSRF).
 */
export const refersToPayload = (
  event: EventName & { extensions: Record<string, string> },
): boolean => isFromProxy(event.source) && event.extensions.dataref === datarefOf(event);
