import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SetupError } from '../../functions/_shared/config/environment.ts';
import { buildPages } from '../build/pages.ts';
import { banner } from './banner.ts';
import { findMasterKey } from './master-key.ts';
import { describeParts, stopOrder } from './parts.ts';
import { portsAt, requireFree } from './ports.ts';
import { renderLine } from './render-line.ts';
import { supervise } from './supervisor.ts';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const patienceMs = 60_000;
const say = (line: string) => process.stderr.write(`${line}\n`);

async function main() {
  const { env } = process;
  const envFile = join(root, '.env');
  const keyed = Boolean(env.PROXY_MASTER_KEY || env.LITELLM_MASTER_KEY);
  if (existsSync(envFile)) process.loadEnvFile(envFile);
  const ports = portsAt(Number(env.PORT_OFFSET ?? 0));
  // Models of one's own need neither the demo nor an LLM_API_BASE.
  const demo = !env.LLM_API_BASE && !env.CONFIG_PATH;
  if (env.LLM_API_BASE && !env.LLM_MODEL) {
    throw new SetupError('LLM_API_BASE is set but LLM_MODEL is not: name the model to ask for.');
  }
  const { upstream, ...rest } = ports;
  await requireFree(demo ? ports : rest);

  const dataFolder = resolve(root, env.DATA_DIR || 'data');
  // What people asked and were answered lies there: for nobody else on this machine.
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  const masterKey = findMasterKey({
    environment: env,
    envFile: keyed ? null : envFile,
    dataFolder,
  });
  await buildPages(root, say);

  const llm: Record<string, string> = demo
    ? { LLM_API_BASE: `http://127.0.0.1:${upstream}/v1`, LLM_MODEL: 'demo', LLM_API_KEY: 'demo' }
    : {};
  const configPath = resolve(
    root,
    env.CONFIG_PATH || (demo ? 'scripts/demo/config.yaml' : 'knative/config.yaml'),
  );
  if (demo) say('LLM_API_BASE is not set: a built-in demo answers the calls (see .env.example).');

  const supervisor = supervise({
    parts: describeParts({
      ports,
      root,
      dataFolder,
      masterKey: masterKey.key,
      configPath,
      llm,
      demo,
    }),
    onLine: (name, line) => {
      const rendered = renderLine(name, line, env.LOG_LEVEL !== undefined);
      if (rendered) say(rendered);
    },
    onNews: say,
    graceMs: Number(env.SHUTDOWN_GRACE_SECONDS ?? 20) * 1000 + 5000,
  });

  let stopping = false;
  const stop = async () => {
    if (stopping) {
      supervisor.kill();
      process.exit(1);
    }
    stopping = true;
    say('\nStopping: calls end, records are delivered (Ctrl-C again ends it at once) …');
    await supervisor.stop(stopOrder);
    say('Stopped.');
    process.exit(0);
  };
  process.on('SIGINT', () => void stop());
  process.on('SIGTERM', () => void stop());

  try {
    await supervisor.ready(patienceMs);
  } catch (error) {
    if (stopping) return;
    supervisor.kill();
    throw error;
  }
  const answering = demo
    ? 'the built-in demo (set LLM_API_BASE, LLM_API_KEY and LLM_MODEL for a real one)'
    : env.CONFIG_PATH
      ? `the models of ${configPath}`
      : `${env.LLM_MODEL} at ${env.LLM_API_BASE}`;
  const model = env.CHAT_MODEL || 'custom-llm';
  process.stdout.write(banner({ ports, dataFolder, masterKey, upstream: answering, model }));
}

main().catch((error: unknown) => {
  say(error instanceof Error ? error.message : String(error));
  process.exit(1);
});
