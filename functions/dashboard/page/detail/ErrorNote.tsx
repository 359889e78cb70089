import type { CallError, CallStatus } from '../../../_shared/events/types.ts';
import { CopyButton } from '../../../_shared/ui/CopyButton.tsx';

/** Why a call went wrong, before anything else about it. */
export function ErrorNote({
  error,
  status,
  http,
}: {
  error: CallError;
  status: CallStatus;
  http: number | null;
}) {
  const tone =
    status === 'interrupted' ? 'border-warn/50 bg-warn-soft' : 'border-bad/50 bg-bad-soft';
  const name = status === 'interrupted' ? 'text-warn' : 'text-bad';
  return (
    <section aria-label="Error" className={`rounded-md border px-4 py-3 ${tone}`}>
      <div className="flex items-start gap-2">
        <p className={`min-w-0 flex-1 font-semibold [overflow-wrap:anywhere] ${name}`}>
          {[http, error.code ?? error.type].filter(Boolean).join(' ')}
          {error.code && error.code !== error.type && (
            <span className="ml-2 font-normal text-ink-soft">{error.type}</span>
          )}
        </p>
        <CopyButton text={error.message} what="error message" />
      </div>
      <p className="mt-1 max-h-60 overflow-y-auto whitespace-pre-wrap [overflow-wrap:anywhere]">
        {error.message}
      </p>
    </section>
  );
}
