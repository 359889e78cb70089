import { copyFileSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle } from './bundle.ts';
import { type DashboardClient, openDashboard } from './dashboard-client.ts';
import { firstAnswer } from './first-answer.ts';
import { freePort } from './free-port.ts';
import { startGateway } from './gateway.ts';
import { launch, launchPart } from './launch.ts';
import { baseEnvironment, entries, type Layout } from './layout.ts';
import { leastQueries } from './least-queries.ts';
import type { LoadOrder, LoadReport } from './load.ts';
import { ordered } from './ordered.ts';
import { explore, type Known, queryKinds } from './query-kinds.ts';
import { chatRequest, model } from './samples.ts';
import { median, percentile } from './statistics.ts';

export interface QueryFinding {
  name: string;
  p50: number;
  p95: number;
  /** The same asked plainly of the file, where that is possible; milliseconds, median. */
  least: number | null;
  bar: number;
}

export interface QueriesFinding {
  calls: number;
  bytesACall: number;
  queries: QueryFinding[];
  /** Rows a second of an export of everything, and those of reading the table and writing nothing. */
  exportRate: number;
  leastExportRate: number;
  /** Of 200 calls a second: p99 alone, beside the queries, and the median of the rounds' ratios. */
  calls99: { alone: number; beside: number; ratio: number };
}

/** Five clients with a pause: some 200 calls a second. */
const connections = 5;
const pauseMs = 24;
const exportRows = 200_000;

/** The dashboard's queries on a store of many calls, while calls pass the gateway. */
export async function measureQueries(
  { store, rounds, seconds }: { store: string; rounds: number; seconds: number },
  layout: Layout,
  compileCache: string,
): Promise<QueriesFinding> {
  const folder = mkdtempSync(join(tmpdir(), 'tallygate-bench-queries-'));
  // The measuring books calls of its own: not into the store that was given.
  copyFileSync(store, join(folder, 'tallygate.db'));
  const upstream = await launchPart(bundle('upstream.ts', folder));
  const gateway = await startGateway({ layout, folder, compileCache, upstreamPort: upstream.port });
  const port = await freePort();
  const dashboard = launch({
    args: [entries[layout]],
    env: {
      ...baseEnvironment(compileCache),
      FUNCTION_TARGET: 'dashboard',
      PORT: String(port),
      PROXY_MASTER_KEY: gateway.masterKey,
      PROXY_URL: `http://127.0.0.1:${gateway.port}`,
      DATABASE_URL: `http://127.0.0.1:${gateway.port}`,
      LLM_MODEL: model,
    },
  });
  const load = await launchPart(bundle('load-process.ts', folder));
  try {
    await firstAnswer(port, '/health/readiness', dashboard);
    const client = await openDashboard(`http://127.0.0.1:${port}`, gateway.masterKey);
    const known = await explore(client);
    const order: LoadOrder = {
      port: gateway.port,
      path: '/v1/chat/completions',
      headers: { authorization: `Bearer ${gateway.masterKey}` },
      body: chatRequest(model, false),
      ...{ connections, pauseMs, seconds },
    };
    const runLoad = () => ordered<LoadReport>(load, order);
    await runLoad();

    const times = new Map<string, number[]>();
    const tails: { alone: number; beside: number }[] = [];
    for (let round = 0; round < rounds; round++) {
      const alone = await runLoad();
      const running = runLoad();
      await askUntil(running, client, known, times);
      const beside = await running;
      tails.push({ alone: alone.latencyMicros.p99, beside: beside.latencyMicros.p99 });
    }
    const least = leastQueries(store, known);
    return {
      calls: least.calls,
      bytesACall: statSync(store).size / least.calls,
      queries: queryKinds.map(({ name, bar }) => ({
        name,
        p50: percentile(times.get(name) ?? [], 0.5),
        p95: percentile(times.get(name) ?? [], 0.95),
        least: least.times.get(name) ?? null,
        bar,
      })),
      exportRate: await measureExport(client, known),
      leastExportRate: least.exportRate,
      calls99: {
        alone: median(tails.map(({ alone }) => alone)),
        beside: median(tails.map(({ beside }) => beside)),
        ratio: median(tails.map(({ alone, beside }) => beside / alone)),
      },
    };
  } finally {
    await Promise.all([load.stop(), dashboard.stop()]);
    await gateway.stop();
    await upstream.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Asks one query after another, of each kind in turn, as long as calls pass. */
async function askUntil(
  done: Promise<unknown>,
  client: DashboardClient,
  known: Known,
  times: Map<string, number[]>,
): Promise<void> {
  let over = false;
  const end = () => {
    over = true;
  };
  done.then(end, end);
  while (!over) {
    for (const { name, ask } of queryKinds) {
      const took = await ask(client, known);
      times.set(name, [...(times.get(name) ?? []), took]);
    }
  }
}

async function measureExport(client: DashboardClient, known: Known): Promise<number> {
  const share = Math.min(1, exportRows / 1_000_000);
  const from = Math.floor(known.to - (known.to - known.from) * share);
  const query = { from, to: known.to, format: 'csv' };
  const { milliseconds, text } = await client.get('request-logs/export', query);
  const rows = text.split('\r\n').length - 2;
  return rows / (milliseconds / 1000);
}
