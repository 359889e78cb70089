import { createServer } from 'node:net';
import { SetupError } from '../../functions/_shared/config/environment.ts';

export const basePorts = {
  chat: 3000,
  proxy: 4000,
  dashboard: 4001,
  ingest: 4002,
  alert: 4003,
  broker: 4010,
  upstream: 4020,
} as const;

export type PartName = keyof typeof basePorts;
export type Ports = Record<PartName, number>;

export function portsAt(offset: number): Ports {
  if (!Number.isInteger(offset) || offset < 0 || offset > 60_000) {
    throw new SetupError('PORT_OFFSET must be a whole number from 0 to 60000.');
  }
  return Object.fromEntries(
    Object.entries(basePorts).map(([name, port]) => [name, port + offset]),
  ) as Ports;
}

/** Throws a SetupError that names each port that somebody else listens on. */
export async function requireFree(ports: Partial<Ports>): Promise<void> {
  const taken: string[] = [];
  for (const [name, port] of Object.entries(ports)) {
    if (!(await isFree(port))) taken.push(`${port} (${name})`);
  }
  if (taken.length > 0) {
    const plural = taken.length > 1 ? 'Ports are' : 'A port is';
    throw new SetupError(
      `${plural} taken: ${taken.join(', ')}. Stop what listens there, or move all of ours: PORT_OFFSET=100 npm start`,
    );
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, () => server.close(() => resolve(true)));
  });
}
