import { bundle } from './bundle.ts';
import type { Gateway } from './gateway.ts';
import { type Launched, launchPart } from './launch.ts';
import type { LoadOrder, LoadReport } from './load.ts';
import { ordered } from './ordered.ts';
import { cpuByThread, cpuMicroseconds } from './processes.ts';
import { chatRequest, model, pacedGapMs, pacedModel } from './samples.ts';

export const targetNames = ['direct', 'least', 'gateway'] as const;
export type TargetName = (typeof targetNames)[number];

/** What is called, how many at a time and for how long. */
export interface Work {
  kind: 'plain' | 'burst' | 'paced';
  connections: number;
  seconds: number;
  /** Between an answer and the next call on its connection; none when left out. */
  pauseMs?: number;
}

export interface Measured extends LoadReport {
  /** CPU that the target's processes used for this run, to the last booked row; µs an answer. */
  cpu: ProcessTimes;
}

export interface ProcessTimes {
  /** The whole process of the least proxy, or of the gateway's. */
  front: number;
  /** Of that, the thread that answers. */
  frontMainThread: number;
  ingest: number;
}

export interface Rig {
  least: Launched;
  gateway: Gateway;
  /** Runs the load against a target. Throws when a call fails: a failed call costs nothing true. */
  run(target: TargetName, work: Work): Promise<Measured>;
  /** Answers that the gateway's clients got in whole. */
  answered(): number;
  stop(): Promise<void>;
}

const bookingPatienceMs = 60_000;

/** The yardsticks and the load around a gateway; `upstreamPort` is the stand-in's. */
export async function createRig(
  gateway: Gateway,
  upstreamPort: number,
  folder: string,
): Promise<Rig> {
  const least = await launchPart(bundle('least-proxy.ts', folder), 'measured', [
    `http://127.0.0.1:${upstreamPort}`,
  ]);
  const load = await launchPart(bundle('load-process.ts', folder), 'measuring');
  const ports: Record<TargetName, number> = {
    direct: upstreamPort,
    least: least.port,
    gateway: gateway.port,
  };
  const processes: Record<TargetName, { front?: number; ingest?: number }> = {
    direct: {},
    least: { front: least.pid },
    gateway: { front: gateway.proxy.pid, ingest: gateway.ingest.pid },
  };
  let answered = 0;

  async function run(target: TargetName, work: Work): Promise<Measured> {
    const { kind, connections, seconds, pauseMs = 0 } = work;
    const throughGateway = target === 'gateway';
    // What the gateway does by its config, the others do by the path itself.
    const prefix = kind === 'paced' && !throughGateway ? `/paced/${pacedGapMs}` : '';
    const order: LoadOrder = {
      port: ports[target],
      path: `${prefix}/v1/chat/completions`,
      headers: { authorization: `Bearer ${gateway.masterKey}` },
      body: chatRequest(kind === 'paced' ? pacedModel : model, kind !== 'plain'),
      connections,
      seconds,
      pauseMs,
    };
    const { front, ingest } = processes[target];
    const used = (): ProcessTimes => ({
      front: front === undefined ? 0 : cpuMicroseconds(front),
      frontMainThread: front === undefined ? 0 : (cpuByThread(front)[0]?.microseconds ?? 0),
      ingest: ingest === undefined ? 0 : cpuMicroseconds(ingest),
    });
    const before = used();
    const report = await ordered<LoadReport>(load, order);
    if (report.failures > 0) {
      throw new Error(`${report.failures} calls to ${target} failed: ${report.firstFailure}`);
    }
    if (throughGateway) {
      answered += report.answers;
      await allBooked();
    }
    const after = used();
    const each = (part: keyof ProcessTimes) => (after[part] - before[part]) / report.answers;
    return {
      ...report,
      cpu: {
        front: each('front'),
        frontMainThread: each('frontMainThread'),
        ingest: each('ingest'),
      },
    };
  }

  /** A call's cost ends with its row in the books; records that wait must not weigh on the next run. */
  async function allBooked() {
    const deadline = Date.now() + bookingPatienceMs;
    while ((await gateway.booked()) < answered && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  return {
    least,
    gateway,
    run,
    answered: () => answered,
    async stop() {
      await Promise.all([least.stop(), load.stop()]);
    },
  };
}
