import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { secretsEqual } from '../secrets.ts';

/** What a signature binds together: the event's identity, its data as sent and where more is. */
export interface SignedEvent {
  id: string;
  source: string;
  type: string;
  /** The data's bytes in the event's binary form. */
  data: string | Buffer;
  dataref?: string | undefined;
}

/**
 * The value of the `sig` extension: HMAC-SHA256 by a key derived from the master key. Brokers
 * take unsigned events from anyone who reaches them, so ingest and alert believe only these.
 */
export function signEvent(key: Buffer, event: SignedEvent): string {
  return (
    createHmac('sha256', keyObjectOf(key))
      .update(`${event.type}\n${event.source}\n${event.id}\n`)
      // No data that is JSON begins like this, so none can be passed off as a reference, or the
      // other way round.
      .update(event.dataref ? `dataref ${event.dataref}\n` : '')
      .update(event.data)
      .digest('base64url')
  );
}

const keyObjects = new WeakMap<Buffer, KeyObject>();

/** Made once for a key: making it takes twice as long as a signature. */
function keyObjectOf(key: Buffer): KeyObject {
  const known = keyObjects.get(key);
  if (known) return known;
  const made = createSecretKey(key);
  keyObjects.set(key, made);
  return made;
}

export function verifyEvent(key: Buffer, event: SignedEvent, signature: string): boolean {
  return secretsEqual(signature, signEvent(key, event));
}
