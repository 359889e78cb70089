import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readBinaryEvent } from './binary-event.ts';
import { encodeEvent } from './encode.ts';
import { receiveEvents } from './receive.ts';

const key = randomBytes(32);

/** Answers with what `receiveEvents` makes of a request, whichever way it is read. */
const server = createServer((request, response) => {
  receiveEvents(request, { key, requireSignature: false, limit: 1e6 }).then(
    (events) => response.end(JSON.stringify(events)),
    (error: Error) => response.end(JSON.stringify({ error: error.message })),
  );
});
let url = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterAll(() => server.close());

const received = async (headers: Record<string, string>, body: string) =>
  (await fetch(url, { method: 'POST', headers, body })).json();

const name = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 40 })
  .map((text) => text.toWellFormed());

test('what it reads, the SDK reads alike', async () => {
  const event = fc.record({
    id: name,
    source: fc.constantFrom('/tallygate/proxy/1', '/s', 'https://a.example/b'),
    type: fc.constantFrom('dev.tallygate.request.completed.v1', 'com.example.other'),
    time: fc.integer({ min: 0, max: 4e12 }),
    data: fc.dictionary(fc.string(), fc.jsonValue()).map((data) => JSON.stringify(data)),
    extensions: fc.dictionary(fc.stringMatching(/^x[a-z0-9]{1,9}$/), name, { maxKeys: 4 }),
  });
  await fc.assert(
    fc.asyncProperty(event, async (given) => {
      const { headers, body } = encodeEvent({ key, ...given });
      expect(readBinaryEvent(headers, body, 512)).not.toBeNull();
      // An attribute that it does not know has the SDK read the event.
      const other = { ...headers, 'ce-dataschema': 'https://a.example/schema' };
      expect(readBinaryEvent(other, body, 512)).toBeNull();
      expect(await received(headers, body)).toEqual(await received(other, body));
    }),
    { numRuns: 60 },
  );
});

test.each([
  ['no id', { 'ce-id': '' }],
  ['another version', { 'ce-specversion': '0.3' }],
  ['a time that is none', { 'ce-time': 'yesterday' }],
  ['a source that may be no reference', { 'ce-source': '/a b' }],
  ['an extension with a name of its own', { 'ce-my_name': 'x' }],
  ['data that is no JSON', { 'content-type': 'text/plain' }],
  ['an endless id', { 'ce-id': 'x'.repeat(600) }],
])('%s is left to the SDK', (_case, headers) => {
  const event = encodeEvent({ key, type: 't', source: '/s', id: 'i', time: 0, data: '{}' });
  expect(readBinaryEvent(event.headers, event.body, 512)).not.toBeNull();
  expect(readBinaryEvent({ ...event.headers, ...headers }, event.body, 512)).toBeNull();
});

test('a body that is no JSON is left to the SDK', () => {
  const event = encodeEvent({ key, type: 't', source: '/s', id: 'i', time: 0, data: '{' });
  expect(readBinaryEvent(event.headers, event.body, 512)).toBeNull();
});
