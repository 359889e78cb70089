import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { datarefOf } from '../_shared/events/dataref.ts';
import {
  eventsKey,
  type Ingest,
  signedRecord,
  startIngest,
  toStructured,
} from './ingest.fixture.ts';

let ingest: Ingest;
beforeAll(async () => {
  ingest = await startIngest();
});
afterAll(() => ingest.stop());

const source = '/tallygate/proxy/test';
const bodies = { request: { messages: [] }, response: { choices: [] } };
const texts = { request: '{"messages":[]}', response: '{"choices":[]}' };
const post = ({ headers, body }: { headers: Record<string, string>; body: string }) =>
  ingest.post(headers, body);
const referring = (id: string, dataref: string, from = source) =>
  signedRecord(id, {}, eventsKey, { source: from, extensions: { dataref } });

describe('a record of the proxy whose bodies went ahead of it', () => {
  test('is booked with them, in binary and in structured mode', async () => {
    for (const id of ['binary', 'structured']) {
      await ingest.store.payloads.keep({ id, source, ...texts });
    }
    expect((await post(referring('binary', datarefOf({ id: 'binary', source })))).status).toBe(202);
    const event = toStructured(referring('structured', datarefOf({ id: 'structured', source })));
    const type = { 'content-type': 'application/cloudevents+json' };
    expect((await ingest.post(type, JSON.stringify(event))).status).toBe(202);
    for (const id of ['binary', 'structured']) {
      expect(await ingest.store.requestLogs.find(id)).toMatchObject(bodies);
    }
  });

  test('is refused when somebody has changed where they are', async () => {
    const { headers, body } = referring('changed', datarefOf({ id: 'changed', source }));
    const { 'ce-dataref': _, ...without } = headers;
    const elsewhere = { ...headers, 'ce-dataref': datarefOf({ id: 'binary', source }) };
    for (const given of [without, elsewhere]) {
      expect((await post({ headers: given, body })).status).toBe(401);
    }
    expect(await ingest.store.requestLogs.find('changed')).toBeNull();
  });
});

test('where another producer says its bodies are, nobody goes to look', async () => {
  let asked = 0;
  const server = createServer((_, response) => {
    asked++;
    response.end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/bodies`;
  expect((await post(referring('foreign', url, '/my/producer'))).status).toBe(202);
  expect((await post(referring('own', url))).status).toBe(202);
  for (const id of ['foreign', 'own']) {
    expect(await ingest.store.requestLogs.find(id)).toMatchObject({
      request: null,
      response: null,
    });
  }
  expect(asked).toBe(0);
  server.close();
});

test('the schema tells of it', async () => {
  const address = `${ingest.url}/schemas/dev.tallygate.request.completed.v1.json`;
  const schema = (await (await fetch(address)).json()) as {
    properties: Record<string, { description?: string }>;
  };
  expect(schema.properties.request?.description).toContain('`dataref`');
  expect(schema.properties.response?.description).toContain('`dataref`');
});
