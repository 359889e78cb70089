import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RequestLogsAnswer } from './api/request-logs.ts';
import type { UsageAnswer } from './api/usage.ts';
import { bookCalls, listen, type Running, startDashboard } from './dashboard.fixture.ts';

const hour = 3600_000;
const start = Math.floor(Date.now() / hour) * hour - 5 * hour;

let dashboard: Running;
beforeAll(async () => {
  dashboard = await startDashboard();
  await bookCalls(dashboard, [
    { started_at: start - 30 * 60_000, model: 'm', cost_nanos: 5, latency_ms: 50 },
    { started_at: start, model: 'm', cost_nanos: 10, latency_ms: 100, response_id: 'chatcmpl-1' },
    { started_at: start + 1, model: 'm', cost_nanos: 20, latency_ms: 100 },
    { started_at: start + 20 * 60_000, model: 'n', cost_nanos: null, status: 'success' },
    { started_at: start + 21 * 60_000, model: 'n', cost_nanos: null, status: 'failure' },
  ]);
  await dashboard.signIn();
});
afterAll(() => dashboard.stop());

async function get<T>(path: string): Promise<T> {
  const answer = await dashboard.ask(`/ui/api/${path}`);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('cache-control')).toBe('no-store');
  return (await answer.json()) as T;
}

describe('usage', () => {
  const range = `from=${start}&to=${start + hour}&step=quarter_hour&tz=Europe/Berlin`;

  test('has the totals, those of the time before, the bars and the models', async () => {
    const usage = await get<UsageAnswer>(`usage?${range}`);
    expect(usage.totals).toMatchObject({
      calls: 4,
      failures: 1,
      cost_nanos: 30,
      unpriced_calls: 1,
    });
    expect(usage.previous).toMatchObject({ calls: 1, cost_nanos: 5 });
    expect(usage.points.map((point) => [point.start, point.calls])).toEqual([
      [start, 2],
      [start + 15 * 60_000, 2],
    ]);
    expect(usage.ranks.map(({ value, calls }) => [value, calls])).toEqual([
      ['m', 2],
      ['n', 2],
    ]);
  });

  test('can be narrowed to a model and a status', async () => {
    const usage = await get<UsageAnswer>(`usage?${range}&model=n&status=failure`);
    expect(usage.totals).toMatchObject({ calls: 1, failures: 1 });
    expect(usage.previous.calls).toBe(0);
  });
});

describe('the log', () => {
  test('comes newest first, by pages that meet without a gap', async () => {
    const ids: string[] = [];
    let before = '';
    do {
      const page = await get<RequestLogsAnswer>(`request-logs?limit=2${before}`);
      ids.push(...page.rows.map(({ id }) => id));
      before = page.next ? `&before=${encodeURIComponent(page.next)}` : '';
    } while (before);
    expect(ids).toEqual(['call-4', 'call-3', 'call-2', 'call-1', 'call-0']);
  });

  test('can be narrowed by time, model and status', async () => {
    const ids = async (query: string) =>
      (await get<RequestLogsAnswer>(`request-logs?${query}`)).rows.map(({ id }) => id);
    expect(await ids(`from=${start}&to=${start + 1}`)).toEqual(['call-1']);
    expect(await ids('model=m&status=success')).toEqual(['call-2', 'call-1', 'call-0']);
    expect(await ids('model=none')).toEqual([]);
  });

  test('has each call whole, by its own id and by its answer’s', async () => {
    expect(await get('request-logs/call-1')).toMatchObject({ id: 'call-1', cost_nanos: 10 });
    expect(await get('request-logs/chatcmpl-1')).toMatchObject({ id: 'call-1', attempts: [] });
    expect((await dashboard.ask('/ui/api/request-logs/call-9')).status).toBe(404);
  });
});

test.each([
  ['usage?from=2&to=1&step=hour', 'from'],
  ['usage?from=1&to=2', 'step'],
  ['usage?from=x&to=2&step=hour', 'from'],
  ['usage?from=1&to=2&step=hour&tz=Mars/Olympus', 'Mars/Olympus'],
  ['request-logs?limit=501', 'limit'],
  ['request-logs?status=odd', 'status'],
  ['request-logs?before=yesterday', 'before'],
  [`request-logs?model=${'m'.repeat(600)}`, 'model'],
  ['request-logs?modle=m', 'modle'],
  ['request-logs?model=m&model=n', 'model'],
])('%s is a bad request that names %s', async (path, param) => {
  const answer = await dashboard.ask(`/ui/api/${path}`);
  expect(answer.status).toBe(400);
  expect(JSON.stringify(await answer.json())).toContain(param);
});

test.each([
  'usage',
  'usage/breakdown',
  'facets',
  'alerts',
  'key-aliases?id=a',
  'request-logs',
  'request-logs/call-1',
  'request-logs/export?format=csv',
  'request-logs/tail',
  'no-such-thing',
])('%s answers nobody who is not signed in', async (path) => {
  const answer = await fetch(`${dashboard.url}/ui/api/${path}`);
  expect(answer.status).toBe(401);
  expect(await answer.json()).toMatchObject({ error: { code: 'invalid_api_key' } });
});

test('the page is at /ui/, which the bare address leads to', async () => {
  for (const path of ['/', '/ui']) {
    const answer = await dashboard.ask(path);
    expect([answer.status, answer.headers.get('location')]).toEqual([302, '/ui/']);
  }
  expect(await (await dashboard.ask('/ui/logs/call-1')).text()).toContain('<title>Tallygate');
  expect((await dashboard.ask('/elsewhere')).status).toBe(404);
  expect((await dashboard.ask('/ui/api/no-such-thing')).status).toBe(404);
});

describe('the first call', () => {
  async function sendTo(status: number, body: string) {
    const seen: { authorization?: string; body?: string } = {};
    const proxy = createServer(async (request, response) => {
      seen.authorization = request.headers.authorization;
      seen.body = Buffer.concat(await request.toArray()).toString();
      response.writeHead(status).end(body);
    });
    const asker = await startDashboard({ proxyUrl: await listen(proxy) });
    try {
      await asker.signIn();
      const answer = await asker.post('/ui/api/first-call');
      return { seen, status: answer.status, text: await answer.text() };
    } finally {
      await asker.stop();
      proxy.close();
    }
  }

  test('goes through the gateway with the master key and its model', async () => {
    const { seen, status } = await sendTo(200, '{}');
    expect(status).toBe(200);
    expect(seen.authorization).toMatch(/^Bearer sk-/);
    expect(JSON.parse(seen.body ?? '')).toMatchObject({ model: 'custom-llm' });
  });

  test('tells why it failed', async () => {
    const failed = await sendTo(404, '{"error":{"message":"There is no model custom-llm."}}');
    expect(failed.status).toBe(502);
    expect(failed.text).toContain('There is no model custom-llm.');
    expect((await sendTo(500, '<html>')).text).toContain('<html>');
  });

  test('says so when the proxy does not answer', async () => {
    const answer = await dashboard.post('/ui/api/first-call');
    expect(answer.status).toBe(502);
    expect(await answer.text()).toContain('Is it running?');
  });
});
