import { cpus, totalmem } from 'node:os';
import type { ColdStart } from './cold-start.ts';
import type { Books, IngestFinding } from './ingest.ts';
import { canPin } from './launch.ts';
import type { QueriesFinding } from './queries.ts';
import type { Bar, Row } from './rows.ts';
import { figure, table } from './table.ts';

export const coldStartBar: Bar = { must: 220, aim: 150 };

/** What figures are worth without: the machine, the runtime, and who ran where. */
export function machineLine(): string {
  const [first] = cpus();
  const memory = `${Math.round(totalmem() / 1e9)} GB`;
  const placement = canPin
    ? 'proxy, ingest and the least proxy on core 0; load and upstream on core 1'
    : 'NOT pinned: two cores and taskset are needed, and without them figures are rough';
  return `${first?.model ?? 'unknown CPU'}, ${cpus().length} cores, ${memory}, node ${process.version}; ${placement}`;
}

const verdict = (judged: number, { must, aim }: Bar) =>
  judged <= aim ? 'aim met' : judged <= must ? 'must met' : 'OVER';

export function rowsTable(rows: Row[]): string {
  return table(
    ['', '× least', 'direct', 'least', 'gateway', 'unit', 'judged', 'must', 'aim', ''],
    rows.map(({ what, unit, direct, least, gateway, ratio, judged, bar }) => [
      what,
      figure(ratio),
      ...[direct, least, gateway].map(figure),
      unit,
      ...(bar === null || judged === null
        ? ['', '', '', '']
        : [figure(judged), figure(bar.must), figure(bar.aim), verdict(judged, bar)]),
    ]),
  );
}

export function coldStartTable(bare: number, functions: ColdStart[]): string {
  const { must, aim } = coldStartBar;
  return table(
    ['spawn → first 200, ms', '× bare', 'image', 'sources', 'must', 'aim', ''],
    [
      ['bare node:http', '1.00', figure(bare), '–', '', '', ''],
      ...functions.map(({ what, image, sources, ratio }) => [
        what,
        ...[ratio, image, sources, must, aim].map(figure),
        verdict(image, coldStartBar),
      ]),
    ],
  );
}

/** Records a second: more is better. */
const ingestBars: Record<Books, Bar | null> = {
  least: null,
  sqlite: { must: 3000, aim: 6000 },
  postgres: { must: 4000, aim: 8000 },
};

export function ingestTable(findings: IngestFinding[]): string {
  const judged = (rate: number, bar: Bar) =>
    rate >= bar.aim ? 'aim met' : rate >= bar.must ? 'must met' : 'UNDER';
  return table(
    ['records a second', '', '× least', 'p50 ms', 'p99 ms', 'CPU µs', 'must', 'aim', '', 'books'],
    findings.map(({ books, rate, ratio, latencyMicros, cpu, accepted, booked }) => {
      const bar = ingestBars[books];
      return [
        books,
        ...[rate, ratio, latencyMicros.p50 / 1000, latencyMicros.p99 / 1000, cpu].map(figure),
        ...(bar ? [figure(bar.must), figure(bar.aim), judged(rate, bar)] : ['', '', '']),
        accepted === booked ? 'all there' : `${booked} OF ${accepted}`,
      ];
    }),
  );
}

const diskBar: Bar = { must: 2500, aim: 1500 };
const exportBar: Bar = { must: 20_000, aim: 40_000 };
const callsBar: Bar = { must: 1.2, aim: 1.1 };

export function queriesTable(finding: QueriesFinding): string {
  const { calls, bytesACall, queries, exportRate, leastExportRate, calls99 } = finding;
  const fast =
    exportRate >= exportBar.aim ? 'aim met' : exportRate >= exportBar.must ? 'must met' : 'UNDER';
  return table(
    [`${calls.toLocaleString('en-US')} calls`, 'p50', 'p95', 'least', 'unit', 'must', ''],
    [
      ...queries.map(({ name, p50, p95, least, bar }) => [
        name,
        ...[p50, p95, least].map(figure),
        'ms',
        figure(bar),
        verdict(p95, { must: bar, aim: bar / 2 }),
      ]),
      [
        'export as CSV',
        figure(exportRate),
        '',
        figure(leastExportRate),
        'rows/s',
        figure(exportBar.must),
        fast,
      ],
      [
        '200 calls/s beside: p99 over p99 alone',
        figure(calls99.ratio),
        figure(calls99.beside / 1000),
        figure(calls99.alone / 1000),
        '×, ms, ms',
        figure(callsBar.must),
        verdict(calls99.ratio, callsBar),
      ],
      [
        'on disk, a call',
        figure(bytesACall),
        '',
        '',
        'bytes',
        figure(diskBar.must),
        verdict(bytesACall, diskBar),
      ],
    ],
  );
}
