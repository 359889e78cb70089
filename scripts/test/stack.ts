import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deriveBearer } from '../../functions/_shared/secrets.ts';
import { openRemoteStore } from '../../functions/_shared/store/remote/remote.ts';
import { freeOffset } from '../start/free-offset.fixture.ts';
import { describeParts, stopOrder } from '../start/parts.ts';
import { type PartName, portsAt } from '../start/ports.ts';
import { supervise } from '../start/supervisor.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const patienceMs = 45_000;

export const masterKey = 'sk-test-0123456789-0123456789-0123456789';

export interface StackOptions {
  parts: PartName[];
  /** What `os.environ/LLM_API_BASE` is to find, if not the demo upstream. */
  upstreamUrl?: string;
  /** A `config.yaml` as an object, in place of the demo's. */
  config?: object;
  /** Beside, or over, what `npm start` would set for every part. */
  env?: Record<string, string>;
  /** The same for one part, which may need to know where the others will be. */
  envOf?: (urls: Record<PartName, string>) => Partial<Record<PartName, Record<string, string>>>;
  /** Where the data are to lie, and stay, if not in a folder of its own. */
  dataFolder?: string;
}

/** Real processes, as `npm start` runs and restarts them, on ports and data of their own. */
export async function startStack({ parts: names, env = {}, ...given }: StackOptions) {
  const ports = portsAt(await freeOffset());
  const urls = Object.fromEntries(
    Object.entries(ports).map(([name, port]) => [name, `http://127.0.0.1:${port}`]),
  ) as Record<PartName, string>;
  const own = given.envOf?.(urls) ?? {};
  const dataFolder = given.dataFolder ?? mkdtempSync(join(tmpdir(), 'tallygate-stack-'));
  const parts = describeParts({
    ports,
    root,
    dataFolder,
    masterKey,
    configPath: writeConfig(dataFolder, given.config),
    llm: {
      LLM_API_BASE: given.upstreamUrl ?? `http://127.0.0.1:${ports.upstream}/v1`,
      LLM_MODEL: 'demo',
      LLM_API_KEY: 'sk-upstream',
    },
    demo: true,
  })
    .filter(({ name }) => names.includes(name as PartName))
    .map((part) => ({
      ...part,
      env: { ...part.env, DEMO_PACE_MS: '0', ...env, ...own[part.name as PartName] },
    }));
  const lines: string[] = [];
  const supervisor = supervise({
    parts,
    onLine: (name, line) => lines.push(`${name} ${line}`),
    onNews: (news) => lines.push(news),
    graceMs: 30_000,
  });
  const ready = () =>
    supervisor.ready(patienceMs).catch((error: Error) => {
      throw new Error(`${error.message}\n${lines.slice(-20).join('\n')}`);
    });
  const store = openRemoteStore({
    url: urls.proxy,
    bearer: deriveBearer(masterKey, 'store'),
  });
  const end = async () => {
    supervisor.kill();
    await store.close();
    if (given.dataFolder !== undefined) return;
    // The dead may still hold the folder for a moment.
    rmSync(dataFolder, { recursive: true, force: true, maxRetries: 20 });
  };
  await ready().catch(async (error) => {
    await end();
    throw error;
  });
  return {
    urls,
    store,
    dataFolder,
    /** What the parts have said so far, and what became of them. */
    lines,
    /** What a client needs to call it. */
    proxy: {
      url: urls.proxy,
      headers: { authorization: `Bearer ${masterKey}`, 'content-type': 'application/json' },
    },
    ready,
    signal(name: PartName, signal: NodeJS.Signals) {
      const pid = supervisor.pidOf(name);
      if (pid === undefined) throw new Error(`${name} is not running.`);
      process.kill(pid, signal);
    },
    /** Stops it as `npm start` does on Ctrl-C. */
    stop: () => supervisor.stop(stopOrder),
    /** Ends it at once and takes away its data, if their folder is its own. */
    end,
  };
}

export type Stack = Awaited<ReturnType<typeof startStack>>;

function writeConfig(folder: string, config: object | undefined): string {
  if (config === undefined) return join(root, 'scripts/demo/config.yaml');
  const path = join(folder, 'config.yaml');
  // YAML takes JSON as it is.
  writeFileSync(path, JSON.stringify(config));
  return path;
}
