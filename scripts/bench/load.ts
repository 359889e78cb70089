import { connect, type Socket } from 'node:net';
import { createAnswerReader } from './answer-reader.ts';
import { percentile } from './statistics.ts';

/** One run of load, as ordered over IPC. */
export interface LoadOrder {
  port: number;
  path: string;
  /** Request headers besides host and the body's own. */
  headers: Record<string, string>;
  body: string;
  connections: number;
  seconds: number;
  /** Between an answer and the next call on its connection. */
  pauseMs: number;
}

export interface LoadReport {
  /** Whole answers with status 200. Streams count as whole when they end with `[DONE]`. */
  answers: number;
  /** Any other answer, and connections that broke; the first one's reason. */
  failures: number;
  firstFailure: string | null;
  seconds: number;
  latencyMicros: { p50: number; p99: number };
  /** Until the first byte of an answer's body. */
  firstByteMicros: { p50: number; p99: number };
}

const doneMark = Buffer.from('data: [DONE]\n\n');
const longestSilenceMs = 30_000;

/**
 * Calls over and over on a number of kept connections, one call at a time on each, straight on
 * sockets so that the load costs less than what it measures. Calls under way when the time is
 * over are waited for, so that answers here and rows in the books can be compared.
 */
export async function runLoad(order: LoadOrder): Promise<LoadReport> {
  const request = encodeRequest(order);
  const latencies: number[] = [];
  const firstBytes: number[] = [];
  const failures: string[] = [];
  const isStream = order.body.includes('"stream":true');
  const start = process.hrtime.bigint();
  const end = performance.now() + order.seconds * 1000;

  const connection = () =>
    new Promise<void>((resolve) => {
      let began = 0;
      let firstByteAt = 0;
      let status = 0;
      let finished = false;
      let tail: Buffer | null = null;
      const socket = connect({ port: order.port, host: '127.0.0.1', noDelay: true });
      const call = () => {
        if (finished) return;
        if (performance.now() >= end) {
          finished = true;
          socket.end();
          resolve();
          return;
        }
        firstByteAt = 0;
        began = performance.now();
        socket.write(request);
      };
      const fail = (reason: string) => {
        if (finished) return;
        finished = true;
        failures.push(reason);
        socket.destroy();
        resolve();
      };
      const feed = createAnswerReader({
        head: (given) => (status = given),
        body(bytes) {
          if (firstByteAt === 0) firstByteAt = performance.now();
          tail = bytes;
        },
        end() {
          const now = performance.now();
          const whole = !isStream || tail?.subarray(-doneMark.length).equals(doneMark) === true;
          if (status === 200 && whole) {
            latencies.push(now - began);
            firstBytes.push(firstByteAt - began);
          } else {
            failures.push(`${status}: ${tail?.toString('utf8').slice(0, 300) ?? ''}`);
          }
          tail = null;
          if (order.pauseMs > 0) setTimeout(call, order.pauseMs);
          else call();
        },
      });
      socket.setTimeout(longestSilenceMs, () => fail(`no answer within ${longestSilenceMs} ms`));
      socket.on('data', guarded(feed, socket));
      socket.on('error', (error) => fail(error.message));
      socket.on('close', () => fail('the connection was closed'));
      socket.on('connect', call);
    });

  await Promise.all(Array.from({ length: order.connections }, connection));
  const percentiles = (samples: number[]) => ({
    p50: percentile(samples, 0.5) * 1000,
    p99: percentile(samples, 0.99) * 1000,
  });
  return {
    answers: latencies.length,
    failures: failures.length,
    firstFailure: failures[0] ?? null,
    seconds: Number(process.hrtime.bigint() - start) / 1e9,
    latencyMicros: percentiles(latencies),
    firstByteMicros: percentiles(firstBytes),
  };
}

/** Bytes that are no HTTP end their connection, not the run. */
const guarded = (feed: (bytes: Buffer) => void, socket: Socket) => (bytes: Buffer) => {
  try {
    feed(bytes);
  } catch (error) {
    socket.destroy(error as Error);
  }
};

function encodeRequest({ port, path, headers, body }: LoadOrder): Buffer {
  const lines = [
    `POST ${path} HTTP/1.1`,
    `host: 127.0.0.1:${port}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ];
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`);
}
