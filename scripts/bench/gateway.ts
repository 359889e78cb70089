import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deriveBearer } from '../../functions/_shared/secrets.ts';
import { openStore } from '../../functions/_shared/store/open.ts';
import { createLogger } from '../../functions/_shared/telemetry.ts';
import { firstAnswer } from './first-answer.ts';
import { freePort } from './free-port.ts';
import { type Launched, launch, type Place } from './launch.ts';
import { baseEnvironment, entries, type Layout } from './layout.ts';
import { model, pacedGapMs, pacedModel } from './samples.ts';

export interface Gateway {
  port: number;
  ingestPort: number;
  masterKey: string;
  proxy: Launched;
  ingest: Launched;
  /** Calls that were ever booked, asked of the store itself. */
  booked(): Promise<number>;
  stop(): Promise<void>;
}

export interface GatewayOptions {
  layout: Layout;
  /** An empty folder for the data. */
  folder: string;
  compileCache: string;
  upstreamPort: number;
  place?: Place;
  /** Where ingest runs, if not beside the proxy. */
  ingestPlace?: Place;
  /** One of its own when left out. */
  masterKey?: string;
  /** Flags of node's, for the proxy only. */
  proxyFlags?: string[];
}

/**
 * The gateway as people run it: proxy and ingest in processes of their own, one file of SQLite,
 * full logging, signed events, the embedded layout's store served by the proxy.
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { layout, folder, upstreamPort, place, ingestPlace = place, proxyFlags = [] } = options;
  const [port, ingestPort] = await Promise.all([freePort(), freePort()]);
  const { masterKey = `sk-bench-${randomBytes(24).toString('hex')}` } = options;
  const configPath = join(folder, 'config.yaml');
  writeFileSync(configPath, configOf(upstreamPort));
  const shared = { ...baseEnvironment(options.compileCache), PROXY_MASTER_KEY: masterKey };
  const url = `http://127.0.0.1:${port}`;

  const proxy = launch({
    args: [...proxyFlags, entries[layout]],
    place,
    env: {
      ...shared,
      FUNCTION_TARGET: 'proxy',
      PORT: String(port),
      CONFIG_PATH: configPath,
      DATABASE_URL: `file:${join(folder, 'tallygate.db')}`,
      INGEST_URL: `http://127.0.0.1:${ingestPort}`,
    },
  });
  const ingest = launch({
    args: [entries[layout]],
    place: ingestPlace,
    env: {
      ...shared,
      FUNCTION_TARGET: 'ingest',
      PORT: String(ingestPort),
      CONFIG_PATH: configPath,
      DATABASE_URL: url,
    },
  });
  await Promise.all([
    firstAnswer(port, '/health/readiness', proxy),
    firstAnswer(ingestPort, '/health/readiness', ingest),
  ]);
  const store = await openStore({
    url,
    bearer: deriveBearer(masterKey, 'store'),
    logger: createLogger('bench', 'silent'),
  });
  return {
    port,
    ingestPort,
    masterKey,
    proxy,
    ingest,
    booked: async () => (await store.spend.of('global', '')).calls,
    async stop() {
      await store.close();
      await proxy.stop();
      await ingest.stop();
    },
  };
}

/** Two names for the stand-in, with a price so that calls are priced as everywhere else. */
function configOf(upstreamPort: number): string {
  const entry = (name: string, path: string) => ({
    model_name: name,
    litellm_params: {
      model: 'openai/gpt-4o-mini',
      api_base: `http://127.0.0.1:${upstreamPort}${path}/v1`,
      api_key: 'sk-upstream',
    },
  });
  // YAML takes JSON as it is.
  return JSON.stringify({
    model_list: [entry(model, ''), entry(pacedModel, `/paced/${pacedGapMs}`)],
  });
}
