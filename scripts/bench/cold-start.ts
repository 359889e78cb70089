import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FunctionName, functionNames } from '../../functions/_shared/config/environment.ts';
import { firstAnswer } from './first-answer.ts';
import { freePort } from './free-port.ts';
import { type Launch, launch } from './launch.ts';
import { baseEnvironment, entries, type Layout } from './layout.ts';
import { model } from './samples.ts';
import { median } from './statistics.ts';

/** Milliseconds from spawn to the first 200, medians. */
export interface ColdStart {
  what: string;
  image: number;
  sources: number;
  /** The image layout's over a bare node:http server's, of the same rounds. */
  ratio: number;
}

const bareServer = `require('node:http').createServer((_, r) => r.end()).listen(process.env.PORT)`;

interface Start {
  what: string;
  path: string;
  launchOn(port: number, folder: string): Launch;
}

/**
 * Starts each function over and over, in turns with a bare server. The functions are given no
 * neighbours: each must come up while the others are still away, as on a cluster. Nothing is
 * pinned, since a starting node compiles and collects on threads beside its own.
 */
export async function measureColdStarts(
  rounds: number,
  layouts: readonly Layout[],
  compileCache: string,
): Promise<{ bare: number; functions: ColdStart[] }> {
  const bare: Start = {
    what: 'bare node:http',
    path: '/',
    launchOn: (port) => ({
      args: ['-e', bareServer],
      env: { ...baseEnvironment(compileCache), PORT: String(port) },
    }),
  };
  const starts = functionNames.flatMap((name) =>
    layouts.flatMap((layout) => [
      startOf(name, layout, compileCache, 'liveliness'),
      ...(name === 'proxy' ? [startOf(name, layout, compileCache, 'readiness')] : []),
    ]),
  );
  const times = new Map<string, number[]>();
  // The first round fills the compile cache, which node writes when it exits in peace.
  for (let round = -1; round < rounds; round++) {
    for (const start of [bare, ...starts]) {
      const time = await timeOf(start);
      if (round >= 0) times.set(start.what, [...(times.get(start.what) ?? []), time]);
    }
  }
  const timesOf = (what: string) => times.get(what) ?? [];
  const bareTimes = timesOf(bare.what);
  const whats = new Set(starts.map(({ what }) => what.slice(what.indexOf(' ') + 1)));
  return {
    bare: median(bareTimes),
    functions: [...whats].map((what) => {
      const image = timesOf(`image ${what}`);
      return {
        what,
        image: median(image),
        sources: median(timesOf(`sources ${what}`)),
        ratio: median(image.map((time, round) => time / (bareTimes[round] ?? Number.NaN))),
      };
    }),
  };
}

function startOf(
  name: FunctionName,
  layout: Layout,
  compileCache: string,
  probe: 'liveliness' | 'readiness',
): Start {
  return {
    what: `${layout} ${name}, ${probe}`,
    path: `/health/${probe}`,
    launchOn: (port, folder) => ({
      args: [entries[layout]],
      env: {
        ...baseEnvironment(compileCache),
        ...environmentOf(name, folder),
        FUNCTION_TARGET: name,
        PORT: String(port),
      },
    }),
  };
}

/** The least that a function needs. Its neighbours' address is one where nobody listens. */
function environmentOf(name: FunctionName, folder: string): NodeJS.ProcessEnv {
  const nobody = 'http://127.0.0.1:9';
  const shared = { PROXY_MASTER_KEY: 'sk-bench-cold-start-0123456789abcdef', PROXY_URL: nobody };
  const configPath = join(folder, 'config.yaml');
  const params = { model: 'openai/gpt-4o-mini', api_base: `${nobody}/v1`, api_key: 'sk-bench' };
  writeFileSync(
    configPath,
    JSON.stringify({ model_list: [{ model_name: model, litellm_params: params }] }),
  );
  const configured = { ...shared, CONFIG_PATH: configPath };
  if (name !== 'proxy') return { ...configured, DATABASE_URL: nobody, PROXY_API_KEY: 'sk-bench' };
  return {
    ...configured,
    DATABASE_URL: `file:${join(folder, 'tallygate.db')}`,
    INGEST_URL: nobody,
  };
}

async function timeOf(start: Start): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'tallygate-cold-start-'));
  try {
    const port = await freePort();
    const launching = start.launchOn(port, folder);
    const began = performance.now();
    const launched = launch(launching);
    try {
      await firstAnswer(port, start.path, launched);
      return performance.now() - began;
    } finally {
      await launched.stop();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
