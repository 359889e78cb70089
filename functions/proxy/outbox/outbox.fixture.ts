import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import Database from 'better-sqlite3';
import { pino } from 'pino';
import { vi } from 'vitest';
import type { ReceivedEvent } from '../../_shared/events/binary-event.ts';
import { receiveEvents } from '../../_shared/events/receive.ts';
import { eventTypes, type RequestCompletedInput } from '../../_shared/events/types.ts';
import type { Payloads, PayloadText } from '../../_shared/store/payloads.ts';
import { createMetrics } from '../../_shared/telemetry.ts';
import { createOutbox, type OutboxEvent, type OutboxOptions } from './outbox.ts';
import { type Row, toEvent } from './rows.ts';

const key = randomBytes(32);
export const hour = 3600_000;
export const aPath = () => join(mkdtempSync(join(tmpdir(), 'tallygate-outbox-')), 'outbox.db');

/** What the outbox says of itself comes a moment after what it tells of. */
export const eventually = <T>(look: () => T | Promise<T>) =>
  vi.waitFor(look, { timeout: 20_000, interval: 20 });

export type Answer = (response: ServerResponse, event: ReceivedEvent) => unknown;
export const takes: Answer = (response) => response.writeHead(202).end();
export const isAway: Answer = (response) => response.writeHead(503).end();

/** A sink that takes signed events, and that can be told to answer otherwise. */
export async function startSink() {
  const taken: ReceivedEvent[] = [];
  let asked = 0;
  let answer: Answer = takes;
  const server = createServer(async (request: IncomingMessage, response: ServerResponse) => {
    asked++;
    const options = { key, requireSignature: true, limit: 32 * 1024 * 1024 };
    const [event] = await receiveEvents(request, options).catch(() => []);
    if (!event) return response.writeHead(400).end();
    response.on('finish', () => {
      if (response.statusCode < 300) taken.push(event);
    });
    await answer(response, event);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/events`,
    /** What was answered with a 2xx, in that order. */
    taken,
    get asked() {
      return asked;
    },
    answerWith(given: Answer) {
      answer = given;
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export type Sink = Awaited<ReturnType<typeof startSink>>;

interface LogLine {
  level: number;
  msg: string;
  [detail: string]: unknown;
}

/** For records whose bodies travel with them. */
const noStore = {
  keep: ({ id }: PayloadText) => Promise.reject(new Error(`the bodies of ${id} are not large`)),
};

/** An outbox on its true thread, with all it says. */
export function startOutbox(
  options: Pick<OutboxOptions, 'path' | 'sink'> & Partial<OutboxOptions>,
  payloads: Pick<Payloads, 'keep'> = noStore,
) {
  const lines: LogLine[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      lines.push(JSON.parse(String(chunk)));
      done();
    },
  });
  const metrics = createMetrics();
  const outbox = createOutbox(
    {
      overrides: {},
      key,
      maxBytes: 1024 ** 2,
      source: '/tallygate/proxy/test',
      alertWindowMs: hour,
      ...options,
    },
    { payloads, logger: pino({ level: 'info' }, stream), metrics },
  );
  return {
    ...outbox,
    lines,
    said: (message: string) => lines.filter(({ msg }) => msg === message),
    async figure(name: string): Promise<number> {
      const { values = [] } = (await metrics.getSingleMetric(name)?.get()) ?? {};
      return values[0]?.value ?? Number.NaN;
    },
    /** Puts events as calls that end one after another do, a few in one turn of the loop. */
    async putAll(events: OutboxEvent[], together = 25) {
      for (let at = 0; at < events.length; at += together) {
        await Promise.all(events.slice(at, at + together).map(outbox.put));
      }
    },
  };
}

/** The record of a call whose bodies make it as large as it is told. */
export function aRecord(number: number, bodyBytes = 4000, more: Partial<OutboxEvent> = {}) {
  const facts: RequestCompletedInput = {
    started_at: Date.now(),
    model: 'custom-llm',
    request: { messages: [{ role: 'user', content: 'q'.repeat(bodyBytes / 2) }] },
    response: { choices: [{ message: { content: 'a'.repeat(bodyBytes / 2) } }] },
  };
  return {
    id: `call-${number}`,
    source: '/tallygate/proxy/test',
    type: eventTypes.requestCompleted,
    time: Date.now(),
    extensions: { keyid: randomUUID() },
    data: JSON.stringify(facts),
    ...more,
  } satisfies OutboxEvent;
}
export const records = (from: number, count: number, bodyBytes?: number) =>
  Array.from({ length: count }, (_, index) => aRecord(from + index, bodyBytes));

/** What is in the file at the moment, oldest first. */
export function eventsIn(path: string): OutboxEvent[] {
  const database = new Database(path, { readonly: true });
  const rows = database.prepare<[], Row>('SELECT * FROM outbox ORDER BY seq').all();
  database.close();
  return rows.map(toEvent);
}

/** The number that `aRecord` was given. */
export const numberOf = ({ id }: { id: string }) => Number(id.split('-')[1]);
