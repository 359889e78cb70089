import { get } from 'node:http';
import type { Launched } from './launch.ts';

const retryMs = 2;
const patienceMs = 30_000;

/** Resolves at the first 200 on `path`. Rejects with the process's own words when it ends instead. */
export async function firstAnswer(port: number, path: string, of: Launched): Promise<void> {
  const deadline = performance.now() + patienceMs;
  while ((await statusOf(port, path)) !== 200) {
    if (of.process.exitCode !== null) {
      throw new Error(`A process ended before it answered on ${path}:\n${of.output()}`);
    }
    if (performance.now() > deadline) {
      throw new Error(`No 200 on ${path} within ${patienceMs} ms:\n${of.output()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, retryMs));
  }
}

/** Of a connection of its own; null when there is none. */
const statusOf = (port: number, path: string): Promise<number | null> =>
  new Promise((resolve) => {
    get({ port, path, host: '127.0.0.1', agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode ?? null);
    }).on('error', () => resolve(null));
  });
