import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { freeOffset } from './free-offset.fixture.ts';
import { portsAt } from './ports.ts';

const script = fileURLToPath(new URL('./start.ts', import.meta.url));
const patience = { timeout: 45_000, interval: 100 };

let folder: string;
let offset: number;
let started: ChildProcess[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tallygate-start-'));
  offset = await freeOffset();
});
afterEach(async () => {
  for (const child of started) child.kill('SIGKILL');
  started = [];
  await vi.waitFor(() => expect(partsOf(folder)).toEqual([]), patience);
  rmSync(folder, { recursive: true, force: true, maxRetries: 20 });
});

/** `npm start` after its set-up, with nothing of this shell's own settings. */
function start(env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [script], {
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      LLM_API_BASE: '',
      PORT_OFFSET: String(offset),
      DATA_DIR: folder,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  }
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  return {
    child,
    exited,
    said: () => said,
    ready: () => vi.waitFor(() => expect(said).toContain('Tallygate is ready.'), patience),
  };
}

/** The processes whose environment names the data folder, by what they are; the starter aside. */
function partsOf(dataFolder: string): { pid: number; target: string }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const environment = readFileSync(`/proc/${name}/environ`, 'utf8');
        if (!environment.includes(dataFolder)) return [];
        const target = /FUNCTION_TARGET=([a-z]+)/.exec(environment)?.[1];
        return target ? [{ pid: Number(name), target }] : [];
      } catch {
        return [];
      }
    });
}

test('starts all with one key, kept and shown once; Ctrl-C stops all', async () => {
  const dataFolder = join(folder, 'of its own');
  const first = start({ DATA_DIR: dataFolder });
  await first.ready();
  const key = /master key (sk-\S+)/.exec(first.said())?.[1] ?? '';
  expect(key.length).toBeGreaterThanOrEqual(32);
  expect(first.said()).toContain('a built-in demo answers the calls');
  for (const path of [dataFolder, join(dataFolder, 'master-key')]) {
    expect(statSync(path).mode & 0o077).toBe(0);
  }

  const ports = portsAt(offset);
  const answer = await fetch(`http://127.0.0.1:${ports.proxy}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'custom-llm', messages: [{ role: 'user', content: 'Hello!' }] }),
  });
  expect(answer.status).toBe(200);
  await answer.text();
  for (const port of [ports.chat, ports.dashboard]) {
    const page = await fetch(`http://127.0.0.1:${port}/`);
    expect(await page.text()).toContain('<div id="page">');
  }

  first.child.kill('SIGINT');
  expect(await first.exited).toBe(0);
  expect(first.said()).toContain('Stopped.');
  expect(partsOf(folder)).toEqual([]);

  const second = start({ DATA_DIR: dataFolder });
  await second.ready();
  expect(second.said()).not.toContain(key);
  const again = await fetch(
    `http://127.0.0.1:${ports.proxy}/spend/logs?request_id=${answer.headers.get('x-litellm-call-id')}`,
    { headers: { authorization: `Bearer ${key}` } },
  );
  expect(await again.json()).toHaveLength(1);
}, 120_000);

test('models of one’s own need no demo, and the curl asks for one of them', async () => {
  const path = join(folder, 'config.yaml');
  const params = '{ model: openai/mine, api_base: "http://127.0.0.1:9/v1", api_key: none }';
  writeFileSync(path, `model_list: [{ model_name: mine, litellm_params: ${params} }]`);
  const { ready, said } = start({ CONFIG_PATH: path, CHAT_MODEL: 'mine' });
  await ready();
  expect(said()).toContain(`the models of ${path}`);
  expect(said()).toContain('{"model": "mine"');
  expect(said()).not.toContain('demo');
}, 90_000);

test('a function that dies is started again, and says so', async () => {
  const { ready, said } = start();
  await ready();
  const chat = () => partsOf(folder).find(({ target }) => target === 'chat');
  const before = chat();
  process.kill(before?.pid ?? 0, 'SIGKILL');
  await vi.waitFor(async () => {
    expect(chat()?.pid).not.toBe(before?.pid);
    const url = `http://127.0.0.1:${portsAt(offset).chat}/health/readiness`;
    expect((await fetch(url)).status).toBe(200);
  }, patience);
  expect(said()).toMatch(/chat .*(again|ended|died)/i);
}, 90_000);

test('when the starter is killed, what it started ends by itself', async () => {
  const { child, ready } = start();
  await ready();
  expect(partsOf(folder).length).toBeGreaterThanOrEqual(5);
  child.kill('SIGKILL');
  await vi.waitFor(() => expect(partsOf(folder)).toEqual([]), patience);
}, 90_000);

test('a taken port is named, with the variable that moves it', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(portsAt(offset).proxy, resolve));
  const { exited, said } = start();
  expect(await exited).toBe(1);
  server.close();
  expect(said()).toContain(`${portsAt(offset).proxy} (proxy)`);
  expect(said()).toContain('PORT_OFFSET');
});

test.each([
  [{ PORT_OFFSET: 'ten' }, /PORT_OFFSET must be/],
  [{ LLM_API_BASE: 'http://127.0.0.1:9/v1' }, /LLM_MODEL is not/],
  [{ CONFIG_PATH: '/nowhere/config.yaml' }, /Cannot read CONFIG_PATH \/nowhere/],
  [{ PROXY_MASTER_KEY: 'x'.repeat(600) }, /PROXY_MASTER_KEY/],
])('a wrong setting ends it with what to do: %o', async (env, message) => {
  const { exited, said } = start(env as Record<string, string>);
  expect(await exited).toBe(1);
  expect(said()).toMatch(message);
  expect(said()).not.toContain('again');
  expect(said()).not.toMatch(/\bat \S+:\d+:\d+/);
});
