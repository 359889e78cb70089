import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeEvent } from '../../../functions/_shared/events/encode.ts';
import { eventTypes } from '../../../functions/_shared/events/types.ts';
import { deriveKey } from '../../../functions/_shared/secrets.ts';
import {
  type PostgresServer,
  startPostgres,
} from '../../../functions/_shared/store/postgres/server.fixture.ts';
import { allRows, rowOf, untilDelivered, urlOfBooks } from '../books.ts';
import { masterKey, type Stack, startStack } from '../stack.ts';
import { expectWhole } from './plain-books.ts';

/** Half an emoji, NUL, what looks like an escape and is none, and a whole emoji. */
const odd = 'a\0b \ud83d c \udc4b \\u0000 \\ud83d 👋';
const oddAsText = 'a\ufffdb \ufffd c \ufffd \\u0000 \\ud83d 👋';
const long = `${'lång, 長い, 🙂 '.repeat((5 * 1024 ** 2) / 24)}end`;

/** What upstreams claim in place of a count of tokens. */
const counts: [string, string][] = [
  ['-1', '-1'],
  ['1e300', '1e300'],
  ['a text', '"12"'],
  ['null', 'null'],
  ['a fraction', '1.5'],
  ['beyond what is exact', '9007199254740993'],
  ['a list', '[1]'],
];

const usual = { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 };

interface Told {
  content: string;
  /** As JSON text. */
  usage?: string;
  id?: string;
}

/** Bytes of an answer, whole or as a stream of one piece. */
function answerOf(stream: boolean, { content, usage, id = 'chatcmpl-1' }: Told): Buffer {
  const head = { id, created: 1, model: 'odd' };
  const figures = usage ?? JSON.stringify(usual);
  if (!stream) {
    const choices = [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }];
    const whole = JSON.stringify({ ...head, object: 'chat.completion', choices });
    return Buffer.from(`${whole.slice(0, -1)},"usage":${figures}}`);
  }
  const object = 'chat.completion.chunk';
  const choices = [{ index: 0, delta: { role: 'assistant', content }, finish_reason: 'stop' }];
  const last = JSON.stringify({ ...head, object, choices: [] });
  return Buffer.from(
    `data: ${JSON.stringify({ ...head, object, choices })}\n\n` +
      `data: ${last.slice(0, -1)},"usage":${figures}}\n\ndata: [DONE]\n\n`,
  );
}

/** In a text of an answer, bytes that are no UTF-8 in the place of `<here>`. */
function withBadBytes(bytes: Buffer): Buffer {
  const at = bytes.indexOf('<here>');
  const bad = Buffer.from([0xff, 0xc3, 0x28, 0xed, 0xa0, 0xbd]);
  return Buffer.concat([bytes.subarray(0, at), bad, bytes.subarray(at + '<here>'.length)]);
}

function answer(response: ServerResponse, model: string, stream: boolean): void {
  const type = stream ? 'text/event-stream; charset=utf-8' : 'application/json';
  response.writeHead(200, { 'content-type': type });
  if (model === 'long') response.end(answerOf(stream, { content: long }));
  else if (model === 'bad-bytes') {
    response.end(withBadBytes(answerOf(stream, { content: 'one <here> two' })));
  } else if (model.startsWith('count-')) {
    const count = counts[Number(model.slice('count-'.length))]?.[1];
    const usage = `{"prompt_tokens":${count},"completion_tokens":${count},"total_tokens":${count}}`;
    response.end(answerOf(stream, { content: 'one two', usage }));
  } else {
    response.end(answerOf(stream, { content: odd, id: `chatcmpl-${odd}` }));
  }
}

let upstream: Server;
let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
  upstream = createServer(async (request, response) => {
    const { model, stream } = (await json(request)) as { model: string; stream?: boolean };
    answer(response, model, stream === true);
  });
  upstream.listen(0, '127.0.0.1');
  await once(upstream, 'listening');
});
afterAll(async () => {
  upstream?.closeAllConnections();
  upstream?.close();
  await server?.stop();
});

