import { type ReactNode, useEffect, useState } from 'react';
import { dollarsToNanos } from '../../_shared/money.ts';
import {
  formatCount,
  formatLatency,
  formatMoney,
  formatMoneyExactly,
} from '../../_shared/ui/format.ts';
import { Icon } from '../../_shared/ui/Icon.tsx';
import type { Usage } from '../answer.ts';
import type { Exchange } from './exchange.ts';

/** What an answer took, as an entry of the ledger: in the margin, or below where there is none. */
export function Figures({ exchange, log }: { exchange: Exchange; log: string | null }) {
  const { end, outcome } = exchange;
  return (
    <dl className="flex flex-wrap gap-x-4 gap-y-0.5 text-xs lg:flex-col lg:gap-y-1">
      {end && (
        <>
          <Entry name="Model" value={end.model} />
          <Entry
            name="Tokens"
            value={end.usage ? arrow(end.usage) : '—'}
            title={end.usage ? kindsOf(end.usage) : 'The upstream did not tell them'}
          />
          <Cost cost={end.cost} />
          <Entry name="First token" value={formatLatency(end.time_to_first_token_ms)} />
          <Entry name="Total" value={formatLatency(end.duration_ms)} />
        </>
      )}
      {outcome === 'answering' && <Clock />}
      {log && (
        <div className="lg:mt-0.5 lg:text-right">
          <dt className="sr-only">Log</dt>
          <dd>
            <a
              href={log}
              target="_blank"
              rel="noreferrer noopener"
              className="inline-flex items-center gap-1 text-accent underline-offset-2 hover:underline"
            >
              Open its log <Icon name="away" className="size-3" />
            </a>
          </dd>
        </div>
      )}
    </dl>
  );
}

export function Entry({ name, value, title }: { name: string; value: ReactNode; title?: string }) {
  return (
    <div className="flex min-w-0 gap-1.5 lg:justify-between" title={title}>
      <dt className="shrink-0 text-ink-faint">{name}</dt>
      <dd className="truncate text-ink-soft">{value}</dd>
    </div>
  );
}

function Cost({ cost }: { cost: number | null }) {
  const nanos = cost === null ? null : dollarsToNanos(cost);
  const title = nanos === null ? 'Nobody has priced this model' : formatMoneyExactly(nanos);
  return (
    <Entry
      name="Cost"
      value={<span className="font-semibold text-ink">{formatMoney(nanos)}</span>}
      title={title}
    />
  );
}

const tickMs = 100;

/** How long an answer is on its way by now. */
function Clock() {
  const [began] = useState(() => performance.now());
  const [now, setNow] = useState(began);
  useEffect(() => {
    const timer = setInterval(() => setNow(performance.now()), tickMs);
    return () => clearInterval(timer);
  }, []);
  return <Entry name="Total" value={`${((now - began) / 1000).toFixed(1)} s`} />;
}

export function arrow({
  input_tokens,
  output_tokens,
}: Pick<Usage, 'input_tokens' | 'output_tokens'>) {
  return `${formatCount(input_tokens)} → ${formatCount(output_tokens)}`;
}

function kindsOf({ input_tokens, cached_tokens, output_tokens, reasoning_tokens }: Usage): string {
  const cached = cached_tokens > 0 ? ` (${formatCount(cached_tokens)} from the cache)` : '';
  const thought = reasoning_tokens > 0 ? ` (${formatCount(reasoning_tokens)} reasoning)` : '';
  return `${formatCount(input_tokens)} in${cached}, ${formatCount(output_tokens)} out${thought}`;
}
