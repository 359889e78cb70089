import { createHash, hash, hkdfSync, timingSafeEqual } from 'node:crypto';

/**
 * What a derived key may be used for. Each purpose has a key of its own, so that one that leaks
 * opens one door only.
 */
export type KeyPurpose = 'store' | 'events' | 'payloads' | 'session';

/** 32 bytes derived from the master key (HKDF-SHA256, RFC 5869). */
export function deriveKey(masterKey: string, purpose: KeyPurpose): Buffer {
  return Buffer.from(hkdfSync('sha256', masterKey, 'tallygate', purpose, 32));
}

/** A bearer token derived from the master key, for calls between our own functions. */
export function deriveBearer(masterKey: string, purpose: KeyPurpose): string {
  return deriveKey(masterKey, purpose).toString('base64url');
}

/** Compares two secrets in a time that tells nothing of either, not even its length. */
export function secretsEqual(given: string, expected: string): boolean {
  const digest = (secret: string) => createHash('sha256').update(secret).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

/** Hex SHA-256 of an API key: how keys are stored and named in records (LiteLLM's `token`). */
export function hashApiKey(key: string): string {
  return hash('sha256', key);
}