describe.each(['SQLite', 'PostgreSQL'])('all the way to %s', (database) => {
  let stack: Stack;
  let url: string;
  let calls = 0;
  beforeAll(async () => {
    const api_base = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}/v1`;
    const models = ['odd', 'long', 'bad-bytes', ...counts.map((_, index) => `count-${index}`)];
    const env: Record<string, string> =
      database === 'PostgreSQL' ? { DATABASE_URL: await server.createDatabase() } : {};
    stack = await startStack({
      parts: ['broker', 'proxy', 'ingest'],
      env,
      config: {
        model_list: models.map((model) => ({
          model_name: model,
          litellm_params: {
            model,
            custom_llm_provider: 'custom_openai',
            api_base,
            input_cost_per_token: 0.000001,
            output_cost_per_token: 0.000002,
          },
        })),
      },
    });
    url = env.DATABASE_URL ?? urlOfBooks(stack);
  });
  afterAll(() => stack?.end());

  async function ask(model: string, stream: boolean, more: object = {}) {
    const request = { model, stream, messages: [{ role: 'user', content: 'Hello' }], ...more };
    const answered = await fetch(`${stack.proxy.url}/v1/chat/completions`, {
      method: 'POST',
      headers: stack.proxy.headers,
      body: JSON.stringify(request),
    });
    calls++;
    const text = await answered.text();
    expect(answered.status, text.slice(0, 500)).toBe(200);
    const row = await rowOf(stack, answered.headers.get('x-litellm-call-id') ?? '');
    return { text, row };
  }

  const contentOf = (response: unknown) =>
    (response as { choices: { message: { content: string } }[] }).choices[0]?.message.content;

  describe.each([
    ['whole', false],
    ['as a stream', true],
  ])('answered %s:', (_, stream) => {
    test('half characters and NUL in what is asked, answered and booked by', async () => {
      const more = {
        messages: [{ role: 'user', content: odd }],
        user: `user ${odd}`,
        metadata: { tags: [`tag ${odd}`] },
      };
      const { row } = await ask('odd', stream, more);
      expect(row).toMatchObject({
        status: 'success',
        end_user: `user ${oddAsText}`,
        tags: [`tag ${oddAsText}`],
        response_id: `chatcmpl-${oddAsText}`,
        tokens_source: 'upstream',
        cost_nanos: 3 * 1000 + 4 * 2000,
      });
      expect(row.request).toMatchObject(more);
      expect(contentOf(row.response)).toBe(odd);
      // It is found, and summed, by what it is booked by.
      const { spend } = stack.store;
      expect((await spend.of('end_user', `user ${oddAsText}`)).calls).toBeGreaterThan(0);
      expect((await spend.of('tag', `tag ${oddAsText}`)).calls).toBeGreaterThan(0);
    });

    test('bytes that are no UTF-8 in an answer', async () => {
      const { row } = await ask('bad-bytes', stream);
      expect(row).toMatchObject({ status: 'success', tokens_source: 'upstream' });
      expect(contentOf(row.response)).toMatch(/^one \ufffd+\(\ufffd+ two$/);
    });

    test('five megabytes asked, and as many answered', async () => {
      const { row, text } = await ask('long', stream, {
        messages: [{ role: 'user', content: long }],
      });
      expect(text.length).toBeGreaterThan(long.length);
      expect(row.bodies_withheld).toBeNull();
      const { messages } = row.request as { messages: { content: string }[] };
      expect(messages[0]?.content === long).toBe(true);
      expect(contentOf(row.response) === long).toBe(true);
    });

    test.each(counts.map(([what], index) => [what, index] as const))(
      'an upstream that counts tokens as %s is counted for',
      async (_, index) => {
        const { row } = await ask(`count-${index}`, stream);
        expect(row).toMatchObject({ status: 'success', tokens_source: 'tokenizer' });
        expect(row.tokens.input).toBeGreaterThan(0);
        expect(row.tokens.input).toBeLessThan(100);
        // A word each, streamed or not.
        expect(row.tokens.output).toBe(2);
        expect(row.cost_nanos).toBe(row.tokens.input * 1000 + row.tokens.output * 2000);
      },
    );
  });

  test('an id that is used again for another call: the first stays, and it is counted', async () => {
    const send = async (data: object) => {
      const { headers, body } = encodeEvent({
        key: deriveKey(masterKey, 'events'),
        type: eventTypes.requestCompleted,
        source: '/somebody/else',
        id: 'reused',
        time: Date.now(),
        data: JSON.stringify({ started_at: 1_750_000_000_000, ...data }),
      });
      return (await fetch(`${stack.urls.ingest}/events`, { method: 'POST', headers, body })).status;
    };
    const first = { model: 'first', cost_nanos: 7, request: { prompt: 'first' } };
    expect(await send(first)).toBe(202);
    expect(await send({ model: 'second', cost_nanos: 9, request: { prompt: 'second' } })).toBe(202);
    expect(await send(first)).toBe(202);
    calls++;
    expect(await rowOf(stack, 'reused')).toMatchObject(first);
    const metrics = await fetch(`${stack.urls.ingest}/metrics`).then((told) => told.text());
    expect(metrics).toMatch(/^ingest_records_conflict_total 1$/m);
    const range = { from: 1_750_000_000_000, to: 1_750_000_900_000 };
    const totals = await stack.store.usage.totals({ range, filter: {} });
    expect(totals).toMatchObject({ calls: 1, cost_nanos: 7 });
  });

  test('each call has one row, and the books are whole', async () => {
    await untilDelivered(stack);
    const rows = await allRows(stack);
    const doubled = rows.length - new Set(rows.map(({ id }) => id)).size;
    console.info(
      `odd contents to ${database}: calls ${calls}, rows ${rows.length}, doubled ${doubled}`,
    );
    expect({ rows: rows.length, doubled }).toEqual({ rows: calls, doubled: 0 });
    expect((await stack.store.spend.of('global', '')).calls).toBe(calls);
    console.info(`odd contents: ${await expectWhole(url)}`);
  });
});
