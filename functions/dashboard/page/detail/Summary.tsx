import type { RequestLogDetail } from '../../../_shared/store/request-logs.ts';
import {
  formatDateTime,
  formatLatency,
  formatMoney,
  formatMoneyExactly,
  formatTokens,
} from '../../../_shared/ui/format.ts';
import { StatusWord } from '../parts/StatusWord.tsx';

/** What a call was, in a line or two. */
export function Summary({ log }: { log: RequestLogDetail }) {
  const served = [log.provider, log.upstream_model].filter(Boolean).join(' / ');
  return (
    <div>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <StatusWord status={log.status} http={log.http_status} />
        <strong className="text-base font-semibold [overflow-wrap:anywhere]">
          {log.model || 'No model on record'}
        </strong>
        {served && <span className="text-ink-soft [overflow-wrap:anywhere]">by {served}</span>}
      </div>
      <p className="mt-1 flex flex-wrap gap-x-4 text-ink-soft">
        <time dateTime={new Date(log.started_at).toISOString()}>
          {formatDateTime(log.started_at)}
        </time>
        <span>{log.stream ? 'streamed' : 'in one piece'}</span>
        <span title="tokens in → out">
          {log.total_tokens > 0 ? `${formatTokens(log.tokens)} tokens` : 'no tokens'}
        </span>
        {(log.cost_nanos !== null || log.total_tokens > 0) && (
          <span title={formatMoneyExactly(log.cost_nanos)}>
            {log.cost_nanos === null ? '$ unknown' : formatMoney(log.cost_nanos)}
          </span>
        )}
        <span>{formatLatency(log.latency_ms)}</span>
        {log.finish_reason === 'length' && (
          <span className="text-warn">cut off at the token limit</span>
        )}
      </p>
    </div>
  );
}
