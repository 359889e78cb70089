import { randomInt } from 'node:crypto';
import { portsAt, requireFree } from './ports.ts';

/**
 * A PORT_OFFSET at which every port is free. All lie below those that the system gives to clients:
 * one of those could take the port of a part that is being restarted, and a client that calls a
 * dead port could even reach itself.
 */
export async function freeOffset(): Promise<number> {
  for (;;) {
    const offset = randomInt(100, 28_000);
    const taken = await requireFree(portsAt(offset)).catch((error: Error) => error);
    if (taken === undefined) return offset;
  }
}
