import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import type { RequestLogDetail } from '../../../_shared/store/request-logs.ts';
import { CopyButton } from '../../../_shared/ui/CopyButton.tsx';
import { toCurl } from '../curl.ts';
import type { FilterName } from '../filter.ts';
import type { DetailKeys } from '../logs/use-detail-keys.ts';
import { Failure } from '../parts/Failure.tsx';
import { Skeleton } from '../parts/Skeleton.tsx';
import { get, ServerError } from '../server.ts';
import { Attempts } from './Attempts.tsx';
import { Bodies } from './Bodies.tsx';
import { ErrorNote } from './ErrorNote.tsx';
import { Identifiers } from './Identifiers.tsx';
import { Invoice } from './Invoice.tsx';
import { Summary } from './Summary.tsx';
import { Timing } from './Timing.tsx';

export interface LogDetailProps {
  id: string;
  gatewayUrl: string;
  onClose: () => void;
  onPrevious?: () => void;
  onNext?: () => void;
  /** Shows the calls that are like this one in one respect. */
  onFilter: (name: FilterName, value: string) => void;
  keys: DetailKeys;
}

/** The chat links to a call the moment it is answered; its booking follows within seconds. */
const bookingTries = 15;

/** One call, whole: a docked panel where there is room, the whole page where there is not. */
export function LogDetail(props: LogDetailProps) {
  const { id, gatewayUrl, onClose, onPrevious, onNext, onFilter, keys } = props;
  const panel = useRef<HTMLElement>(null);
  const log = useQuery({
    queryKey: ['log', id],
    queryFn: ({ signal }) =>
      get<RequestLogDetail>(`request-logs/${encodeURIComponent(id)}`, {}, signal),
    staleTime: Number.POSITIVE_INFINITY,
    retry: (failures, error) =>
      error instanceof ServerError && error.status === 404 ? failures < bookingTries : failures < 2,
    retryDelay: 700,
  });

  useEffect(() => {
    panel.current?.focus();
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another call starts at its top
  useEffect(() => {
    panel.current?.scrollTo({ top: 0 });
  }, [id]);

  return (
    <section
      ref={panel}
      tabIndex={-1}
      aria-label="Call"
      className="min-w-0 bg-surface outline-none max-lg:flex-1 lg:sticky lg:top-12 lg:h-[calc(100dvh-3rem)] lg:w-[clamp(28rem,46vw,52rem)] lg:shrink-0 lg:overflow-y-auto lg:border-l lg:border-line"
    >
      <header className="sticky top-12 z-10 flex h-11 items-center gap-1 border-b border-line bg-surface px-2 sm:px-4 lg:top-0">
        <h2 className="mr-auto font-semibold">Call</h2>
        {log.data && (
          <CopyButton
            text={() =>
              toCurl(gatewayUrl.replace(/\/+$/, '') + log.data.endpoint, log.data.request)
            }
            what="as cURL, with $TALLYGATE_API_KEY for the key"
            className="px-2"
          >
            cURL
          </CopyButton>
        )}
        <IconButton label="Previous call" hint="K" path="M3 10.5 8 5.5l5 5" onClick={onPrevious} />
        <IconButton label="Next call" hint="J" path="m3 5.5 5 5 5-5" onClick={onNext} />
        <IconButton label="Close" hint="Esc" path="m4 4 8 8M12 4l-8 8" onClick={onClose} />
      </header>
      <div className="space-y-6 p-4 sm:p-5">
        {log.isPending && <Waiting booking={log.failureReason instanceof ServerError} />}
        {log.isError && <Failure what="This call" error={log.error} retry={log.refetch} />}
        {log.data && <Whole log={log.data} onFilter={onFilter} />}
        <label className="flex items-center gap-2 border-t border-line pt-3 text-xs text-ink-faint">
          <input
            type="checkbox"
            checked={keys.enabled}
            onChange={(event) => keys.setEnabled(event.target.checked)}
          />
          J and K go to the next and the previous call; Esc closes
        </label>
      </div>
    </section>
  );
}

function Whole({ log, onFilter }: { log: RequestLogDetail; onFilter: LogDetailProps['onFilter'] }) {
  return (
    <>
      <Summary log={log} />
      {log.error && <ErrorNote error={log.error} status={log.status} http={log.http_status} />}
      <Bodies key={log.id} log={log} />
      <Timing log={log} />
      <Invoice log={log} />
      <Attempts log={log} />
      <Identifiers log={log} onFilter={onFilter} />
    </>
  );
}

function Waiting({ booking }: { booking: boolean }) {
  return (
    <div className="space-y-4">
      <p role="status" className={booking ? 'text-ink-soft' : 'sr-only'}>
        {booking ? 'Waiting for this call to be booked…' : 'Loading the call…'}
      </p>
      <Skeleton className="h-12" />
      <Skeleton className="h-40" />
      <Skeleton className="h-24" />
    </div>
  );
}

function IconButton({
  label,
  hint,
  path,
  onClick,
}: {
  label: string;
  hint: string;
  path: string;
  onClick?: () => void;
}) {
  return (
    <button
      type="button"
      aria-label={label}
      title={`${label} (${hint})`}
      disabled={!onClick}
      onClick={onClick}
      className="grid size-8 place-items-center rounded-md text-ink-soft hover:bg-hover hover:text-ink disabled:pointer-events-none disabled:opacity-35"
    >
      <svg
        viewBox="0 0 16 16"
        className="size-4"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.6"
        strokeLinecap="round"
        strokeLinejoin="round"
        aria-hidden
      >
        <path d={path} />
      </svg>
    </button>
  );
}
