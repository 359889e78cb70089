import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { ensureRedis } from './system-tools.ts';

/** A real Redis on loopback, in memory alone. After its death another can be given its port. */
export async function startRedis({ password, port }: { password: string; port?: number }) {
  const command = await ensureRedis();
  const chosen = port ?? (await lowPort());
  // What is set comes over standard input: a list of processes does not show the password.
  const child = spawn(command, ['-'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const settings = ['bind 127.0.0.1', `port ${chosen}`, 'save ""', `requirepass ${password}`];
  child.stdin.end(settings.join('\n'));
  const said: string[] = [];
  const output = createInterface({ input: child.stdout });
  await new Promise<void>((resolve, reject) => {
    output.on('line', (line) => {
      said.push(line);
      if (line.includes('Ready to accept connections')) resolve();
    });
    child.once('exit', () => reject(new Error(`Redis did not start:\n${said.join('\n')}`)));
  });
  return {
    port: chosen,
    signal: (signal: NodeJS.Signals) => child.kill(signal),
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/**
 * Below all that the system gives to clients: one that calls a dead server's port again and again
 * could otherwise take it, and reach itself.
 */
async function lowPort(): Promise<number> {
  for (;;) {
    const port = randomInt(1100, 2900);
    const server = createServer().listen(port, '127.0.0.1');
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    if (!isFree) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
}
