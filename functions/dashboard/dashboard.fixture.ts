import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RequestCompletedInput, requestCompleted } from '../_shared/events/types.ts';
import { answerError } from '../_shared/http/answer.ts';
import type { FunctionApp } from '../_shared/serve.ts';
import { openStore } from '../_shared/store/open.ts';
import type { Store } from '../_shared/store/store.ts';
import { createLogger } from '../_shared/telemetry.ts';
import { createDashboard, type DashboardParts } from './dashboard.ts';

export const password = 'sk-a-password-for-the-tests-only-000';

export interface Running {
  url: string;
  store: Store;
  app: FunctionApp;
  /** How many requests wait for their answer. */
  inFlight(): number;
  /** A clock that only moves when told. */
  clock: { now: number };
  /** Asks with the session's cookie, once `signIn` has been called. */
  ask(path: string, init?: RequestInit): Promise<Response>;
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
  signIn(): Promise<Response>;
  stop(): Promise<void>;
}

/** A dashboard on a real socket, over a real SQLite file. */
export async function startDashboard(parts: Partial<DashboardParts> = {}): Promise<Running> {
  const folder = mkdtempSync(join(tmpdir(), 'tallygate-dashboard-'));
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Tallygate</title>');
  const logger = createLogger('dashboard', 'silent');
  const store = await openStore({ url: `file:${join(folder, 'store.db')}`, bearer: '', logger });
  const clock = { now: Date.now() };
  const app = createDashboard({
    store,
    masterKey: password,
    username: 'admin',
    password,
    proxyUrl: 'http://127.0.0.1:1',
    publicProxyUrl: 'http://gateway.example',
    model: 'custom-llm',
    pages: folder,
    logger,
    now: () => clock.now,
    ...parts,
  });
  let inFlight = 0;
  const server = createServer((request, response) => {
    inFlight++;
    response.once('close', () => inFlight--);
    (async () => app.handle(request, response))().catch((error: unknown) =>
      answerError(response, error),
    );
  });
  const url = await listen(server);

  let cookie = '';
  const ask: Running['ask'] = (path, init = {}) =>
    fetch(url + path, { redirect: 'manual', ...init, headers: { cookie, ...init.headers } });
  const post: Running['post'] = (path, body = {}, headers = {}) =>
    ask(path, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...headers },
    });
  return {
    url,
    store,
    app,
    inFlight: () => inFlight,
    clock,
    ask,
    post,
    async signIn() {
      const answer = await post('/ui/api/sign-in', { username: 'admin', password });
      cookie = (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
      return answer;
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await app.close?.();
      rmSync(folder, { recursive: true });
    },
  };
}

/** Books calls as `call-0`, `call-1` … of a test. What is not given is unknown. */
export async function bookCalls(
  { store }: Pick<Running, 'store'>,
  calls: Partial<RequestCompletedInput>[],
  source = '/test',
): Promise<void> {
  await store.requestLogs.book(
    calls.map((data, index) => ({
      id: `call-${index}`,
      source,
      data: requestCompleted.parse({ model: 'm', ...data }),
    })),
  );
}

export function listen(server: Server): Promise<string> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    });
  });
}
