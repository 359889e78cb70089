import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { deriveBearer, deriveKey } from '../../functions/_shared/secrets.ts';
import { openStore } from '../../functions/_shared/store/open.ts';
import { startPostgres } from '../../functions/_shared/store/postgres/server.fixture.ts';
import { createLogger } from '../../functions/_shared/telemetry.ts';
import { bundle } from './bundle.ts';
import type { EventsReport } from './events-load.ts';
import { firstAnswer } from './first-answer.ts';
import { freePort } from './free-port.ts';
import { startGateway } from './gateway.ts';
import { launch, launchPart, nextMessage } from './launch.ts';
import { baseEnvironment, entries, type Layout } from './layout.ts';
import { ordered } from './ordered.ts';
import { cpuMicroseconds } from './processes.ts';
import { median } from './statistics.ts';

/** What books the records. */
export const booksOf = ['least', 'sqlite', 'postgres'] as const;
export type Books = (typeof booksOf)[number];

export interface IngestFinding {
  books: Books;
  /** Records a second, to the committed row; the median of the rounds. */
  rate: number;
  /** The rate over the least's of the same round; the median. */
  ratio: number;
  latencyMicros: { p50: number; p99: number };
  /** CPU of ingest, of the proxy that holds the file, and of nothing else; µs a record. */
  cpu: number;
  accepted: number;
  booked: number;
}

interface Bench {
  port: number;
  pids: number[];
  booked(): Promise<number>;
  stop(): Promise<void>;
}

export interface IngestEffort {
  rounds: number;
  records: number;
}

/** As many as a broker may have under way. */
const connections = 256;
const warmUp = 4000;

/**
 * Records of about 4 KB, each an event of its own over HTTP, to rows that are committed and can
 * be searched. Nothing is pinned: load, ingest and store share what cores there are.
 */
export async function measureIngest(
  { rounds, records }: IngestEffort,
  layout: Layout,
  compileCache: string,
): Promise<{ findings: IngestFinding[]; bodyBytes: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'tallygate-bench-ingest-'));
  const load = launch({ args: [bundle('events-load.ts', folder)], talks: true });
  await nextMessage(load);
  const key = deriveKey(masterKey, 'events').toString('hex');
  const runs = new Map<Books, (EventsReport & { cpu: number; booked: number })[]>();
  try {
    // The first round warms the disk and the compiler, and counts for nothing.
    for (let round = 0; round <= rounds; round++) {
      for (const books of booksOf) {
        const place = join(folder, `${books}-${round}`);
        mkdirSync(place);
        const bench = await start[books](place, layout, compileCache);
        const order = { port: bench.port, key, records, connections, seed: round + 1 };
        // A process that has just started compiles what it runs.
        await ordered<EventsReport>(load, { ...order, records: warmUp, seed: 1000 + round });
        const before = cpuOf(bench);
        const report = await ordered<EventsReport>(load, order);
        if (report.failures > 0) {
          throw new Error(`${report.failures} events to ${books} failed: ${report.firstFailure}`);
        }
        const cpu = (cpuOf(bench) - before) / report.accepted;
        const booked = (await bench.booked()) - warmUp;
        await bench.stop();
        if (round > 0) runs.set(books, [...(runs.get(books) ?? []), { ...report, cpu, booked }]);
      }
    }
  } finally {
    await load.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  const rateOf = ({ accepted, seconds }: EventsReport) => accepted / seconds;
  const least = (runs.get('least') ?? []).map(rateOf);
  const findings = booksOf.map((books): IngestFinding => {
    const of = runs.get(books) ?? [];
    return {
      books,
      rate: median(of.map(rateOf)),
      ratio: median(of.map((run, index) => rateOf(run) / (least[index] as number))),
      latencyMicros: {
        p50: median(of.map((run) => run.latencyMicros.p50)),
        p99: median(of.map((run) => run.latencyMicros.p99)),
      },
      cpu: median(of.map((run) => run.cpu)),
      accepted: of.reduce((sum, run) => sum + run.accepted, 0),
      booked: of.reduce((sum, run) => sum + run.booked, 0),
    };
  });
  const [first] = runs.get('least') ?? [];
  return { findings, bodyBytes: first?.bodyBytes ?? 0 };
}

const masterKey = 'sk-bench-ingest-0123456789abcdef0123456789abcdef';
const cpuOf = ({ pids }: Bench) => pids.reduce((sum, pid) => sum + cpuMicroseconds(pid), 0);

const start: Record<
  Books,
  (folder: string, layout: Layout, compileCache: string) => Promise<Bench>
> = {
  async least(folder) {
    const part = await launchPart(join(import.meta.dirname, 'least-ingest.ts'), undefined, [
      folder,
    ]);
    return {
      port: part.port,
      pids: [part.pid],
      async booked() {
        const database = new Database(join(folder, 'least.db'), { readonly: true });
        const count = database.prepare('SELECT COUNT(*) FROM records').pluck().get();
        database.close();
        return count as number;
      },
      stop: () => part.stop(),
    };
  },

  /** As on a cluster with the embedded store: ingest books over the proxy's door. */
  async sqlite(folder, layout, compileCache) {
    const upstreamPort = await freePort();
    const gateway = await startGateway({ layout, folder, compileCache, upstreamPort, masterKey });
    return {
      port: gateway.ingestPort,
      pids: [gateway.proxy.pid, gateway.ingest.pid],
      booked: gateway.booked,
      stop: () => gateway.stop(),
    };
  },

  /** Ingest straight to a server of its own, which syncs as little as a file in WAL does. */
  async postgres(folder, layout, compileCache) {
    const server = await startPostgres();
    const url = await server.createDatabase();
    const port = await freePort();
    const configPath = join(folder, 'config.yaml');
    writeFileSync(configPath, '{}');
    const ingest = launch({
      args: [entries[layout]],
      env: {
        ...baseEnvironment(compileCache),
        PROXY_MASTER_KEY: masterKey,
        FUNCTION_TARGET: 'ingest',
        PORT: String(port),
        CONFIG_PATH: configPath,
        DATABASE_URL: url,
      },
    });
    await firstAnswer(port, '/health/readiness', ingest);
    const logger = createLogger('bench', 'silent');
    const store = await openStore({ url, bearer: deriveBearer(masterKey, 'store'), logger });
    return {
      port,
      pids: [ingest.pid],
      booked: async () => (await store.spend.of('global', '')).calls,
      async stop() {
        await store.close();
        await ingest.stop();
        await server.stop();
      },
    };
  },
};
