import type { CallStatus } from '../../../_shared/events/types.ts';
import { statusLooks } from '../statuses.ts';

/** A call's status as a dot and a word, with the HTTP status where it tells more. */
export function StatusWord({ status, http }: { status: CallStatus; http?: number | null }) {
  const { word, dot, text } = statusLooks[status];
  return (
    <span className={`inline-flex items-center gap-1.5 whitespace-nowrap ${text}`}>
      <span className={`size-2 shrink-0 rounded-full ${dot}`} aria-hidden />
      {word}
      {http && status !== 'success' ? <span className="text-ink-faint">{http}</span> : null}
    </span>
  );
}
