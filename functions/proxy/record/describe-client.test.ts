import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { type Call, openCall } from '../call.ts';
import { chatCompletions } from '../endpoints/chat-completions.ts';
import { describeClient } from './describe-client.ts';

/**
 * A call over a socket that listens to IPv4 and IPv6 alike, as `serve` does, when its client has
 * left.
 */
async function leftCall(headers: Record<string, string> = {}): Promise<Call> {
  const calls: Call[] = [];
  const server = createServer((incoming, response) => {
    calls.push(openCall(incoming, response, chatCompletions));
    client.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, resolve));
  const { port } = server.address() as AddressInfo;
  const client = request({ host: '127.0.0.1', port, headers });
  client.on('error', () => {}).end();
  const [, response] = await once(server, 'request');
  await once(response, 'close');
  server.close();
  return calls[0] as Call;
}

test('an IPv4 caller is noted by the address that people know, also when it has left', async () => {
  expect(describeClient(await leftCall()).client_ip).toBe('127.0.0.1');
});

test('the first address that a proxy before us names wins', async () => {
  const call = await leftCall({ 'x-forwarded-for': '203.0.113.7, 10.0.0.1' });
  expect(describeClient(call).client_ip).toBe('203.0.113.7');
});
