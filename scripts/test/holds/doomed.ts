import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** What a process is to do: the first line of its standard input, which may be long in coming. */
export async function readOrder<Order>(): Promise<Order> {
  const lines = createInterface({ input: process.stdin });
  for await (const line of lines) return JSON.parse(line) as Order;
  // Whoever would have ordered is gone.
  process.exit(0);
}

/** Says something to the parent, and is heard even if the next thing that comes is the end. */
export function tell(what: number | 'done'): void {
  writeSync(1, `${what}\n`);
}
