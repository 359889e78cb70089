import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type LoadOrder, runLoad } from './load.ts';

let stop = () => {};
afterEach(() => stop());

async function serving(
  handle: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<LoadOrder> {
  const server = createServer(handle);
  stop = () => server.close();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    path: '/',
    headers: { 'x-one': '1' },
    body: '{}',
    connections: 3,
    seconds: 0.1,
    pauseMs: 0,
  };
}

describe('runLoad', () => {
  it('counts every answer that the server gave, to the last one', async () => {
    let served = 0;
    const order = await serving((request, response) => {
      request.resume().on('end', () => {
        served++;
        response.end(request.headers['x-one']);
      });
    });
    const report = await runLoad(order);
    expect(report).toMatchObject({ answers: served, failures: 0, firstFailure: null });
    expect(served).toBeGreaterThan(3);
    expect(report.latencyMicros.p99).toBeGreaterThanOrEqual(report.latencyMicros.p50);
  });

  it('counts other answers as failures and says the first one', async () => {
    const order = await serving((_request, response) => response.writeHead(503).end('no room'));
    const report = await runLoad(order);
    expect(report.answers).toBe(0);
    expect(report.firstFailure).toBe('503: no room');
  });

  it('takes no stream for whole that does not say so', async () => {
    const order = await serving((_request, response) => response.end('data: {}\n\n'));
    const report = await runLoad({ ...order, body: '{"stream":true}' });
    expect(report.answers).toBe(0);
    expect(report.failures).toBeGreaterThan(0);
  });

  it('ends when the server hangs up', async () => {
    const order = await serving((request) => request.socket.destroy());
    const report = await runLoad(order);
    expect(report).toMatchObject({ answers: 0, failures: 3 });
  });
});
