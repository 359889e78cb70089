import { connect } from 'node:net';
import { encodeEvent } from '../../functions/_shared/events/encode.ts';
import { eventTypes } from '../../functions/_shared/events/types.ts';
import { createTraffic } from '../seed/traffic.ts';
import { createAnswerReader } from './answer-reader.ts';
import { percentile } from './statistics.ts';

/** Posts records as events, each once, as ordered over IPC. */
export interface EventsOrder {
  port: number;
  /** Of the events' signatures, hex. */
  key: string;
  records: number;
  connections: number;
  /** Makes the records; another seed makes others. */
  seed: number;
}

export interface EventsReport {
  accepted: number;
  failures: number;
  firstFailure: string | null;
  seconds: number;
  /** From an event's first byte to its answer. */
  latencyMicros: { p50: number; p99: number };
  bodyBytes: number;
}

/** As if they had all been made just now. */
const spanMs = 10_000;

/** Signed events in binary mode, as bytes of HTTP: made before the clock starts. */
function encodeAll({ port, key, records, seed }: EventsOrder): { bytes: Buffer; body: number }[] {
  const now = Date.now();
  const traffic = createTraffic({ calls: records, from: now - spanMs, to: now, seed });
  return [...traffic].map(({ id, source, data }) => {
    const { headers, body } = encodeEvent({
      key: Buffer.from(key, 'hex'),
      type: eventTypes.requestCompleted,
      source,
      id,
      time: data.started_at,
      data: JSON.stringify(data),
    });
    const bodyLength = Buffer.byteLength(body);
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
    const head = ['POST /events HTTP/1.1', `host: 127.0.0.1:${port}`, ...lines];
    const text = `${head.join('\r\n')}\r\ncontent-length: ${bodyLength}\r\n\r\n${body}`;
    return { bytes: Buffer.from(text), body: JSON.stringify([data.request, data.response]).length };
  });
}

async function post(order: EventsOrder): Promise<EventsReport> {
  const events = encodeAll(order);
  const latencies: number[] = [];
  const failures: string[] = [];
  let next = 0;
  const start = performance.now();
  const connection = () =>
    new Promise<void>((resolve) => {
      const socket = connect({ port: order.port, host: '127.0.0.1', noDelay: true });
      let began = 0;
      let status = 0;
      const end = (reason?: string) => {
        if (reason) failures.push(reason);
        socket.removeAllListeners('close');
        socket.destroy();
        resolve();
      };
      const send = () => {
        const event = events[next++];
        if (!event) return end();
        began = performance.now();
        socket.write(event.bytes);
      };
      const feed = createAnswerReader({
        head: (given) => (status = given),
        body() {},
        end() {
          if (status === 202 || status === 200) latencies.push(performance.now() - began);
          else failures.push(`answered ${status}`);
          send();
        },
      });
      socket.on('data', feed);
      socket.on('error', (error) => end(error.message));
      socket.on('close', () => end('the connection was closed'));
      socket.on('connect', send);
    });
  await Promise.all(Array.from({ length: order.connections }, connection));
  const micros = (quantile: number) => percentile(latencies, quantile) * 1000;
  return {
    accepted: latencies.length,
    failures: failures.length,
    firstFailure: failures[0] ?? null,
    seconds: (performance.now() - start) / 1000,
    latencyMicros: { p50: micros(0.5), p99: micros(0.99) },
    bodyBytes: events.reduce((sum, { body }) => sum + body, 0) / events.length,
  };
}

process.on('message', (order: EventsOrder) => {
  post(order).then(
    (report) => process.send?.({ report }),
    (error: Error) => process.send?.({ error: error.stack ?? error.message }),
  );
});
process.on('disconnect', () => process.exit(0));
process.send?.({ port: 0 });
