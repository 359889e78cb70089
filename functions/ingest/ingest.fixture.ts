import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeEvent } from '../_shared/events/encode.ts';
import { eventTypes } from '../_shared/events/types.ts';
import { answerError } from '../_shared/http/answer.ts';
import { createRedactor } from '../_shared/redaction/redactor.ts';
import { noRules } from '../_shared/redaction/rules.ts';
import { openStore } from '../_shared/store/open.ts';
import type { Store } from '../_shared/store/store.ts';
import { createLogger, createMetrics } from '../_shared/telemetry.ts';
import { createIngest, type IngestParts } from './ingest.ts';

export const eventsKey = randomBytes(32);
const logger = createLogger('ingest', 'silent');

/** Ingest on a real socket, over a real SQLite file or whatever store is given. */
export async function startIngest(parts: Partial<IngestParts> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'tallygate-ingest-'));
  const store: Store =
    parts.store ??
    (await openStore({ url: `file:${join(folder, 'store.db')}`, bearer: '', logger }));
  const metrics = createMetrics();
  const redactor = await createRedactor(noRules, logger);
  const app = createIngest({
    eventsKey,
    requireSignature: true,
    revision: 'test',
    errorRate: { threshold: 0.5, windowMs: 300_000, minimumCalls: 4 },
    redaction: { withholdBodies: false, redactor },
    maxBodyBytes: 256 * 1024,
    logger,
    metrics,
    ...parts,
    store,
  });
  const server = createServer((request, response) => {
    (async () => app.handle(request, response))().catch((error: unknown) =>
      answerError(response, error),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    store,
    metrics,
    post: (headers: Record<string, string>, body: string) =>
      fetch(`${url}/events`, { method: 'POST', headers, body }),
    async stop() {
      server.closeAllConnections();
      server.close();
      await app.close?.();
      rmSync(folder, { recursive: true });
    },
  };
}

export type Ingest = Awaited<ReturnType<typeof startIngest>>;

/** A record as the proxy sends it: binary mode, signed. */
export function signedRecord(
  id: string,
  data: object,
  key: Buffer = eventsKey,
  more: { source?: string; extensions?: Record<string, string> } = {},
) {
  return encodeEvent({
    key,
    type: eventTypes.requestCompleted,
    source: '/tallygate/proxy/test',
    ...more,
    id,
    time: Date.now(),
    data: JSON.stringify({ started_at: Date.now(), model: 'gpt-4o-mini', ...data }),
  });
}

/** The same event in structured mode, signature and all. */
export function toStructured({ headers, body }: ReturnType<typeof signedRecord>) {
  const attributes = Object.entries(headers)
    .filter(([name]) => name.startsWith('ce-'))
    .map(([name, value]) => [name.slice(3), value]);
  return {
    ...Object.fromEntries(attributes),
    datacontenttype: 'application/json',
    data: JSON.parse(body),
  };
}
