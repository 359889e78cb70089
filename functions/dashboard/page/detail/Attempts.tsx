import type { RequestLogDetail } from '../../../_shared/store/request-logs.ts';
import { formatLatency } from '../../../_shared/ui/format.ts';
import { StatusWord } from '../parts/StatusWord.tsx';
import { Block } from './Block.tsx';

/** Every try upstream, in order, each as a bar at its place in the call's time. */
export function Attempts({ log }: { log: RequestLogDetail }) {
  if (log.attempts.length === 0) return null;
  const total = Math.max(
    log.latency_ms ?? 0,
    ...log.attempts.map(({ started_at, duration_ms }) => started_at - log.started_at + duration_ms),
    1,
  );
  const share = (ms: number) => `${Math.min(100, Math.max(0, (ms / total) * 100))}%`;
  return (
    <Block title={log.attempts.length === 1 ? 'One attempt' : `${log.attempts.length} attempts`}>
      <ol className="space-y-3">
        {log.attempts.map((attempt, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: attempts have no id and never change
          <li key={index}>
            <div className="flex flex-wrap items-baseline gap-x-3">
              <StatusWord status={attempt.status} http={attempt.http_status} />
              <span className="[overflow-wrap:anywhere]">
                {attempt.provider} / {attempt.upstream_model}
              </span>
              <span className="ml-auto">{formatLatency(attempt.duration_ms)}</span>
            </div>
            <div className="mt-1 h-1.5 rounded-[2px] bg-sunken" aria-hidden>
              <div
                className={`h-full min-w-0.5 rounded-[2px] ${attempt.status === 'success' ? 'bg-series-3' : 'bg-bad'}`}
                style={{
                  marginLeft: share(attempt.started_at - log.started_at),
                  width: share(attempt.duration_ms),
                }}
              />
            </div>
            {attempt.api_base && (
              <p className="mt-1 text-xs [overflow-wrap:anywhere] text-ink-faint">
                {attempt.api_base}
              </p>
            )}
            {attempt.error && (
              <p className="mt-1 [overflow-wrap:anywhere] text-bad">
                {attempt.error.code ?? attempt.error.type}: {attempt.error.message}
              </p>
            )}
          </li>
        ))}
      </ol>
    </Block>
  );
}
