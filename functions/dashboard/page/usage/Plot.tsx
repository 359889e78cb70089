import { useEffect, useRef, useState } from 'react';
import uPlot from 'uplot';
import type { TimeRange } from '../../../_shared/store/bounds.ts';
import { onThemeChange } from '../../../_shared/ui/theme.ts';
import type { EpochMs } from '../../../_shared/units.ts';
import { type Series, stack } from './series.ts';
import { axisTime } from './times.ts';

export interface PlotProps {
  shape: 'bars' | 'lines';
  starts: EpochMs[];
  range: TimeRange;
  series: Series[];
  format: (value: number) => string;
  /** True for counts: the axis then has no halves. */
  whole?: boolean;
  /** The bar under the pointer, or null. */
  onHover: (index: number | null) => void;
}

const height = 190;

/** 1, 2, 5, 10, 20, 50 … as far as a count may go. */
const wholeSteps = Array.from({ length: 12 }, (_, power) =>
  [1, 2, 5].map((n) => n * 10 ** power),
).flat();

/** A chart by uPlot, on a canvas: the words around it are the caller's. */
export function Plot({ shape, starts, range, series, format, whole = false, onHover }: PlotProps) {
  const place = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const [theme, setTheme] = useState(0);
  useEffect(() => onThemeChange(() => setTheme((count) => count + 1)), []);
  useEffect(() => {
    if (!place.current) return;
    const observer = new ResizeObserver(([entry]) =>
      setWidth(Math.floor(entry?.contentRect.width ?? 0)),
    );
    observer.observe(place.current);
    return () => observer.disconnect();
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `theme` is read through the computed colours
  useEffect(() => {
    const target = place.current;
    if (!target || width === 0) return;
    const color = colorsOf(target);
    // The whole stack is drawn first, so that each lower part covers it from below.
    const drawn = shape === 'bars' ? stack(series).reverse() : series;
    const axis = { stroke: color('--ink-faint'), font: '11px system-ui', ticks: { show: false } };
    const plot = new uPlot(
      {
        width,
        height,
        legend: { show: false },
        padding: [8, 8, 0, 0],
        cursor: {
          y: false,
          points: { show: shape === 'lines' },
          drag: { x: false, y: false },
        },
        scales: {
          x: { time: true, range: [range.from / 1000, range.to / 1000] },
          y: { range: (_plot, _min, max) => [0, max > 0 ? max * 1.08 : 1] },
        },
        axes: [
          {
            ...axis,
            size: 28,
            grid: { show: false },
            values: (_plot, splits, _axis, _space, increment) =>
              splits.map((seconds) => axisTime(seconds * 1000, increment)),
          },
          {
            ...axis,
            size: 62,
            incrs: whole ? wholeSteps : undefined,
            grid: { stroke: color('--line'), width: 1 },
            values: (_plot, splits) => splits.map(format),
          },
        ],
        series: [
          {},
          ...drawn.map(
            (one): uPlot.Series =>
              shape === 'bars'
                ? {
                    fill: color(one.variable),
                    stroke: color(one.variable),
                    width: 0,
                    points: { show: false },
                    paths: uPlot.paths.bars?.({ size: [0.78, 48], align: 1 }),
                  }
                : {
                    stroke: color(one.variable),
                    width: 1.6,
                    spanGaps: false,
                    points: { show: starts.length < 40 || sparse(one.values), size: 4 },
                  },
          ),
        ],
        hooks: { setCursor: [(chart) => onHover(chart.cursor.idx ?? null)] },
      },
      [starts.map((start) => start / 1000), ...drawn.map((one) => one.values)],
      target,
    );
    return () => plot.destroy();
  }, [shape, starts, range, series, format, onHover, whole, width, theme]);

  return <div ref={place} aria-hidden style={{ height }} className="w-full overflow-hidden" />;
}

/** A value whose neighbours are missing would be no line, so it needs a dot. */
function sparse(values: (number | null)[]): boolean {
  return values.filter((value) => value !== null).length * 3 < values.length;
}

/** Canvas knows no CSS variables: a probe element tells what each is in the theme of now. */
function colorsOf(parent: HTMLElement): (variable: string) => string {
  return (variable) => {
    const probe = document.createElement('span');
    probe.style.color = `var(${variable})`;
    parent.append(probe);
    const { color } = getComputedStyle(probe);
    probe.remove();
    return color;
  };
}
