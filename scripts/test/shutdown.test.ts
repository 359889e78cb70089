import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openSqliteStore } from '../../functions/_shared/store/sqlite/sqlite.ts';
import { createLogger } from '../../functions/_shared/telemetry.ts';
import { rowOf } from './books.ts';
import { type Stack, startStack } from './stack.ts';

let stack: Stack;
beforeEach(async () => {
  stack = await startStack({
    parts: ['upstream', 'broker', 'proxy', 'ingest'],
    // A stream takes some two seconds.
    env: { DEMO_PACE_MS: '15' },
  });
});
afterEach(() => stack?.end());

function call(stream: boolean): Promise<Response> {
  return fetch(`${stack.proxy.url}/v1/chat/completions`, {
    method: 'POST',
    headers: stack.proxy.headers,
    body: JSON.stringify({
      model: 'custom-llm',
      stream,
      messages: [{ role: 'user', content: 'What does it cost?' }],
    }),
  });
}

/** Streams that have begun, and their ends to come. */
async function beginStreams(count: number) {
  const answers = await Promise.all(Array.from({ length: count }, () => call(true)));
  const callIds = answers.map(({ headers }) => headers.get('x-litellm-call-id') ?? '');
  return { callIds, texts: Promise.all(answers.map((answer) => answer.text())) };
}

const untilDraining = () =>
  vi.waitFor(
    async () => {
      const { status } = await fetch(`${stack.proxy.url}/health/readiness`);
      expect(status).toBe(503);
    },
    { timeout: 10_000, interval: 10 },
  );

test('SIGTERM: the proxy ends its streams, takes no new call, and exits with 0', async () => {
  const { callIds, texts } = await beginStreams(20);
  stack.signal('proxy', 'SIGTERM');
  await untilDraining();
  const late = await call(false);
  expect(late.status).toBe(503);
  expect(late.headers.get('retry-after')).toBe('1');
  expect(await late.json()).toMatchObject({ error: { type: 'service_unavailable_error' } });

  for (const text of await texts) expect(text).toMatch(/"finish_reason":"stop".*\[DONE\]\n\n$/s);
  await vi.waitFor(
    () => expect(stack.lines).toContainEqual(expect.stringMatching(/^proxy ended \(/)),
    { timeout: 20_000 },
  );
  expect(stack.lines).toContain('proxy ended (0); starting it again');
  await stack.ready();
  for (const id of callIds) expect(await rowOf(stack, id)).toMatchObject({ status: 'success' });
});

test('all stopped in order: the rows of all calls are in the books before the proxy ends', async () => {
  const { callIds, texts } = await beginStreams(20);
  await stack.stop();
  for (const text of await texts) expect(text).toMatch(/\[DONE\]\n\n$/);
  expect(stack.lines.filter((line) => /did not end/.test(line))).toEqual([]);

  const store = await openSqliteStore({
    path: join(stack.dataFolder, 'tallygate.db'),
    logger: createLogger('test', 'silent'),
  });
  const rows = await Promise.all(callIds.map((id) => store.requestLogs.find(id)));
  await store.close();
  expect(rows.map((row) => row?.status)).toEqual(callIds.map(() => 'success'));
});
