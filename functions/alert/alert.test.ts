import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { encodeEvent } from '../_shared/events/encode.ts';
import { type AlertRaised, eventTypes } from '../_shared/events/types.ts';
import { answerError } from '../_shared/http/answer.ts';
import { createLogger, createMetrics } from '../_shared/telemetry.ts';
import { createAlert } from './alert.ts';

const eventsKey = randomBytes(32);

const alert: AlertRaised = {
  rule: 'error_rate',
  severity: 'critical',
  scope: 'global',
  window_start: 1000,
  window_ms: 300_000,
  value: 0.9,
  threshold: 0.5,
  message: '9 of 10 calls failed (90 %).',
};

/** Where people are told: what it was sent, and the status that it answers with. */
let webhook: { url: string; status: number; taken: Record<string, unknown>[] };
let url: string;
let servers: Server[];

async function listen(handle: Parameters<typeof createServer>[1]): Promise<string> {
  const server = createServer(handle as never);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function startAlert(webhookUrl: string | undefined): Promise<string> {
  const app = createAlert({
    eventsKey,
    requireSignature: true,
    webhookUrl,
    maxBodyBytes: 64 * 1024,
    logger: createLogger('alert', 'silent'),
    metrics: createMetrics(),
  });
  return listen((request, response) => {
    (async () => app.handle(request, response))().catch((error: unknown) =>
      answerError(response, error),
    );
  });
}

beforeEach(async () => {
  servers = [];
  webhook = { url: '', status: 200, taken: [] };
  webhook.url = await listen((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      webhook.taken.push(JSON.parse(Buffer.concat(chunks).toString()));
      response.writeHead(webhook.status, { location: 'http://127.0.0.1:1/' }).end('ok');
    });
  });
  url = await startAlert(webhook.url);
});
afterEach(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

function send(to = url, { id = 'a-1', data = alert as object, key = eventsKey } = {}) {
  const { headers, body } = encodeEvent({
    key,
    type: eventTypes.alertRaised,
    source: '/tallygate/ingest/test',
    id,
    time: Date.now(),
    data: JSON.stringify(data),
  });
  return fetch(`${to}/events`, { method: 'POST', headers, body });
}

test('an alert is posted in words for people and in fields for programs', async () => {
  const answer = await send();
  expect(answer.status).toBe(202);
  expect(await answer.text()).toBe('');
  expect(webhook.taken).toEqual([
    {
      text: `🔴 ${alert.message}`,
      event: 'error_rate',
      event_group: 'proxy',
      event_message: alert.message,
      alert: { id: 'a-1', ...alert },
    },
  ]);
});

test('an event that comes again is not told again', async () => {
  await send();
  expect((await send()).status).toBe(202);
  expect(webhook.taken).toHaveLength(1);
});

test('a webhook that cannot now is tried again, and told once it can', async () => {
  webhook.status = 503;
  expect((await send()).status).toBe(503);
  webhook.status = 200;
  expect((await send()).status).toBe(202);
  expect(webhook.taken).toHaveLength(2);
  const nobody = await startAlert('http://127.0.0.1:1/');
  expect((await send(nobody)).status).toBe(503);
});

test.each([400, 404, 302])(
  'a webhook that answers %i never will; nobody tries again',
  async (status) => {
    webhook.status = status;
    expect((await send()).status).toBe(400);
    expect(webhook.taken).toHaveLength(1);
  },
);

test('without a webhook an alert is taken all the same', async () => {
  expect((await send(await startAlert(undefined))).status).toBe(202);
});

test('what is not signed, or no alert, is refused for good', async () => {
  expect((await send(url, { key: randomBytes(32) })).status).toBe(401);
  const refused = await send(url, { data: { ...alert, severity: 'mild' } });
  expect(refused.status).toBe(400);
  expect(await refused.text()).toContain('severity');
  expect(webhook.taken).toEqual([]);
});
