import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { datarefOf } from '../../_shared/events/dataref.ts';
import { encodeEvent } from '../../_shared/events/encode.ts';
import { eventTypes } from '../../_shared/events/types.ts';
import { answerError } from '../../_shared/http/answer.ts';
import { createLogger } from '../../_shared/telemetry.ts';
import { aPath, eventsIn, startOutbox } from '../outbox/outbox.fixture.ts';
import { deadLetters, deadLettersPath } from './dead-letters.ts';

const eventsKey = Buffer.alloc(32, 7);
const now = 1_800_000_000_000;
const path = aPath();
const outbox = startOutbox({ path, sink: 'http://127.0.0.1:1/' });
const routes = deadLetters({
  outbox,
  eventsKey,
  eventLimit: 10_000,
  logger: createLogger('test', 'silent'),
  now: () => now,
});
const server = createServer(async (request, response) => {
  try {
    await routes[`POST ${deadLettersPath}`]?.(request, response, {});
  } catch (error) {
    answerError(response, error);
  }
});
beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(async () => {
  server.close();
  server.closeAllConnections();
  await outbox.close();
});

/** The last event that was put into the outbox, as it is on disk. */
const lastKept = () => eventsIn(path).at(-1);

const name = { id: 'call-1', source: '/tallygate/proxy/r1' };

/** An event as a broker brings it back. */
async function comeBack(code: number, extensions: Record<string, string> = {}) {
  const { headers, body } = encodeEvent({
    key: eventsKey,
    ...name,
    type: eventTypes.requestCompleted,
    time: now,
    data: '{"started_at":1}',
    extensions: {
      knativeerrorcode: String(code),
      knativeerrordest: 'http://ingest',
      ...extensions,
    },
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return fetch(url + deadLettersPath, { method: 'POST', headers, body });
}

describe('a dead letter', () => {
  test('is put into the outbox again, to rest for a minute', async () => {
    const dataref = datarefOf(name);
    expect((await comeBack(503, { keyid: 'k', dataref })).status).toBe(202);
    expect(lastKept()).toEqual({
      ...name,
      type: eventTypes.requestCompleted,
      time: now,
      extensions: { keyid: 'k', dataref },
      data: '{"started_at":1}',
      failures: { count: 1, since: now, last: 'http://ingest answered 503' },
      notBefore: now + 60_000,
    });
  });

  test('that comes back again rests longer, and is known to have failed before', async () => {
    const since = now - 3_000_000;
    await comeBack(500, { outboxfailures: '4', outboxfailedsince: String(since) });
    expect(lastKept()).toMatchObject({
      failures: { count: 5, since },
      notBefore: now + 16 * 60_000,
    });
    expect(lastKept()?.extensions).toEqual({});
  });

  test('that was refused for good is put aside', async () => {
    await comeBack(400);
    expect(lastKept()).toMatchObject({ parked: 'http://ingest answered 400' });
    expect(lastKept()?.notBefore).toBeUndefined();
  });
});
