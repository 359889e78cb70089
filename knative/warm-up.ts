import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

// Starts each function of a built image once and ends it: Node then keeps V8's compiled code in
// NODE_COMPILE_CACHE, and an image with a function that cannot start is not built at all.
// Usage: node knative/warm-up.ts dist/main.mjs

const [, , entry = 'dist/main.mjs'] = process.argv;
const nobody = 'http://127.0.0.1:9';
const folder = mkdtempSync(join(tmpdir(), 'warm-up-'));
const environment = {
  ...process.env,
  PORT: '0',
  PROXY_MASTER_KEY: 'for-the-warm-up-only-0123456789abcdef',
  PROXY_API_KEY: 'for-the-warm-up-only',
  PROXY_URL: nobody,
  K_SINK: nobody,
  CONFIG_PATH: join(import.meta.dirname, 'config.yaml'),
  LLM_API_BASE: nobody,
  LLM_MODEL: 'none',
};

for (const name of ['chat', 'proxy', 'ingest', 'dashboard', 'alert']) {
  const child = spawn(process.execPath, [entry], {
    env: {
      ...environment,
      FUNCTION_TARGET: name,
      DATABASE_URL: name === 'proxy' ? `file:${join(folder, 'tallygate.db')}` : nobody,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
  for await (const line of createInterface({ input: child.stdout })) {
    process.stdout.write(`${line}\n`);
    if (!line.includes('"msg":"ready"')) continue;
    const { port } = JSON.parse(line) as { port: number };
    await (await fetch(`http://127.0.0.1:${port}/health/liveliness`)).text();
    child.kill('SIGTERM');
  }
  const code = await ended;
  if (code !== 0) throw new Error(`${name} ended with ${code}; its own words are above.`);
}
