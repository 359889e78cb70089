import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rowOf } from './books.ts';
import { type Stack, startStack } from './stack.ts';

let stack: Stack;
let webhook: Server;
const told: { text: string; alert: { rule: string; value: number } }[] = [];

beforeAll(async () => {
  webhook = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      told.push(JSON.parse(Buffer.concat(chunks).toString()));
      response.end();
    });
  });
  await new Promise<void>((resolve) => webhook.listen(0, '127.0.0.1', resolve));
  const { port } = webhook.address() as AddressInfo;
  stack = await startStack({
    parts: ['upstream', 'broker', 'proxy', 'ingest', 'alert'],
    env: { ALERT_MIN_CALLS: '5', ALERT_WEBHOOK_URL: `http://127.0.0.1:${port}/` },
  });
});
afterAll(async () => {
  await stack?.end();
  webhook?.closeAllConnections();
  webhook?.close();
});

async function call(content: string): Promise<string> {
  const answer = await fetch(`${stack.proxy.url}/v1/chat/completions`, {
    method: 'POST',
    headers: stack.proxy.headers,
    body: JSON.stringify({ model: 'custom-llm', messages: [{ role: 'user', content }] }),
  });
  await answer.text();
  return answer.headers.get('x-litellm-call-id') ?? '';
}

test('too many failed calls reach the webhook, by way of proxy, broker, ingest, broker and alert', async () => {
  await Promise.all(Array.from({ length: 6 }, () => call('/error 500')));
  // Rules are judged once a second at the most, after a failed call was booked.
  await expect
    .poll(
      async () => {
        await call('/error 500');
        return told.length;
      },
      { timeout: 20_000, interval: 300 },
    )
    .toBeGreaterThan(0);
  expect(told[0]?.alert.rule).toBe('error_rate');
  expect(told[0]?.alert.value).toBe(1);
  expect(told[0]?.text).toMatch(/calls failed \(100 %\).*custom-llm/);

  // A window tells once, however many more fail in it; a flip of the window tells once more.
  const last = await Promise.all(Array.from({ length: 5 }, () => call('/error 500')));
  await Promise.all(last.map((id) => rowOf(stack, id)));
  expect(told.length).toBeLessThanOrEqual(2);
});
