import { useMemo } from 'react';
import type { UsageTotals } from '../../../_shared/store/usage.ts';
import {
  formatCompact,
  formatCount,
  formatLatency,
  formatMoney,
} from '../../../_shared/ui/format.ts';
import type { UsageAnswer } from '../../api/usage.ts';
import { barStarts } from '../range.ts';
import { statusLooks } from '../statuses.ts';
import { ChartCard } from './ChartCard.tsx';
import { valuesAt } from './series.ts';
import { barTime } from './times.ts';

interface ChartProps {
  answer: UsageAnswer;
  zone: string;
}

type Measure = 'calls' | 'cost';

const measures: Record<Measure, { name: string; format: (value: number) => string }> = {
  calls: { name: 'Calls', format: formatCompact },
  cost: { name: 'Cost', format: formatMoney },
};

const succeeded = ({ calls, failures, interruptions }: UsageTotals) =>
  calls - failures - interruptions;

function useBars({ answer, zone }: ChartProps) {
  return useMemo(() => barStarts({ ...answer.range, step: answer.step }, zone), [answer, zone]);
}

/** Calls by status, or what they cost, over time. */
export function CallsChart({
  answer,
  zone,
  measure,
  onMeasure,
}: ChartProps & { measure: Measure; onMeasure: (measure: Measure) => void }) {
  const starts = useBars({ answer, zone });
  const series = useMemo(() => {
    const values = (of: (totals: UsageTotals) => number) => valuesAt(starts, answer.points, of, 0);
    if (measure === 'cost') {
      return [
        { label: 'Cost', variable: '--series-1', values: values((totals) => totals.cost_nanos) },
      ];
    }
    const { success, failure, interrupted } = statusLooks;
    return [
      { label: success.word, variable: success.variable, values: values(succeeded) },
      {
        label: interrupted.word,
        variable: interrupted.variable,
        values: values((totals) => totals.interruptions),
      },
      {
        label: failure.word,
        variable: failure.variable,
        values: values((totals) => totals.failures),
      },
    ];
  }, [measure, starts, answer]);

  const { totals } = answer;
  const summary =
    measure === 'calls'
      ? `${formatCount(totals.calls)} calls, of which ${formatCount(totals.failures)} failed and ${formatCount(totals.interruptions)} were interrupted.${busiest(answer, zone)}`
      : `${formatMoney(totals.cost_nanos)} in all.`;
  return (
    <ChartCard
      title={measures[measure].name}
      summary={summary}
      shape="bars"
      starts={starts}
      range={answer.range}
      step={answer.step}
      series={series}
      format={measures[measure].format}
      whole={measure === 'calls'}
    >
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as one row of buttons in all browsers */}
      <div role="group" aria-label="What the chart shows" className="flex gap-1 text-xs">
        {(Object.keys(measures) as Measure[]).map((name) => (
          <button
            key={name}
            type="button"
            aria-pressed={name === measure}
            onClick={() => onMeasure(name)}
            className={`min-h-6 rounded-md px-2 ${name === measure ? 'bg-accent-soft font-medium text-accent-strong' : 'text-ink-soft hover:bg-hover'}`}
          >
            {measures[name].name}
          </button>
        ))}
      </div>
    </ChartCard>
  );
}

function busiest({ points, step }: UsageAnswer, zone: string): string {
  const [first] = points.toSorted((a, b) => b.calls - a.calls);
  if (!first) return '';
  const minutes = { minute: 1, quarter_hour: 15, hour: 60, day: 1440 }[step];
  const span = barTime(first.start, first.start + minutes * 60_000, step);
  return ` Most came in ${span} (${zone}): ${formatCount(first.calls)}.`;
}

/** Latency over time; a span without a call is a gap. */
export function LatencyChart({ answer, zone }: ChartProps) {
  const starts = useBars({ answer, zone });
  const series = useMemo(
    () => [
      {
        label: 'p50',
        variable: '--series-1',
        values: valuesAt(starts, answer.points, ({ latency_ms }) => latency_ms.p50, null),
      },
      {
        label: 'p95',
        variable: '--series-2',
        values: valuesAt(starts, answer.points, ({ latency_ms }) => latency_ms.p95, null),
      },
    ],
    [starts, answer],
  );
  const { p50, p95, p99 } = answer.totals.latency_ms;
  return (
    <ChartCard
      title="Latency"
      summary={`Half of the calls took up to ${formatLatency(p50)}, 95% up to ${formatLatency(p95)} and 99% up to ${formatLatency(p99)}.`}
      shape="lines"
      starts={starts}
      range={answer.range}
      step={answer.step}
      series={series}
      format={formatLatency}
    />
  );
}
