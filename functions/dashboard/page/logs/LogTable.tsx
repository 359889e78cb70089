import { Link } from 'wouter';
import type { RequestLogRow } from '../../../_shared/store/request-logs.ts';
import {
  formatCount,
  formatDateTime,
  formatDay,
  formatLatency,
  formatMoney,
  formatMoneyExactly,
  formatTimeOfDay,
  formatTokens,
} from '../../../_shared/ui/format.ts';
import type { EpochMs } from '../../../_shared/units.ts';
import type { FilterName } from '../filter.ts';
import { shortKey } from '../key-names.ts';
import { Skeleton } from '../parts/Skeleton.tsx';
import { StatusWord } from '../parts/StatusWord.tsx';
import { FilterCell } from './FilterCell.tsx';

export interface LogTableProps {
  rows: RequestLogRow[];
  /** Those of them that came in while the list was looked at. */
  fresh: RequestLogRow[];
  /** The row whose call is open; -1 for none. */
  openIndex: number;
  hrefOf: (id: string) => string;
  onOpen: (id: string) => void;
  onFilter: (name: FilterName, value: string) => void;
  zone: string;
}

// Columns come as the list (not the window) has room: a docked detail makes it narrow.
const wide = 'hidden @7xl:table-cell';
const roomy = 'hidden @5xl:table-cell';
const medium = 'hidden @2xl:table-cell';
const cell = 'px-2 py-1.5 align-baseline whitespace-nowrap';
const number = `${cell} text-right`;

