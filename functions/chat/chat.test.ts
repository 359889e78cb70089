import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ErrorBody } from '../_shared/errors.ts';
import {
  answerStream,
  answerWhole,
  apiKey,
  beginStream,
  callId,
  fail,
  type Running,
  startChat,
} from './chat.fixture.ts';
import { longestConversation, longestMessage, mostTurns } from './limits.ts';

const dashboardUrl = 'http://dashboard.example';
const streamed = { headers: { accept: 'text/event-stream' } };

let chat: Running;
beforeAll(async () => {
  chat = await startChat({ dashboardUrl });
});
afterAll(() => chat.stop());
beforeEach(() => {
  chat.asked.length = 0;
  chat.answerWith(answerWhole);
});

const end = {
  id: callId,
  model: 'custom-llm',
  finish_reason: 'stop',
  usage: { input_tokens: 21, cached_tokens: 8, output_tokens: 5, reasoning_tokens: 2 },
  cost: 0.0000164,
  log_url: `${dashboardUrl}/ui/logs/${callId}`,
};

/** The events of a stream, each as its name and data. */
function eventsIn(text: string): [string, unknown][] {
  return [...text.matchAll(/event: (\w+)\ndata: (.*)\n\n/g)].map(([, name = '', data = '']) => [
    name,
    JSON.parse(data),
  ]);
}

/** Reads an answer bit by bit; both give all that has come so far. */
function readerOf(answer: Response) {
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  let seen = '';
  const readOn = async (enough: () => boolean) => {
    while (!enough()) {
      const { value, done } = (await reader?.read()) ?? { done: true };
      if (done) break;
      seen += value;
    }
    return seen;
  };
  return {
    until: (text: string) => readOn(() => seen.includes(text)),
    rest: () => readOn(() => false),
  };
}

describe('an answer in one piece', () => {
  test('has the text, and what it took', async () => {
    const answer = await chat.post({ message: 'How many?' });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-litellm-call-id')).toBe(callId);
    const body = await answer.json();
    expect(body).toMatchObject({
      ...end,
      response: 'Five tallies.',
      time_to_first_token_ms: null,
    });
    expect(body.duration_ms).toBeGreaterThan(0);
  });

  test('comes from the proxy, asked with its key and the chat’s model', async () => {
    await chat.post({ message: 'How many?' });
    expect(chat.asked).toMatchObject([
      {
        path: '/v1/chat/completions',
        authorization: `Bearer ${apiKey}`,
        body: { model: 'custom-llm', messages: [{ role: 'user', content: 'How many?' }] },
      },
    ]);
  });

  test('knows the turns before, and the model that was picked', async () => {
    const messages = [
      { role: 'user', content: 'Count the strokes.' },
      { role: 'assistant', content: '' },
    ];
    await chat.post({ message: 'How many?', messages, model: 'demo-large' });
    expect(chat.asked[0]?.body).toMatchObject({
      model: 'demo-large',
      messages: [...messages, { role: 'user', content: 'How many?' }],
    });
  });

  test('links to no log where nobody said where the dashboard is', async () => {
    const alone = await startChat();
    try {
      expect(await (await alone.post({ message: 'Hi' })).json()).toMatchObject({ log_url: null });
      const settings = await fetch(`${alone.url}/api/settings`);
      expect(await settings.json()).toEqual({ model: 'custom-llm', dashboard_url: null });
    } finally {
      await alone.stop();
    }
  });
});

