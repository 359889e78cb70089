import { mkdtempSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { datarefOf } from '../../_shared/events/dataref.ts';
import { answerError } from '../../_shared/http/answer.ts';
import { createRouter } from '../../_shared/http/router.ts';
import { openSqliteStore } from '../../_shared/store/sqlite/sqlite.ts';
import { createLogger } from '../../_shared/telemetry.ts';
import { payloadsDoor } from './payloads.ts';

const path = join(mkdtempSync(join(tmpdir(), 'tallygate-')), 'store.db');
const store = await openSqliteStore({ path, logger: createLogger('test', 'silent') });
const route = createRouter(payloadsDoor({ payloads: store.payloads, bearer: 'secret' }));
const server = createServer(async (request, response) => {
  try {
    const { handler, params } = route(request);
    await handler(request, response, params);
  } catch (error) {
    answerError(response, error);
  }
});
const name = { source: '/tallygate/proxy/a b?', id: 'call/é' };

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  await store.payloads.keep({ ...name, request: '{"messages":[]}', response: null });
});
afterAll(async () => {
  server.close();
  server.closeAllConnections();
  await store.close();
});

const ask = (reference: string, bearer: string) =>
  fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${reference}`, {
    headers: { authorization: `Bearer ${bearer}` },
  });

test('gives the bodies that a reference names', async () => {
  const answer = await ask(datarefOf(name), 'secret');
  expect(answer.status).toBe(200);
  expect(await answer.json()).toEqual({ request: { messages: [] }, response: null });
});

test('gives nothing to one who has another bearer, there or not', async () => {
  expect((await ask(datarefOf(name), 'other')).status).toBe(401);
  expect((await ask(datarefOf({ ...name, id: 'none' }), 'other')).status).toBe(401);
});

test('says that bodies are gone', async () => {
  const answer = await ask(datarefOf({ ...name, id: 'none' }), 'secret');
  expect(answer.status).toBe(404);
  expect(await answer.json()).toMatchObject({ error: { code: 'not_found' } });
});
