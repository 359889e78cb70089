import type { IssuedToken, TokenSource } from './token-sources.ts';

/** A token is renewed this long before its end; the metadata server has a new one 5 minutes before. */
const renewBeforeMs = 4 * 60_000;
/** So much of its life is left to a call that takes it along. */
const leastLeftMs = 30_000;

/**
 * Keeps a token until near its end. Calls that need one at the same time wait for the same fetch;
 * where that fails, the old token goes on as long as it is good.
 */
export function createAccessToken(fetch: TokenSource, now = Date.now): () => Promise<string> {
  let kept: { token: string; until: number } | null = null;
  let fetching: Promise<IssuedToken> | null = null;

  async function renew(): Promise<string> {
    const startedAt = now();
    fetching ??= fetch().finally(() => {
      fetching = null;
    });
    const { token, expiresIn } = await fetching;
    kept = { token, until: startedAt + expiresIn * 1000 };
    return token;
  }

  return async () => {
    const left = kept === null ? 0 : kept.until - now();
    if (kept !== null && left > renewBeforeMs) return kept.token;
    const old = left > leastLeftMs ? kept : null;
    try {
      return await renew();
    } catch (error) {
      if (old) return old.token;
      throw error;
    }
  };
}