describe('a streamed answer', () => {
  test('comes in deltas, and ends with what it took', async () => {
    chat.answerWith(answerStream);
    const answer = await chat.post({ message: 'How many?' }, streamed);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toContain('text/event-stream');
    expect(answer.headers.get('x-litellm-call-id')).toBe(callId);
    expect(eventsIn(await answer.text())).toEqual([
      ['delta', { reasoning: 'Count them.' }],
      ['delta', { text: 'Five' }],
      ['delta', { text: ' tallies.' }],
      [
        'done',
        {
          ...end,
          time_to_first_token_ms: expect.any(Number),
          duration_ms: expect.any(Number),
        },
      ],
    ]);
    expect(chat.asked[0]?.body).toMatchObject({
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  test('is sent on as it comes; going away ends the call to the proxy', async () => {
    chat.answerWith((_request, response) => beginStream(response));
    const controller = new AbortController();
    const answer = await chat.post(
      { message: 'How many?' },
      { ...streamed, signal: controller.signal },
    );
    await readerOf(answer).until('Five');
    controller.abort();
    await chat.asked[0]?.closed;
  });

  test('going away before the answer begins ends the call to the proxy too', async () => {
    const controller = new AbortController();
    chat.answerWith(() => controller.abort());
    await expect(
      chat.post({ message: 'How many?' }, { ...streamed, signal: controller.signal }),
    ).rejects.toThrow('aborted');
    await chat.asked[0]?.closed;
  });

  const told = {
    message: 'The upstream closed the connection.',
    type: 'upstream_error',
    param: null,
    code: 'upstream_interrupted',
  };
  const notWhole = { ...told, message: expect.stringContaining('before the answer was whole') };

  test.each<[string, (response: ServerResponse) => void, object]>([
    ['the proxy says so', (r) => r.end(`data: ${JSON.stringify({ error: told })}\n\n`), told],
    ['the proxy dies', (r) => r.destroy(), notWhole],
    ['it ends without an end', (r) => r.end(), notWhole],
    ['it ends in half an event', (r) => r.end('data: {"choi'), notWhole],
  ])('that breaks off ends with an error: %s', async (_how, breakOff, error) => {
    const { promise: begun, resolve: begin } = Promise.withResolvers<ServerResponse>();
    chat.answerWith((_request, response) => {
      beginStream(response);
      begin(response);
    });
    const answer = await chat.post({ message: 'How many?' }, streamed);
    const reader = readerOf(answer);
    await reader.until('Five');
    breakOff(await begun);
    const events = eventsIn(await reader.rest());
    expect(events.slice(0, 2)).toEqual([
      ['delta', { reasoning: 'Count them.' }],
      ['delta', { text: 'Five' }],
    ]);
    expect(events.slice(2)).toEqual([['error', { error }]]);
  });
});

describe('what the proxy refuses is told in its own words', () => {
  const refusals: [number, ErrorBody['error'], Record<string, string>][] = [
    [
      401,
      {
        message: 'No such key.',
        type: 'auth_error',
        param: null,
        code: 'invalid_api_key',
      },
      {},
    ],
    [
      404,
      {
        message: 'There is no model x.',
        type: 'not_found_error',
        param: 'model',
        code: 'model_not_found',
      },
      {},
    ],
    [
      429,
      {
        message: 'Slow down.',
        type: 'rate_limit_error',
        param: null,
        code: 'rate_limit_exceeded',
      },
      { 'retry-after': '7' },
    ],
    [502, { message: 'It fell over.', type: 'server_error', param: null, code: null }, {}],
  ];

  test.each(refusals)('%i', async (status, error, headers) => {
    chat.answerWith(fail(status, error, headers));
    for (const init of [{}, streamed]) {
      chat.asked.length = 0;
      const answer = await chat.post({ message: 'How many?' }, init);
      expect(answer.status).toBe(status);
      expect(answer.headers.get('content-type')).toBe('application/json');
      expect(answer.headers.get('x-litellm-call-id')).toBe(callId);
      expect(answer.headers.get('retry-after')).toBe(headers['retry-after'] ?? null);
      expect(await answer.json()).toEqual({ error });
      // Once: what the proxy would not do is not asked again behind the person's back.
      expect(chat.asked).toHaveLength(1);
    }
  });

  test('a page in place of an answer is an error as well', async () => {
    chat.answerWith((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Welcome</html>');
    });
    for (const init of [{}, streamed]) {
      const answer = await chat.post({ message: 'How many?' }, init);
      expect(await answer.text()).toMatch(/upstream_(error|interrupted)/);
    }
  });

  test('a proxy that is away is said to be, and the page is there without it', async () => {
    chat.answerWith((_request, response) => response.destroy());
    const answer = await chat.post({ message: 'How many?' });
    expect(answer.status).toBe(502);
    expect(await answer.json()).toMatchObject({
      error: { code: 'upstream_unreachable', message: expect.stringContaining('PROXY_URL') },
    });
    expect((await fetch(`${chat.url}/health/readiness`)).status).toBe(200);
    expect(await (await fetch(chat.url)).text()).toContain('<title>Tallygate chat');
  });
});

describe('what is asked wrongly', () => {
  const turn = { role: 'user', content: 'x' };
  test.each<[string, unknown, string | null, string]>([
    ['no JSON', '{"message": ', null, 'not valid JSON'],
    ['an array', [], null, 'object'],
    ['no message', {}, 'message', 'is missing'],
    ['a message of another type', { message: 7 }, 'message', 'string'],
    ['an empty message', { message: ' \n' }, 'message', 'empty'],
    ['an over-long message', { message: 'x'.repeat(longestMessage + 1) }, 'message', 'too long'],
    [
      'too many turns',
      { message: 'x', messages: Array(mostTurns + 1).fill(turn) },
      'messages',
      'too many',
    ],
    [
      'an over-long conversation',
      {
        message: 'x',
        messages: Array(longestConversation / longestMessage).fill({
          ...turn,
          content: 'x'.repeat(longestMessage),
        }),
      },
      'messages',
      'leave out the oldest',
    ],
    [
      'a turn of nobody',
      { message: 'x', messages: [{ ...turn, role: 'tool' }] },
      'messages.0.role',
      'system, user or assistant',
    ],
    ['an over-long model', { message: 'x', model: 'm'.repeat(513) }, 'model', '512'],
  ])('%s is told, and never asked of the proxy', async (_what, body, param, words) => {
    const answer = await chat.post(body);
    expect(answer.status).toBe(400);
    const { error } = (await answer.json()) as ErrorBody;
    expect(error).toMatchObject({ type: 'invalid_request_error', param });
    expect(error.message).toContain(words);
    expect(chat.asked).toEqual([]);
  });

  test('the longest message that is taken is taken', async () => {
    const answer = await chat.post({ message: 'ß'.repeat(longestMessage) });
    expect(answer.status).toBe(200);
  });

  test.each([
    ['another site', { origin: 'https://elsewhere.example' }, 403],
    ['a page without an origin', { origin: 'null' }, 403],
    ['a form', { 'content-type': 'text/plain' }, 400],
  ])('%s cannot spend', async (_who, headers: Record<string, string>, status) => {
    const answer = await chat.post({ message: 'How many?' }, { headers });
    expect(answer.status).toBe(status);
    expect(chat.asked).toEqual([]);
  });

  test('its own page can', async () => {
    const answer = await chat.post({ message: 'Hi' }, { headers: { origin: chat.url } });
    expect(answer.status).toBe(200);
  });

  test('another method is refused, another path is not there', async () => {
    expect((await fetch(`${chat.url}/api/chat`)).status).toBe(405);
    expect((await fetch(chat.url, { method: 'POST' })).status).toBe(405);
    for (const path of ['/api/nothing', '/nothing', '/assets/gone.js']) {
      const answer = await fetch(chat.url + path);
      expect(answer.status).toBe(404);
      expect(await answer.json()).toMatchObject({ error: { code: 'not_found' } });
    }
  });
});

test('the page is told its settings, and the models that the proxy has', async () => {
  const settings = await fetch(`${chat.url}/api/settings`);
  expect(await settings.json()).toEqual({ model: 'custom-llm', dashboard_url: dashboardUrl });
  chat.answerWith((_request, response) => {
    const data = ['custom-llm', 'demo-large'].map((id) => ({ id, object: 'model' }));
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ object: 'list', data }));
  });
  const models = await fetch(`${chat.url}/api/models`);
  expect(await models.json()).toEqual({ models: ['custom-llm', 'demo-large'] });
  expect(chat.asked[0]?.path).toBe('/v1/models');
});
