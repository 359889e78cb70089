/** No call takes a billion tokens; what claims to could not be added up, nor priced, nor booked. */
const mostTokens = 1_000_000_000;

/** A provider's own figure; 0 where it is none that can be right. */
export function tokenCount(given: unknown): number {
  return Number.isSafeInteger(given) && Number(given) >= 0 && Number(given) <= mostTokens
    ? Number(given)
    : 0;
}
