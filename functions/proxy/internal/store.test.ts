import { mkdtempSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { describeStore } from '../../_shared/store/contract.fixture.ts';
import { openStore } from '../../_shared/store/open.ts';
import { storeDoorPath } from '../../_shared/store/remote/remote.ts';
import { createLogger } from '../../_shared/telemetry.ts';
import { createStoreDoor } from './store.ts';

const logger = createLogger('test', 'silent');
const closers: (() => Promise<void>)[] = [];
afterAll(() => Promise.all(closers.map((close) => close())));

async function openDoor() {
  const path = join(mkdtempSync(join(tmpdir(), 'tallygate-')), 'store.db');
  const store = await openStore({ url: `file:${path}`, bearer: '', logger });
  const door = createStoreDoor({ store, bearer: 'secret' });
  const server = createServer((request, response) => void door.handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(async () => {
    server.closeAllConnections();
    server.close();
    await store.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describeStore('HTTP', async () => openStore({ url: await openDoor(), bearer: 'secret', logger }));

test('the wrong bearer opens nothing', async () => {
  const store = await openStore({ url: await openDoor(), bearer: 'guess', logger });
  await expect(store.ping()).rejects.toMatchObject({ code: 'authentication' });
  await store.close();
});

test.each(['requestLogs.drop', 'requestLogs.__proto__', 'close', 'toString.call'])(
  'there is no method %s',
  async (name) => {
    const response = await fetch((await openDoor()) + storeDoorPath + name, {
      method: 'POST',
      headers: { authorization: 'Bearer secret' },
      body: '[]',
    });
    expect(response.status).toBe(404);
  },
);

test('a store that is not there is unavailable, worth another try', async () => {
  const store = await openStore({ url: 'http://127.0.0.1:1', bearer: 'x', logger });
  await expect(store.ping()).rejects.toMatchObject({ code: 'unavailable', retryable: true });
  await store.close();
});
