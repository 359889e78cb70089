import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventTypes } from '../_shared/events/types.ts';
import { createRedactor } from '../_shared/redaction/redactor.ts';
import { createLogger } from '../_shared/telemetry.ts';
import { type Ingest, signedRecord, startIngest } from './ingest.fixture.ts';

const redactor = await createRedactor(
  { apply: ['email', 'ticket'], patterns: { ticket: 'TCK-\\d+' }, timeoutMs: 20_000 },
  createLogger('test', 'silent'),
);
const secret = 'jo@example.com';
const other = 'TCK-4711';
const request = { model: 'm', messages: [{ role: 'user', content: `mail ${secret} ${other}` }] };
const response = { choices: [{ message: { role: 'assistant', content: `wrote to ${secret}` } }] };
const error = { type: 'e', message: `cannot reach ${secret}` };
const data = { started_at: Date.now(), model: 'm', status: 'failure', request, response, error };

const open: Ingest[] = [];
afterAll(() => Promise.all(open.map((ingest) => ingest.stop())));
async function start(withholdBodies: boolean): Promise<Ingest> {
  const ingest = await startIngest({
    requireSignature: false,
    redaction: { withholdBodies, redactor },
  });
  open.push(ingest);
  return ingest;
}

/** As another producer sends it: in binary mode, without a signature. */
async function send(ingest: Ingest, more: object = {}) {
  const id = randomUUID();
  const headers = {
    'content-type': 'application/json',
    'ce-specversion': '1.0',
    'ce-type': eventTypes.requestCompleted,
    'ce-source': '/batch/import',
    'ce-id': id,
  };
  const answer = await ingest.post(headers, JSON.stringify({ ...data, ...more }));
  expect(answer.status).toBeLessThan(300);
  const row = await ingest.store.requestLogs.find(id);
  if (!row) throw new Error(`${id} is not booked.`);
  return row;
}

let ingest: Ingest;
beforeAll(async () => {
  ingest = await start(false);
});

test('a record of another producer is redacted before it is booked, previews and all', async () => {
  const attempt = {
    deployment_id: 'd',
    provider: 'p',
    upstream_model: 'm',
    started_at: data.started_at,
    duration_ms: 1,
    status: 'failure',
    error,
  };
  const row = await send(ingest, { attempts: [attempt] });
  expect(JSON.stringify(row)).not.toMatch(/jo@example|TCK-/);
  expect(row).toMatchObject({
    request: { messages: [{ content: 'mail [REDACTED:email] [REDACTED:ticket]' }] },
    request_preview: 'mail [REDACTED:email] [REDACTED:ticket]',
    response_preview: 'wrote to [REDACTED:email]',
    error: { message: 'cannot reach [REDACTED:email]' },
    attempts: [{ error: { message: 'cannot reach [REDACTED:email]' } }],
    bodies_withheld: 'redacted: 4 email, 1 ticket',
  });
});

test('what its producer withheld is told as well', async () => {
  const row = await send(ingest, { response: null, bodies_withheld: 'too secret' });
  expect(row.bodies_withheld).toBe('too secret; redacted: 2 email, 1 ticket');
});

test('one that has nothing of the kind is booked as it came', async () => {
  const plain = { messages: [{ role: 'user', content: 'Hello 👋' }], n: 1.5 };
  const row = await send(ingest, { request: plain, response: null, error: null });
  expect(row).toMatchObject({ request: plain, response: null, bodies_withheld: null });
});

test('the proxy’s own records have been redacted by the settings of their keys', async () => {
  const { headers, body } = signedRecord('own-1', data);
  expect((await ingest.post(headers, body)).status).toBeLessThan(300);
  expect(await ingest.store.requestLogs.find('own-1')).toMatchObject({ request });
});

test('where bodies are not to be recorded, nobody’s are', async () => {
  const row = await send(await start(true));
  expect(row).toMatchObject({
    request: null,
    response: null,
    bodies_withheld: 'turn_off_message_logging is on; redacted: 1 email',
  });
});
