import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { datarefOf } from '../../functions/_shared/events/dataref.ts';
import { deriveBearer } from '../../functions/_shared/secrets.ts';
import { deliveryPatienceMs, untilDelivered } from './books.ts';
import { masterKey, type Stack, startStack } from './stack.ts';

const mebibyte = 1024 ** 2;

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ parts: ['upstream', 'broker', 'proxy', 'ingest'] });
});
afterAll(() => stack?.end());

/** Asks something as long as that. Gives the call's id and what was asked, when it is answered. */
async function askAtLength(bytes: number) {
  const { url, headers } = stack.proxy;
  const words = `${'long '.repeat(bytes / 5)} — 終わり 🙂`;
  const request = { model: 'custom-llm', messages: [{ role: 'user', content: words }] };
  const body = JSON.stringify(request);
  const answer = await fetch(`${url}/v1/chat/completions`, { method: 'POST', headers, body });
  expect(answer.status).toBe(200);
  await answer.text();
  return { id: answer.headers.get('x-litellm-call-id') ?? '', request };
}

const isBooked = (id: string) =>
  vi.waitFor(
    async () => {
      const call = await stack.store.requestLogs.find(id);
      expect(call).not.toBeNull();
      return call;
    },
    { timeout: deliveryPatienceMs, interval: 250 },
  );

describe('a call too large for an event', () => {
  test('is booked whole, and its bodies are had at the door that its event named', async () => {
    const { id, request } = await askAtLength(mebibyte);
    const call = await isBooked(id);
    expect(call).toMatchObject({ request, bodies_withheld: null });
    const path = datarefOf({ id, source: call?.source ?? '' });
    const ask = (bearer: string) =>
      fetch(stack.proxy.url + path, { headers: { authorization: `Bearer ${bearer}` } });
    expect(await (await ask(deriveBearer(masterKey, 'payloads'))).json()).toMatchObject({
      request,
    });
    expect((await ask(deriveBearer(masterKey, 'store'))).status).toBe(401);
  });

  test('is booked whole also when all are killed as soon as it is answered', async () => {
    const { id, request } = await askAtLength(18 * mebibyte);
    for (const part of ['proxy', 'ingest', 'broker'] as const) stack.signal(part, 'SIGKILL');
    await stack.ready();
    expect(await isBooked(id)).toMatchObject({ request, bodies_withheld: null });
    await untilDelivered(stack);
    expect((await stack.store.spend.of('global', '')).calls).toBe(2);
  });
});
