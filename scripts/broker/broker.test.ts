import { once } from 'node:events';
import {
  createServer,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { request } from 'undici';
import { afterEach, describe, expect, test } from 'vitest';
import { serve } from '../../functions/_shared/serve.ts';
import { createLogger, createMetrics } from '../../functions/_shared/telemetry.ts';
import { createBroker } from './broker.ts';
import { backOff, eventLimit } from './delivery.ts';
import { buildFilter } from './filter.ts';
import type { Delivery, Trigger } from './manifests.ts';

interface Taken {
  headers: IncomingHttpHeaders;
  body: string;
}
type Behaviour = (response: ServerResponse, taken: Taken) => void;

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(ends.splice(0).map((end) => end()));
});

const accept: Behaviour = (response) => response.writeHead(202).end();
const answer =
  (status: number, body = ''): Behaviour =>
  (response) =>
    response.writeHead(status, { 'content-type': 'text/plain' }).end(body);
const reply =
  (type: string): Behaviour =>
  (response) =>
    response
      .writeHead(200, {
        'ce-specversion': '1.0',
        'ce-id': 'r1',
        'ce-source': '/subscriber',
        'ce-type': type,
        'content-type': 'application/json',
      })
      .end('{"reply":true}');

/** A subscriber that answers its first event by the first behaviour, and so on; the last stays. */
async function subscriber(...behaviours: Behaviour[]) {
  const taken: Taken[] = [];
  const server = createServer(async (request, response) => {
    const one = { headers: request.headers, body: (await buffer(request)).toString('utf8') };
    taken.push(one);
    (behaviours[taken.length - 1] ?? behaviours.at(-1) ?? accept)(response, one);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(
    () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  );
  const { port } = server.address() as AddressInfo;
  return { taken, url: `http://127.0.0.1:${port}/events` };
}

const quick: Delivery = {
  retry: 2,
  backoff: 'linear',
  backoffDelayMs: 1,
  timeoutMs: 5000,
  deadLetterUrl: null,
};

function trigger(subscriberUrl: string, type: string, delivery: Partial<Delivery> = {}): Trigger {
  return {
    name: `to-${type}`,
    broker: 'main',
    matches: buildFilter({ filter: { attributes: { type } } }),
    subscriberUrl,
    delivery: { ...quick, ...delivery },
  };
}

async function startBroker(...triggers: Trigger[]): Promise<string> {
  const logger = createLogger('broker', 'silent');
  const served = await serve(createBroker({ triggers, logger }), {
    name: 'broker',
    port: 0,
    maxBodyBytes: 1024,
    graceSeconds: 5,
    logger,
    metrics: createMetrics(),
  });
  ends.push(() => served.stop());
  return `http://127.0.0.1:${served.port}`;
}

const attributes = {
  'ce-specversion': '1.0',
  'ce-id': 'e1',
  'ce-source': '/test',
  'ce-type': 'log',
  'content-type': 'application/json',
};

async function post(
  url: string,
  headers: Record<string, string | undefined> = attributes,
  body: string | Buffer = '{"a":1}',
) {
  const { statusCode, body: answered } = await request(url, { method: 'POST', headers, body });
  return { status: statusCode, text: await answered.text() };
}

describe('taking events', () => {
  test('answers 202 and nothing else at / and at its own address', async () => {
    const { taken, url } = await subscriber();
    const broker = await startBroker(trigger(url, 'log'));
    expect(await post(`${broker}/`)).toEqual({ status: 202, text: '' });
    expect(await post(`${broker}/tallygate/main`)).toEqual({ status: 202, text: '' });
    expect(taken.map(({ headers }) => headers['kn-namespace'])).toEqual(['default', 'tallygate']);
  });

  test('takes an event that nobody asked for', async () => {
    const broker = await startBroker();
    expect((await post(broker)).status).toBe(202);
  });

  test('knows no other address and no other method', async () => {
    const broker = await startBroker(trigger('http://127.0.0.1:9', 'log'));
    for (const path of ['/other', '/tallygate/other', '/tallygate/main/more']) {
      expect((await post(broker + path)).status).toBe(404);
    }
    const { statusCode } = await request(`${broker}/`, { method: 'GET' });
    expect(statusCode).toBe(405);
  });

  test.each([
    ['no event', { 'content-type': 'application/json' }, '{}'],
    ['no type', { ...attributes, 'ce-type': undefined }, '{}'],
    ['no source', { ...attributes, 'ce-source': undefined }, '{}'],
    ['an extension with a dash', { ...attributes, 'ce-my-ext': '1' }, '{}'],
    ['a batch', { 'content-type': 'application/cloudevents-batch+json' }, '[]'],
    ['broken JSON', { 'content-type': 'application/cloudevents+json' }, '{'],
    [
      'a structured event without an id',
      { 'content-type': 'application/cloudevents+json' },
      '{"specversion":"1.0","source":"/s","type":"log"}',
    ],
  ])('refuses %s', async (_, headers, body) => {
    const { taken, url } = await subscriber();
    const broker = await startBroker(trigger(url, 'log'));
    expect((await post(broker, headers, body)).status).toBe(400);
    expect(taken).toEqual([]);
  });

  test('refuses a body beyond its limit before it is sent', async () => {
    const broker = await startBroker();
    const headers = { ...attributes, 'content-length': eventLimit + 1 };
    const sending = httpRequest(broker, { method: 'POST', headers });
    sending.flushHeaders();
    const [response] = (await once(sending, 'response')) as [IncomingMessage];
    sending.destroy();
    expect(response.statusCode).toBe(413);
  });
});

/** As the CloudEvents SDK writes it. */
const json = 'application/json; charset=utf-8';

describe('delivering', () => {
  test('leaves the bytes of the data as they are', async () => {
    const { taken, url } = await subscriber();
    const broker = await startBroker(trigger(url, 'log'));
    const unusual = '{ "a" : 1.0,\n"é": "\\u00e9" }';
    await post(broker, attributes, unusual);
    await post(broker, attributes, 'not even JSON');
    expect(taken.map(({ body }) => body)).toEqual([unusual, 'not even JSON']);
  });

  test('passes attributes and traces on and drops every other header', async () => {
    const { taken, url } = await subscriber();
    const broker = await startBroker(trigger(url, 'log'));
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    await post(broker, {
      ...attributes,
      'ce-keyid': 'k1',
      traceparent,
      authorization: 'Bearer secret',
      'x-api-key': 'secret',
      cookie: 'secret',
    });
    const headers = taken[0]?.headers ?? {};
    expect(headers).toMatchObject({
      ...attributes,
      'ce-keyid': 'k1',
      traceparent,
      prefer: 'reply',
    });
    expect(headers['ce-knativearrivaltime']).toMatch(/^\d{4}-\d\d-\d\dT/);
    expect(JSON.stringify(headers)).not.toContain('secret');
  });

  test.each([
    ['JSON', { data: { a: [1] } }, '{"a":[1]}', json],
    ['a JSON string', { data: 'text' }, '"text"', json],
    ['text', { data: 'text', datacontenttype: 'text/plain' }, 'text', 'text/plain'],
    ['bytes', { data_base64: 'aMOp', datacontenttype: 'text/plain' }, 'hé', 'text/plain'],
  ])('delivers a structured event of %s in binary mode', async (_, event, body, type) => {
    const { taken, url } = await subscriber();
    const broker = await startBroker(trigger(url, 'log'));
    const structured = { specversion: '1.0', id: 'e1', source: '/s', type: 'log', keyid: 'k1' };
    const { status } = await post(
      broker,
      { 'content-type': 'application/cloudevents+json' },
      JSON.stringify({ ...structured, ...event }),
    );
    expect(status).toBe(202);
    expect(taken).toMatchObject([
      { body, headers: { 'ce-id': 'e1', 'ce-keyid': 'k1', 'content-type': type } },
    ]);
  });

  test('goes to every Trigger that matches, of the broker that was addressed', async () => {
    const [first, second, third] = await Promise.all([subscriber(), subscriber(), subscriber()]);
    const broker = await startBroker(trigger(first.url, 'log'), trigger(second.url, 'other'), {
      ...trigger(third.url, 'log'),
      broker: 'second',
    });
    await post(`${broker}/ns/main`);
    expect([first, second, third].map(({ taken }) => taken.length)).toEqual([1, 0, 0]);
    await post(`${broker}/`);
    expect([first, second, third].map(({ taken }) => taken.length)).toEqual([2, 0, 1]);
  });

  test('answers only after the subscriber did', async () => {
    const order: string[] = [];
    const { url } = await subscriber((response) => {
      setTimeout(() => {
        order.push('subscriber');
        response.writeHead(202).end();
      }, 50);
    });
    const broker = await startBroker(trigger(url, 'log'));
    await post(broker);
    order.push('sender');
    expect(order).toEqual(['subscriber', 'sender']);
  });
});

describe('failing', () => {
  test.each([500, 503, 404, 408, 409, 429])('tries again after %d', async (status) => {
    const { taken, url } = await subscriber(answer(status), accept);
    const broker = await startBroker(trigger(url, 'log'));
    expect((await post(broker)).status).toBe(202);
    expect(taken).toHaveLength(2);
  });

  test.each([400, 401, 403, 413, 422, 302])('does not try again after %d', async (status) => {
    const { taken, url } = await subscriber(answer(status));
    const letters = await subscriber();
    const broker = await startBroker(trigger(url, 'log', { deadLetterUrl: letters.url }));
    expect((await post(broker)).status).toBe(202);
    expect(taken).toHaveLength(1);
    expect(letters.taken[0]?.headers['ce-knativeerrorcode']).toBe(String(status));
  });

  test('counts a 2xx with a body that is no event as a failure', async () => {
    const { taken, url } = await subscriber(answer(200, '{"ok":true}'));
    const broker = await startBroker(trigger(url, 'log'));
    expect((await post(broker)).status).toBe(500);
    expect(taken).toHaveLength(3);
  });

  test('answers 500 when one subscriber is lost, though the other has the event', async () => {
    const [good, bad] = [await subscriber(), await subscriber(answer(500))];
    const broker = await startBroker(trigger(good.url, 'log'), trigger(bad.url, 'log'));
    expect((await post(broker)).status).toBe(500);
    expect(good.taken).toHaveLength(1);
    expect(bad.taken).toHaveLength(3);
  });

  test('brings what fails for good to the dead letters, with the reason', async () => {
    const { url } = await subscriber(answer(503, 'x'.repeat(5000)));
    const letters = await subscriber();
    const broker = await startBroker(trigger(url, 'log', { deadLetterUrl: letters.url }));
    expect((await post(broker)).status).toBe(202);
    const [{ headers, body } = { headers: {}, body: '' }] = letters.taken;
    expect(body).toBe('{"a":1}');
    expect(headers).toMatchObject({
      ...attributes,
      'ce-knativeerrordest': url,
      'ce-knativeerrorcode': '503',
    });
    const data = String(headers['ce-knativeerrordata']);
    expect(data).toHaveLength(1024);
    expect(Buffer.from(data, 'base64').toString()).toBe('x'.repeat(768));
  });

  test('answers 500 when the dead letters are away too', async () => {
    const { url } = await subscriber(answer(400));
    const letters = await subscriber(answer(500));
    const broker = await startBroker(trigger(url, 'log', { deadLetterUrl: letters.url }));
    expect((await post(broker)).status).toBe(500);
    expect(letters.taken).toHaveLength(3);
  });

  test('gives up on a subscriber that does not answer', async () => {
    const { taken, url } = await subscriber(() => {});
    const letters = await subscriber();
    const delivery = { timeoutMs: 30, retry: 1, deadLetterUrl: letters.url };
    const broker = await startBroker(trigger(url, 'log', delivery));
    expect((await post(broker)).status).toBe(202);
    expect(taken).toHaveLength(2);
    expect(letters.taken[0]?.headers['ce-knativeerrorcode']).toBe('-1');
  });

  test('finds a subscriber that comes back', async () => {
    const { url } = await subscriber((response) => response.destroy(), accept);
    const broker = await startBroker(trigger(url, 'log'));
    expect((await post(broker)).status).toBe(202);
  });

  test('waits longer each time', () => {
    const waits = (backoff: Delivery['backoff']) =>
      [1, 2, 3, 4].map((tries) => backOff({ ...quick, backoff, backoffDelayMs: 500 }, tries));
    expect(waits('exponential')).toEqual([500, 1000, 2000, 4000]);
    expect(waits('linear')).toEqual([500, 1000, 1500, 2000]);
  });
});

describe('replies', () => {
  test('a reply is routed as an event of its own, before the sender hears', async () => {
    const log = await subscriber(reply('alert'));
    const alert = await subscriber();
    const broker = await startBroker(trigger(log.url, 'log'), trigger(alert.url, 'alert'));
    expect((await post(broker)).status).toBe(202);
    expect(alert.taken).toMatchObject([
      { body: '{"reply":true}', headers: { 'ce-id': 'r1', 'ce-source': '/subscriber' } },
    ]);
    expect(alert.taken[0]?.headers).not.toHaveProperty('ce-knativebrokerttl');
  });

  test('a structured reply is one too', async () => {
    const event = { specversion: '1.0', id: 'r2', source: '/s', type: 'alert', data: { b: 2 } };
    const log = await subscriber((response) =>
      response
        .writeHead(200, { 'content-type': 'application/cloudevents+json' })
        .end(JSON.stringify(event)),
    );
    const alert = await subscriber();
    const broker = await startBroker(trigger(log.url, 'log'), trigger(alert.url, 'alert'));
    expect((await post(broker)).status).toBe(202);
    expect(alert.taken).toMatchObject([{ body: '{"b":2}', headers: { 'ce-id': 'r2' } }]);
  });

  test('a reply that is a faulty event is a failure', async () => {
    const { taken, url } = await subscriber((response) =>
      response.writeHead(200, { 'ce-specversion': '1.0', 'ce-id': '1' }).end(),
    );
    const broker = await startBroker(trigger(url, 'log'));
    expect((await post(broker)).status).toBe(500);
    expect(taken).toHaveLength(3);
  });

  test('a reply that is lost is told to the sender', async () => {
    const log = await subscriber(reply('alert'));
    const alert = await subscriber(answer(500));
    const broker = await startBroker(trigger(log.url, 'log'), trigger(alert.url, 'alert'));
    expect((await post(broker)).status).toBe(500);
  });

  test('a Trigger that answers itself ends after 255 rounds', async () => {
    const { taken, url } = await subscriber(reply('log'));
    const broker = await startBroker(trigger(url, 'log'));
    expect((await post(broker)).status).toBe(202);
    expect(taken).toHaveLength(255);
  });
});
