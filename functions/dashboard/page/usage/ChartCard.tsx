import { type ReactNode, useId, useState } from 'react';
import type { UsageStep } from '../../../_shared/store/usage.ts';
import { Button } from '../../../_shared/ui/Button.tsx';
import { Plot, type PlotProps } from './Plot.tsx';
import { barTime } from './times.ts';

export interface ChartCardProps extends Omit<PlotProps, 'onHover'> {
  title: string;
  /** The chart in one sentence. */
  summary: string;
  step: UsageStep;
  /** What else can be chosen about this chart. */
  children?: ReactNode;
}

/** A chart with its title, its key, a sentence that says the same, and a table of its figures. */
export function ChartCard({ title, summary, step, children, ...plot }: ChartCardProps) {
  const [asTable, setAsTable] = useState(false);
  const [hovered, setHovered] = useState<number | null>(null);
  const titleId = useId();
  const { starts, range, series, format } = plot;

  const spanOf = (index: number) => {
    const start = starts[index] ?? range.from;
    const end = starts[index + 1] ?? range.to;
    const unfinished = index === starts.length - 1 ? ' (so far)' : '';
    return barTime(start, end, step) + unfinished;
  };
  const write = (value: number | null | undefined) =>
    value === null || value === undefined ? '—' : format(value);

  return (
    <section aria-labelledby={titleId} className="min-w-0 rounded-lg border border-line bg-surface">
      <header className="flex min-h-11 flex-wrap items-center gap-x-4 gap-y-1 px-4 pt-2">
        <h2 id={titleId} className="font-semibold">
          {title}
        </h2>
        {children}
        <Button
          look="quiet"
          className="ml-auto px-2 text-xs"
          aria-pressed={asTable}
          onClick={() => setAsTable(!asTable)}
        >
          {asTable ? 'Show the chart' : 'Show as table'}
        </Button>
      </header>
      <p className="sr-only">{summary}</p>
      {asTable ? (
        <FigureTable title={title} series={series} starts={starts} spanOf={spanOf} write={write} />
      ) : (
        <div className="px-2 pb-2">
          <p className="flex min-h-6 flex-wrap items-center gap-x-4 px-2 text-xs text-ink-soft">
            {series.map((one) => (
              <span key={one.label} className="inline-flex items-center gap-1.5">
                <span
                  className="size-2 rounded-[2px]"
                  style={{ background: `var(${one.variable})` }}
                  aria-hidden
                />
                {one.label}
                {hovered !== null && (
                  <strong className="font-semibold text-ink">{write(one.values[hovered])}</strong>
                )}
              </span>
            ))}
            {hovered !== null && <span className="ml-auto">{spanOf(hovered)}</span>}
          </p>
          <Plot {...plot} onHover={setHovered} />
        </div>
      )}
    </section>
  );
}

function FigureTable({
  title,
  series,
  starts,
  spanOf,
  write,
}: Pick<ChartCardProps, 'title' | 'series' | 'starts'> & {
  spanOf: (index: number) => string;
  write: (value: number | null | undefined) => string;
}) {
  const filled = starts.map((_, index) => index).filter((i) => series.some((one) => one.values[i]));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard (WCAG 2.1.1)
    <div tabIndex={0} className="max-h-58 overflow-auto px-4 pb-3">
      <table className="w-full text-left">
        <caption className="sr-only">{title}, newest first; spans without a call left out</caption>
        <thead className="sticky top-0 bg-surface text-xs text-ink-faint">
          <tr>
            <th scope="col" className="py-1 font-medium">
              Time
            </th>
            {series.map((one) => (
              <th key={one.label} scope="col" className="py-1 pl-4 text-right font-medium">
                {one.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {filled.reverse().map((index) => (
            <tr key={starts[index]} className="border-t border-line">
              <th scope="row" className="py-1 font-normal whitespace-nowrap">
                {spanOf(index)}
              </th>
              {series.map((one) => (
                <td key={one.label} className="py-1 pl-4 text-right">
                  {write(one.values[index])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {filled.length === 0 && <p className="py-3 text-ink-soft">No call in this time.</p>}
    </div>
  );
}
