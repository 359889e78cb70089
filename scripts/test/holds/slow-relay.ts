import { once } from 'node:events';
import {
  type AddressInfo,
  connect,
  createServer,
  type NetConnectOpts,
  type Socket,
} from 'node:net';

/** A way to a server on which every answer can be made to take longer, by as much as is told. */
export async function startSlowRelay() {
  let delayMs = 0;
  let to: NetConnectOpts | undefined;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    if (!to) return client.destroy();
    const upstream = connect(to);
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
    client.pipe(upstream);
    const underWay: Buffer[] = [];
    upstream.on('data', (bytes) => {
      // None overtakes another, also when the delay is made shorter: the first of any timer goes.
      underWay.push(bytes);
      setTimeout(() => client.write(underWay.shift() ?? ''), delayMs);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    leadTo(target: NetConnectOpts) {
      to = target;
    },
    /** From now on. */
    slowDown(ms: number) {
      delayMs = ms;
    },
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
