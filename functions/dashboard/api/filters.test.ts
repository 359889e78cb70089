import { afterAll, beforeAll, expect, test } from 'vitest';
import { bookCalls, type Running, startDashboard } from '../dashboard.fixture.ts';
import type { RequestLogsAnswer } from './request-logs.ts';

let dashboard: Running;
beforeAll(async () => {
  dashboard = await startDashboard();
  const at = dashboard.clock.now - 60_000;
  await bookCalls(dashboard, [
    {
      started_at: at,
      model: 'gpt-4o',
      provider: 'openai',
      status: 'success',
      http_status: 200,
      key_id: 'aaaa',
      team_id: 'red',
      user_id: 'ann',
      end_user: 'customer 1',
      tags: ['prod', 'batch'],
      stream: true,
      finish_reason: 'length',
      deployment_id: 'd-1',
      client_ip: '10.0.0.9',
      latency_ms: 1500,
      cost_nanos: 7_000_000,
      tokens: { input: 100, output: 20 },
      request: { messages: [{ role: 'user', content: 'Where is my parcel?' }] },
      response: { choices: [{ message: { content: 'On a ship near Genoa.' } }] },
    },
    {
      started_at: at + 1,
      model: 'claude',
      provider: 'anthropic',
      status: 'failure',
      http_status: 529,
      error: { type: 'overloaded_error', code: 'overloaded', message: 'Too much to do' },
      key_id: 'bbbb',
      endpoint: '/v1/messages',
      operation: 'generate',
      cache_hit: true,
      latency_ms: 20,
      cost_nanos: null,
      tokens: { input: 5 },
    },
  ]);
  await dashboard.signIn();
});
afterAll(() => dashboard.stop());

const list = (query: string) => dashboard.ask(`/ui/api/request-logs?${query}`);

test.each([
  ['model=gpt-4o', 'call-0'],
  ['provider=anthropic', 'call-1'],
  ['status=failure', 'call-1'],
  ['http_status=529', 'call-1'],
  ['key_id=aaaa', 'call-0'],
  ['team_id=red', 'call-0'],
  ['user_id=ann', 'call-0'],
  ['end_user=customer%201', 'call-0'],
  ['tag=batch', 'call-0'],
  ['stream=true', 'call-0'],
  ['stream=false', 'call-1'],
  ['cache_hit=true', 'call-1'],
  ['error_type=overloaded_error', 'call-1'],
  ['error_code=overloaded', 'call-1'],
  ['error_text=too%20MUCH', 'call-1'],
  ['finish_reason=length', 'call-0'],
  ['deployment_id=d-1', 'call-0'],
  ['client_ip=10.0.0.9', 'call-0'],
  ['endpoint=/v1/messages', 'call-1'],
  ['operation=generate', 'call-1'],
  ['unpriced=true', 'call-1'],
  ['min_cost_nanos=7000000', 'call-0'],
  ['min_latency_ms=1000', 'call-0'],
  ['min_tokens=120', 'call-0'],
  ['text=genoa', 'call-0'],
  ['text=%22my%20parcel%22&min_tokens=1', 'call-0'],
])('%s finds %s alone', async (query, id) => {
  const answer = await list(query);
  const { rows } = (await answer.json()) as RequestLogsAnswer;
  expect(rows.map((row) => row.id)).toEqual([id]);
});

test.each([
  ['stream=perhaps', 'stream'],
  ['unpriced=1', 'unpriced'],
  ['http_status=99', 'http_status'],
  ['min_tokens=-1', 'min_tokens'],
  ['min_cost_nanos=0.5', 'min_cost_nanos'],
  ['min_latency_ms=', 'min_latency_ms'],
  ['tag=', 'tag'],
  ['text=%3F%21', 'text'],
  [`error_text=${'e'.repeat(513)}`, 'error_text'],
])('%s is a bad request that names %s', async (query, param) => {
  const answer = await list(query);
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({ error: { param } });
});
