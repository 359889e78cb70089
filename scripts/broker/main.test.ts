import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, expect, test } from 'vitest';
import { setupExitCode } from '../../functions/_shared/config/environment.ts';
import { eventTypes } from '../../functions/_shared/events/types.ts';

const script = join(import.meta.dirname, 'main.ts');
const knative = join(import.meta.dirname, '..', '..', 'knative');
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

function run(env: Record<string, string>) {
  const child = spawn(process.execPath, [script], {
    env: { PATH: process.env.PATH, PORT: '0', BROKER_MANIFESTS: knative, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  return child;
}

async function whenReady(child: ChildProcess): Promise<number> {
  for await (const line of createInterface({ input: child.stdout! })) {
    const { msg, port } = JSON.parse(line) as { msg: string; port: number };
    if (msg === 'ready') return port;
  }
  throw new Error('The broker ended before it was ready.');
}

/** An ingest that is asked for its answer by the test, when the test sees fit. */
async function slowIngest() {
  const waiting: ServerResponse[] = [];
  const server = createServer((request, response) => {
    request.resume();
    waiting.push(response);
    server.emit('event');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, waiting, server };
}

const send = (port: number) =>
  fetch(`http://127.0.0.1:${port}/`, {
    method: 'POST',
    headers: {
      'ce-specversion': '1.0',
      'ce-id': '1',
      'ce-source': '/test',
      'ce-type': eventTypes.requestCompleted,
      'content-type': 'application/json',
    },
    body: '{}',
  });

test('runs the Triggers of a folder and, told to stop, ends what it has begun', async () => {
  const ingest = await slowIngest();
  const nobody = 'http://127.0.0.1:9';
  const subscribers = { ingest: ingest.url, alert: nobody, proxy: nobody };
  const child = run({ SUBSCRIBERS: JSON.stringify(subscribers) });
  const port = await whenReady(child);
  const health = await fetch(`http://127.0.0.1:${port}/health/readiness`);
  expect(await health.json()).toMatchObject({ triggers: ['request-completed', 'alert-raised'] });

  const sent = send(port);
  await once(ingest.server, 'event');
  child.kill('SIGTERM');
  ingest.waiting[0]?.writeHead(202).end();
  expect((await sent).status).toBe(202);
  const [code] = await once(child, 'exit');
  ingest.server.close();
  expect(code).toBe(0);
});

test.each([
  ['no JSON', 'SUBSCRIBERS is not JSON'],
  ['{"proxy":"http://127.0.0.1:9"}', 'Trigger request-completed names a Service "ingest"'],
])('says what is wrong with %s and ends', async (subscribers, reason) => {
  const child = run({ SUBSCRIBERS: subscribers });
  let said = '';
  child.stderr?.on('data', (chunk) => {
    said += chunk;
  });
  const [code] = await once(child, 'close');
  expect(code).toBe(setupExitCode);
  expect(said).toContain(reason);
});
