import type { Redacted } from './passages.ts';

/** What a record's `bodies_withheld` may hold. */
const longest = 256;

/** `redacted: 2 email, 1 card` beside other reasons; null where there is none. */
export function withheldReason(
  others: readonly string[],
  { counts, withheld }: Pick<Redacted, 'counts' | 'withheld'>,
): string | null {
  const found = Object.entries(counts).map(([kind, count]) => `${count} ${kind}`);
  const reasons = [
    ...others,
    ...(withheld ? [withheld] : []),
    ...(found.length > 0 ? [`redacted: ${found.join(', ')}`] : []),
  ];
  if (reasons.length === 0) return null;
  const reason = reasons.join('; ');
  return reason.length <= longest ? reason : `${reason.slice(0, longest - 1)}…`;
}
