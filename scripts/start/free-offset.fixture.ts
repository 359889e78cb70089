import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { portsAt, requireFree } from './ports.ts';

/** Workers of the test runner that can be told apart. */
const workers = 40;

/**
 * A PORT_OFFSET at which every port is free. All lie below those that the system gives to clients:
 * one of those could take the port of a part that is being restarted, and a client that calls a
 * dead port could even reach itself. Of two workers that look at the same time none can choose a
 * port of the other's: their offsets are 25 or more apart, and never a round thousand, while the
 * ports of one offset lie within 20 of its base or of a thousand above it.
 */
export async function freeOffset(): Promise<number> {
  const worker = Number(process.env.VITEST_POOL_ID ?? 0) % workers;
  for (;;) {
    const offset = randomInt(1, 28) * 1000 + worker * 25;
    if (!(await isOurs(offset))) continue;
    const taken = await requireFree(portsAt(offset)).catch((error: Error) => error);
    if (taken === undefined) return offset;
  }
}

/**
 * Takes two ports beside those of an offset and keeps them while this process lives: another run of
 * the tests on this machine that looks between our look and our start would choose the same.
 */
async function isOurs(offset: number): Promise<boolean> {
  for (const port of [2990 + offset, 3990 + offset]) {
    const guard = createServer();
    guard.unref();
    const isFree = await new Promise<boolean>((resolve) => {
      guard.once('error', () => resolve(false));
      guard.listen(port, '127.0.0.1', () => resolve(true));
    });
    if (!isFree) return false;
  }
  return true;
}
