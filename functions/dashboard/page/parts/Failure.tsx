import { Button } from '../../../_shared/ui/Button.tsx';

export interface FailureProps {
  /** What could not be shown, to begin the sentence: "The usage". */
  what: string;
  error: Error;
  retry: () => unknown;
  /** True when older figures stay on screen meanwhile. */
  stale?: boolean;
}

/** Says in place what failed and why, and offers to try again. */
export function Failure({ what, error, retry, stale = false }: FailureProps) {
  return (
    <div
      role="alert"
      className="flex flex-wrap items-center gap-x-4 gap-y-2 rounded-md border border-bad/40 bg-bad-soft px-4 py-3"
    >
      <p className="min-w-0 flex-1 basis-64">
        <strong className="font-semibold text-bad">
          {what} could not be {stale ? 'brought up to date' : 'loaded'}.
        </strong>{' '}
        {error.message}
        {stale && ' What you see is from before.'}
      </p>
      <Button onClick={() => retry()}>Retry</Button>
    </div>
  );
}
