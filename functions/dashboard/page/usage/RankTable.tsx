import { useState } from 'react';
import { Link } from 'wouter';
import type { UsageDimension, UsageRank, UsageTotals } from '../../../_shared/store/usage.ts';
import { Button } from '../../../_shared/ui/Button.tsx';
import {
  formatCount,
  formatLatency,
  formatMoney,
  formatMoneyExactly,
  formatShare,
  formatTokens,
} from '../../../_shared/ui/format.ts';
import { Icon } from '../../../_shared/ui/Icon.tsx';
import { nameOfDimension, nameOfValue } from '../dimensions.ts';
import { withFilter } from '../filter.ts';
import { type ViewState, writeView } from '../url-state.ts';

/** More are shown when asked for. */
const shownAtFirst = 10;

const cell = 'py-2 pl-4 text-right whitespace-nowrap';

export interface RankTableProps {
  by: UsageDimension;
  ranks: UsageRank[];
  totals: UsageTotals;
  view: ViewState;
  keyName: (id: string) => string;
  onChange: (change: Partial<ViewState>) => void;
}

/** Usage by one dimension, the costliest first. Each name leads to the calls behind its figures. */
export function RankTable({ by, ranks, totals, view, keyName, onChange }: RankTableProps) {
  const [all, setAll] = useState(false);
  const cached = totals.cache_hits > 0;
  const heads = [
    'Calls',
    'Errors',
    'Tokens in → out',
    'Cost',
    'Share',
    ...(cached ? ['Cache hits', 'Saved'] : []),
    'Latency p50',
    'p95',
    'p99',
    'First token p50',
    'p95',
  ];
  // By cost where there is one to share, else by calls.
  const shareOf = (rank: UsageTotals) =>
    totals.cost_nanos > 0 ? rank.cost_nanos / totals.cost_nanos : rank.calls / totals.calls;
  const most = Math.max(...ranks.map(shareOf));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard (WCAG 2.1.1)
    <div tabIndex={0} className="overflow-x-auto px-4 pb-2">
      <table className="w-full text-left">
        <caption className="sr-only">
          Usage by {nameOfDimension(by).toLowerCase()}, the costliest first
        </caption>
        <thead className="text-xs text-ink-faint">
          <tr>
            <th scope="col" className="py-1.5 font-medium">
              {nameOfDimension(by)}
            </th>
            {heads.map((name, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: two heads have the same word
              <th key={index} scope="col" className={`${cell} py-1.5 font-medium`}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {(all ? ranks : ranks.slice(0, shownAtFirst)).map((rank) => (
            <tr key={rank.value} className="group/row border-t border-line hover:bg-hover">
              <th scope="row" className="max-w-80 min-w-40 py-2 font-medium">
                <RankName
                  name={nameOfValue(by, rank.value, keyName)}
                  by={by}
                  value={rank.value}
                  view={view}
                  onChange={onChange}
                />
              </th>
              <td className={cell}>{formatCount(rank.calls)}</td>
              <td className={cell}>
                {formatCount(rank.failures)}{' '}
                <span className={rank.failures > 0 ? 'text-bad' : 'text-ink-faint'}>
                  {formatShare(rank.failures, rank.calls)}
                </span>
              </td>
              <td className={cell}>{formatTokens(rank.tokens)}</td>
              <td className={cell}>
                <CostOf rank={rank} />
              </td>
              <td className={cell}>
                <Share share={shareOf(rank)} most={most} />
              </td>
              {cached && (
                <>
                  <td className={cell}>
                    {formatCount(rank.cache_hits)}{' '}
                    <span className="text-ink-faint">
                      {formatShare(rank.cache_hits, rank.calls)}
                    </span>
                  </td>
                  <td className={cell}>{formatMoney(rank.saved_nanos)}</td>
                </>
              )}
              <td className={cell}>{formatLatency(rank.latency_ms.p50)}</td>
              <td className={cell}>{formatLatency(rank.latency_ms.p95)}</td>
              <td className={cell}>{formatLatency(rank.latency_ms.p99)}</td>
              <td className={cell}>{formatLatency(rank.time_to_first_token_ms.p50)}</td>
              <td className={cell}>{formatLatency(rank.time_to_first_token_ms.p95)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {ranks.length > shownAtFirst && (
        <Button look="quiet" className="mt-1 -ml-3" onClick={() => setAll(!all)}>
          {all ? `Show the first ${shownAtFirst} only` : `Show all ${ranks.length}`}
        </Button>
      )}
    </div>
  );
}

/** Calls without a value, such as those refused before their model was known, lead nowhere. */
function RankName({
  name,
  by,
  value,
  view,
  onChange,
}: Pick<RankTableProps, 'by' | 'view' | 'onChange'> & { name: string; value: string }) {
  if (value === '') return <span className="text-ink-faint">{name}</span>;
  const filter = withFilter(view.filter, by, value);
  return (
    <span className="flex items-center gap-1">
      <Link
        href={`/logs${writeView({ ...view, filter })}`}
        title={`See the calls of ${name === value ? name : `${name} (${value})`}`}
        className="truncate text-accent hover:underline"
      >
        {name}
      </Link>
      {view.filter[by] === undefined && (
        <button
          type="button"
          onClick={() => onChange({ filter })}
          aria-label={`Narrow this page to ${name}`}
          title={`Narrow this page to ${name}`}
          className="grid size-6 shrink-0 place-items-center rounded-md text-ink-faint hover:bg-surface hover:text-ink"
        >
          <Icon name="only" />
        </button>
      )}
    </span>
  );
}

function CostOf({ rank }: { rank: UsageRank }) {
  const { cost_nanos: cost, unpriced_calls: unpriced } = rank;
  if (unpriced > 0 && cost === 0) return <span title="No price known">$ unknown</span>;
  return (
    <span title={formatMoneyExactly(cost)}>
      {formatMoney(cost)}
      {unpriced > 0 && <span className="text-ink-faint"> + {formatCount(unpriced)} unpriced</span>}
    </span>
  );
}

/** The bar is long beside the longest, so that small ones can be told apart; the figure is of all. */
function Share({ share, most }: { share: number; most: number }) {
  return (
    <span className="inline-flex items-center gap-2">
      <span className="h-2 w-16 overflow-hidden rounded-[2px] bg-line" aria-hidden>
        <span
          className="block h-full bg-series-1"
          style={{ width: `${most > 0 ? (share / most) * 100 : 0}%` }}
        />
      </span>
      <span className="w-12">{formatShare(share, 1)}</span>
    </span>
  );
}