/** One row a call. The link in the first cell is the row for the keyboard; a click may land anywhere. */
export function LogTable(props: LogTableProps) {
  const { rows, openIndex, hrefOf, onOpen, onFilter, zone } = props;
  const fresh = new Set(props.fresh.map(({ seq }) => seq));
  return (
    <div className="@container overflow-x-auto">
      <table className="w-full border-y border-line bg-surface">
        <caption className="sr-only">Calls, newest first. Times are in {zone}.</caption>
        <thead className="text-left text-xs text-ink-faint">
          <tr>
            <Head className="pl-3 sm:pl-5">Time</Head>
            <Head className={medium}>Status</Head>
            <Head>Model</Head>
            <Head className={wide}>Provider</Head>
            <Head className={`w-full ${medium}`}>Preview</Head>
            <Head className={`text-right ${medium}`}>Tokens in → out</Head>
            <Head className="text-right max-sm:pr-3">Cost</Head>
            <Head className={`text-right ${medium}`}>Latency</Head>
            <Head className={`text-right ${roomy}`}>First token</Head>
            <Head className={`pr-5 ${wide}`}>Key</Head>
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <LogRow
              key={row.id}
              row={row}
              open={index === openIndex}
              isFresh={fresh.has(row.seq)}
              newDay={isNewDay(row, rows[index - 1], zone)}
              href={hrefOf(row.id)}
              onOpen={onOpen}
              onFilter={onFilter}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Head({ className = '', children }: { className?: string; children: string }) {
  return (
    <th scope="col" className={`px-2 py-1.5 font-medium whitespace-nowrap ${className}`}>
      {children}
    </th>
  );
}

function LogRow({
  row,
  open,
  isFresh,
  newDay,
  href,
  onOpen,
  onFilter,
}: {
  row: RequestLogRow;
  open: boolean;
  isFresh: boolean;
  newDay: boolean;
  href: string;
  onOpen: (id: string) => void;
  onFilter: (name: FilterName, value: string) => void;
}) {
  const preview = row.error?.message || row.request_preview || row.response_preview;
  return (
    <tr
      onClick={(event) => {
        const selecting = document.getSelection()?.isCollapsed === false;
        const onLink = (event.target as HTMLElement).closest('a, button') !== null;
        if (!selecting && !onLink) onOpen(row.id);
      }}
      className={`cursor-pointer border-t border-line ${open ? 'bg-accent-soft' : 'hover:bg-hover'}`}
    >
      <td
        className={`${cell} pl-3 sm:pl-5 ${isFresh ? 'shadow-[inset_3px_0_0_var(--accent)]' : ''}`}
      >
        <Link
          href={href}
          data-log={row.id}
          aria-current={open || undefined}
          aria-label={`Open the call of ${formatDateTime(row.started_at)}, ${row.model || 'no model on record'}`}
          title={`${formatDateTime(row.started_at)} · ${new Date(row.started_at).toISOString()}`}
          className="hover:underline"
        >
          {newDay && (
            <span className="block text-xs text-ink-faint">{formatDay(row.started_at)}</span>
          )}
          {formatTimeOfDay(row.started_at)}
        </Link>
        <span className="block text-xs @2xl:hidden">
          <StatusWord status={row.status} />
        </span>
      </td>
      <td className={`${cell} ${medium}`}>
        <FilterCell name="status" value={row.status} onFilter={onFilter}>
          <StatusWord status={row.status} http={row.http_status} />
        </FilterCell>
      </td>
      <td className={`${cell} max-w-0 min-w-28 @2xl:max-w-52`}>
        <FilterCell name="model" value={row.model} onFilter={onFilter}>
          {row.model || '—'}
        </FilterCell>
        <span className="block truncate text-xs text-ink-faint @2xl:hidden">{preview}</span>
      </td>
      <td className={`${cell} ${wide} text-ink-soft`}>
        <FilterCell name="provider" value={row.provider ?? ''} onFilter={onFilter}>
          {row.provider ?? '—'}
        </FilterCell>
      </td>
      <td className={`${cell} ${medium} max-w-0`}>
        <span
          className={`block truncate ${row.error ? 'text-bad' : 'text-ink-soft'}`}
          title={preview}
        >
          {preview || (row.bodies_withheld ? 'Not kept' : '')}
        </span>
      </td>
      <td className={`${number} ${medium}`} title={tokenTitle(row)}>
        {row.total_tokens > 0 ? formatTokens(row.tokens) : '—'}
      </td>
      <td className={`${number} max-sm:pr-3`} title={costTitle(row)}>
        {formatMoney(row.cost_nanos)}
        <span className="block text-xs text-ink-faint @2xl:hidden">
          {formatLatency(row.latency_ms)}
        </span>
      </td>
      <td className={`${number} ${medium}`}>{formatLatency(row.latency_ms)}</td>
      <td className={`${number} ${roomy}`}>{formatLatency(row.time_to_first_token_ms)}</td>
      <td className={`${cell} ${wide} pr-5 text-ink-soft`}>
        <FilterCell name="key_id" value={row.key_id} onFilter={onFilter}>
          {row.key_alias ?? (shortKey(row.key_id) || '—')}
        </FilterCell>
      </td>
    </tr>
  );
}

function tokenTitle({ tokens, total_tokens: total }: RequestLogRow): string {
  const kinds = Object.entries(tokens)
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => `${kind.replaceAll('_', ' ')} ${formatCount(count)}`);
  return [...kinds, `in all ${formatCount(total)}`].join(', ');
}

function costTitle(row: RequestLogRow): string {
  if (row.cost_nanos !== null) return formatMoneyExactly(row.cost_nanos);
  return row.status === 'success' ? `No price known for ${row.model}` : 'Nothing was priced';
}

function isNewDay(row: RequestLogRow, above: RequestLogRow | undefined, zone: string): boolean {
  const day = (at: EpochMs) => formatDay(at, zone);
  return day(row.started_at) !== day(above?.started_at ?? Date.now());
}

/** A search may take a while, so it says to everyone that it goes on. */
export function LogTableSkeleton({ isSearch }: { isSearch: boolean }) {
  return (
    <div className="space-y-px border-y border-line">
      <p role="status" className={isSearch ? 'px-3 py-2 text-ink-soft sm:px-5' : 'sr-only'}>
        {isSearch ? 'Searching prompts and answers, the newest first…' : 'Loading the log…'}
      </p>
      {Array.from({ length: 12 }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the shapes are all alike and never move
        <div key={index} className="flex gap-4 px-5 py-2">
          <Skeleton className="h-4 w-16" />
          <Skeleton className="h-4 w-20" />
          <Skeleton className="h-4 w-28" />
          <Skeleton className="h-4 flex-1" />
          <Skeleton className="h-4 w-16" />
        </div>
      ))}
    </div>
  );
}
