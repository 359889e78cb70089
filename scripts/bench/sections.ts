import { addedRow, interleave, judgedBy, plainRow, type Row, rowOf } from './rows.ts';
import { piecesPerStream } from './samples.ts';
import type { Measured, Rig } from './targets.ts';

export interface Effort {
  rounds: number;
  /** Of one run. */
  seconds: number;
}

export const loadSections = ['latency', 'throughput', 'streams'] as const;
export type LoadSection = (typeof loadSections)[number];

/**
 * What one client waits for the gateway. Back to back, the records of earlier calls are booked
 * on the same core while the next call waits; with a pause between calls they are done by then,
 * and what is left is the call's own way.
 */
async function latency(rig: Rig, { rounds, seconds }: Effort): Promise<Row[]> {
  const must = { p50: 150, p99: 1000 };
  const aim = { p50: 80, p99: 500 };
  const rows: Row[] = [];
  for (const pauseMs of [0, 5]) {
    const work = { kind: 'plain', connections: 1, seconds, pauseMs } as const;
    const measured = await interleave(rig, rounds, work);
    const when = pauseMs === 0 ? 'back to back' : `${pauseMs} ms apart`;
    for (const rank of ['p50', 'p99'] as const) {
      const figure = (run: Measured) => run.latencyMicros[rank];
      const bar = { must: must[rank], aim: aim[rank] };
      rows.push(
        rowOf(measured, `1 connection, ${when}: latency ${rank}`, 'µs', figure),
        addedRow(measured, 'direct', `  ${rank} added over direct`, figure),
        addedRow(measured, 'least', `  ${rank} added over the least`, figure, bar),
      );
    }
  }
  return rows;
}

/** 32 clients at once, which fill the core that is measured. */
async function throughput(rig: Rig, { rounds, seconds }: Effort): Promise<Row[]> {
  const measured = await interleave(rig, rounds, { kind: 'plain', connections: 32, seconds });
  const proxies = ['least', 'gateway'] as const;
  return [
    judgedBy(
      rowOf(measured, 'CPU an answer, the proxy', 'µs', (run) => run.cpu.front, proxies),
      { must: 260, aim: 200 },
      'gateway',
    ),
    rowOf(
      measured,
      '  of it the thread that answers',
      'µs',
      (run) => run.cpu.frontMainThread,
      proxies,
    ),
    rowOf(measured, 'CPU an answer, ingest', 'µs', (run) => run.cpu.ingest, ['gateway']),
    rowOf(
      measured,
      'CPU an answer, both, to the booked row',
      'µs',
      (run) => run.cpu.front + run.cpu.ingest,
      proxies,
    ),
    rowOf(measured, 'answers a second, 32 connections', '/s', (run) => run.answers / run.seconds),
    rowOf(measured, 'latency p50, 32 connections', 'µs', (run) => run.latencyMicros.p50),
    rowOf(measured, 'latency p99, 32 connections', 'µs', (run) => run.latencyMicros.p99),
  ];
}

/** Streams, 16 at once: as fast as they come, and at the pace of a model that writes. */
async function streams(rig: Rig, { rounds, seconds }: Effort): Promise<Row[]> {
  const rows: Row[] = [];
  for (const kind of ['burst', 'paced'] as const) {
    const measured = await interleave(rig, rounds, { kind, connections: 16, seconds });
    rows.push(
      judgedBy(
        rowOf(
          measured,
          `${kind} streams, CPU a chunk, the proxy`,
          'µs',
          (run) => run.cpu.front / piecesPerStream,
          ['least', 'gateway'],
        ),
        { must: 1.5, aim: 1.2 },
        'ratio',
      ),
      rowOf(
        measured,
        `${kind} streams, ingest a chunk`,
        'µs',
        (r) => r.cpu.ingest / piecesPerStream,
        ['gateway'],
      ),
      rowOf(measured, `${kind} streams, first chunk p50`, 'µs', (run) => run.firstByteMicros.p50),
      rowOf(measured, `${kind} streams, first chunk p99`, 'µs', (run) => run.firstByteMicros.p99),
      rowOf(measured, `${kind} streams a second`, '/s', (run) => run.answers / run.seconds),
    );
  }
  return rows;
}

export const runSection: Record<LoadSection, (rig: Rig, effort: Effort) => Promise<Row[]>> = {
  latency,
  throughput,
  streams,
};

/** Memory of the processes, in MB, before the first call, at its highest and some time after the last. */
export function memoryRows(stages: Record<'idle' | 'peak' | 'after', MemoryReading>): Row[] {
  const row = (what: string, { least, proxy }: MemoryReading): Row => ({
    ...plainRow(`memory ${what}, the proxy`, 'MB', proxy),
    least,
    ratio: proxy / least,
  });
  return [
    judgedBy(row('idle', stages.idle), { must: 90, aim: 70 }, 'gateway'),
    judgedBy(row('at its peak', stages.peak), { must: 180, aim: 140 }, 'gateway'),
    row('after the load', stages.after),
    plainRow('memory idle, ingest', 'MB', stages.idle.ingest),
    plainRow('memory at its peak, ingest', 'MB', stages.peak.ingest),
  ];
}

export interface MemoryReading {
  least: number;
  proxy: number;
  ingest: number;
}
