import { Button } from '../../_shared/ui/Button.tsx';
import { CopyButton } from '../../_shared/ui/CopyButton.tsx';
import { Icon } from '../../_shared/ui/Icon.tsx';
import type { Failure } from './exchange.ts';
import { failureTitle } from './failure-title.ts';

export interface FailureCardProps {
  failure: Failure;
  callId: string | null;
  /** Absent where a later question stands already. */
  onRetry?: () => void;
}

/** Says, where the answer should be, what went wrong, under which id, and offers another try. */
export function FailureCard({ failure, callId, onRetry }: FailureCardProps) {
  const { message, retryAfter } = failure;
  return (
    <div role="alert" className="rounded-md border border-bad/40 bg-bad-soft px-4 py-3">
      <p className="flex items-center gap-2 font-semibold text-bad">
        <Icon name="warning" className="size-4" />
        {failureTitle(failure)}
      </p>
      <p className="mt-1 [overflow-wrap:anywhere]">{message}</p>
      {retryAfter !== null && retryAfter > 0 && (
        <p className="mt-1 text-ink-soft">
          It asks to wait {retryAfter} second{retryAfter === 1 ? '' : 's'}.
        </p>
      )}
      <div className="mt-2 flex flex-wrap items-center gap-x-4 gap-y-2">
        {callId && (
          <span className="flex min-w-0 items-center gap-1 text-xs text-ink-soft">
            Call
            <code className="truncate font-mono" title={callId}>
              {callId}
            </code>
            <CopyButton text={callId} what="call id" />
          </span>
        )}
        {onRetry && (
          <Button onClick={onRetry} className="ml-auto">
            Retry
          </Button>
        )}
      </div>
    </div>
  );
}
