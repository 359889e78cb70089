import type { ReactNode } from 'react';
import type { UsageTotals } from '../../../_shared/store/usage.ts';
import {
  formatCompact,
  formatCount,
  formatLatency,
  formatMoneyExactly,
  formatMoneyShort,
  formatShare,
} from '../../../_shared/ui/format.ts';
import { inputTokens, outputTokens, totalTokens } from '../../../_shared/units.ts';
import { describeChange } from './change.ts';

export interface TilesProps {
  totals: UsageTotals;
  previous: UsageTotals;
}

const hitRate = ({ cache_hits: hits, calls }: UsageTotals) => (calls === 0 ? null : hits / calls);
const errorRate = ({ failures, calls }: UsageTotals) => (calls === 0 ? null : failures / calls);

/** The figures of the chosen time, each beside how it moved against the time before. */
export function Tiles({ totals, previous }: TilesProps) {
  const { tokens, latency_ms: latency, time_to_first_token_ms: firstToken } = totals;
  const allUnpriced = totals.unpriced_calls > 0 && totals.cost_nanos === 0;
  const hasCache = totals.cache_hits > 0;
  return (
    <dl
      className={`grid grid-cols-2 gap-px overflow-hidden rounded-lg border border-line bg-line ${hasCache ? 'md:grid-cols-4 2xl:grid-cols-8' : 'md:grid-cols-3 xl:grid-cols-6'}`}
    >
      <Tile
        name="Cost"
        value={allUnpriced ? '$ unknown' : formatMoneyShort(totals.cost_nanos)}
        title={allUnpriced ? undefined : formatMoneyExactly(totals.cost_nanos)}
        now={allUnpriced ? null : totals.cost_nanos}
        before={previous.cost_nanos}
      >
        {totals.unpriced_calls > 0 &&
          `${allUnpriced ? '' : 'and $ unknown for '}${counted(totals.unpriced_calls)} without a known price`}
      </Tile>
      <Tile
        name="Calls"
        value={formatCompact(totals.calls)}
        title={formatCount(totals.calls)}
        now={totals.calls}
        before={previous.calls}
      >
        {totals.interruptions > 0 && `${formatCount(totals.interruptions)} interrupted`}
      </Tile>
      <Tile
        name="Tokens"
        value={formatCompact(totalTokens(tokens))}
        title={formatCount(totalTokens(tokens))}
        now={totalTokens(tokens)}
        before={totalTokens(previous.tokens)}
      >
        <TokenSplit
          parts={[
            { name: 'in', count: inputTokens(tokens) - tokens.cache_read, color: 'bg-series-1' },
            { name: 'cached', count: tokens.cache_read, color: 'bg-series-3' },
            { name: 'out', count: outputTokens(tokens), color: 'bg-series-2' },
          ]}
        />
      </Tile>
      <Tile
        name="Error rate"
        value={formatShare(totals.failures, totals.calls)}
        now={errorRate(totals)}
        before={errorRate(previous)}
        upIs="bad"
      >
        {totals.calls > 0 && `${formatCount(totals.failures)} of ${counted(totals.calls)}`}
      </Tile>
      <Tile
        name="Latency p50"
        value={formatLatency(latency.p50)}
        now={latency.p50}
        before={previous.latency_ms.p50}
        upIs="bad"
      >
        {latency.p50 !== null &&
          `p95 ${formatLatency(latency.p95)} · p99 ${formatLatency(latency.p99)}`}
      </Tile>
      <Tile
        name="First token p50"
        value={formatLatency(firstToken.p50)}
        now={firstToken.p50}
        before={previous.time_to_first_token_ms.p50}
        upIs="bad"
      >
        {firstToken.p50 === null
          ? 'No streamed call'
          : `p95 ${formatLatency(firstToken.p95)} · p99 ${formatLatency(firstToken.p99)}`}
      </Tile>
      {hasCache && (
        <>
          <Tile
            name="Cache hits"
            value={formatShare(totals.cache_hits, totals.calls)}
            now={hitRate(totals)}
            before={hitRate(previous)}
          >
            {`${formatCount(totals.cache_hits)} of ${counted(totals.calls)}`}
          </Tile>
          <Tile
            name="Saved by the cache"
            value={formatMoneyShort(totals.saved_nanos)}
            title={formatMoneyExactly(totals.saved_nanos)}
            now={totals.saved_nanos}
            before={previous.saved_nanos}
          >
            What the hits would have cost
          </Tile>
        </>
      )}
    </dl>
  );
}

const counted = (calls: number) => `${formatCount(calls)} ${calls === 1 ? 'call' : 'calls'}`;

function Tile({
  name,
  value,
  title,
  now,
  before,
  upIs,
  children,
}: {
  name: string;
  value: string;
  title?: string;
  now: number | null;
  before: number | null;
  /** Set where more is worse; a cost that grows is news, but not bad news. */
  upIs?: 'bad';
  children?: ReactNode;
}) {
  const change = describeChange(now, before);
  const tone = { up: 'text-bad', down: 'text-good', none: 'text-ink-faint' };
  return (
    <div className="flex min-w-0 flex-col bg-surface px-4 py-3">
      <dt className="text-xs font-medium text-ink-soft">{name}</dt>
      <dd className="mt-1 flex flex-wrap items-baseline gap-x-2">
        <span className="text-[1.6rem] leading-tight font-semibold tracking-tight" title={title}>
          {value}
        </span>
        {change && (
          <span
            className={`text-xs whitespace-nowrap ${upIs ? tone[change.direction] : 'text-ink-faint'}`}
            title={change.words}
          >
            <span aria-hidden>{change.short}</span>
            <span className="sr-only">{change.words}</span>
          </span>
        )}
      </dd>
      <dd className="mt-1 min-h-5 text-xs text-ink-faint">{children}</dd>
    </div>
  );
}

function TokenSplit({ parts }: { parts: { name: string; count: number; color: string }[] }) {
  const shown = parts.filter(({ count }) => count > 0);
  return (
    <span className="flex flex-wrap gap-x-2.5">
      {shown.map(({ name, count, color }) => (
        <span key={name} className="inline-flex items-center gap-1 whitespace-nowrap">
          <span className={`size-1.5 rounded-[2px] ${color}`} aria-hidden />
          {name} <span title={formatCount(count)}>{formatCompact(count)}</span>
        </span>
      ))}
    </span>
  );
}
