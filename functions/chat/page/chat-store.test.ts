import { beforeEach, expect, test } from 'vitest';
import type { AnswerEnd } from '../answer.ts';
import { AskError, type Listener, type Question } from './ask.ts';
import { type ChatStore, createChatStore } from './chat-store.ts';
import type { Exchange } from './exchange.ts';

const end: AnswerEnd = {
  id: 'call-1',
  model: 'm',
  finish_reason: 'stop',
  usage: null,
  cost: null,
  time_to_first_token_ms: 1,
  duration_ms: 2,
  log_url: null,
};

interface Asked {
  question: Question;
  listener: Listener;
  resolve: (end: AnswerEnd) => void;
  reject: (error: unknown) => void;
}

let store: ChatStore;
let asked: Asked[];
let frames: (() => void)[];
let kept: readonly Exchange[];
let shown: number;

beforeEach(() => {
  asked = [];
  frames = [];
  kept = [];
  shown = 0;
  store = createChatStore({
    kept: [],
    keep: (exchanges) => {
      kept = exchanges;
    },
    ask(question, listener) {
      const { promise, resolve, reject } = Promise.withResolvers<AnswerEnd>();
      asked.push({ question, listener, resolve, reject });
      return promise;
    },
    nextFrame: (show) => frames.push(show),
  });
  store.subscribe(() => shown++);
});

const last = () => store.get().exchanges.at(-1);
const at = (index: number) => asked[index] as Asked;
const frame = () => {
  for (const show of frames.splice(0)) show();
};

test('shows what came once a frame, and leaves the other exchanges as they are', async () => {
  const first = store.send('a');
  at(0).resolve(end);
  await first;
  const before = last();
  void store.send('b');
  shown = 0;
  for (const text of ['O', 'n', ' b']) at(1).listener.onDelta({ text });
  expect([shown, last()?.text, frames.length]).toEqual([0, '', 1]);
  frame();
  expect([shown, last()?.text]).toEqual([1, 'On b']);
  expect(store.get().exchanges[0]).toBe(before);
});

test('ends with all that came, even what no frame has shown', async () => {
  const sent = store.send('a');
  at(0).listener.onCallId('call-1');
  at(0).listener.onDelta({ text: 'On a.' });
  at(0).resolve(end);
  await sent;
  expect(last()).toMatchObject({ outcome: 'done', text: 'On a.', callId: 'call-1', end });
  expect(kept).toEqual(store.get().exchanges);
});

test('remembers: the turns before are sent along', async () => {
  const sent = store.send('a');
  at(0).listener.onDelta({ text: 'On a.' });
  at(0).resolve(end);
  await sent;
  void store.send('b', 'large');
  expect(at(1).question).toEqual({
    message: 'b',
    messages: [
      { role: 'user', content: 'a' },
      { role: 'assistant', content: 'On a.' },
    ],
    model: 'large',
  });
});

test('stop keeps the part that came, aborts, and lets nothing in after it', async () => {
  const sent = store.send('a');
  at(0).listener.onDelta({ text: 'On' });
  store.stop();
  expect(at(0).listener.signal.aborted).toBe(true);
  expect(last()).toMatchObject({ outcome: 'stopped', text: 'On' });
  at(0).listener.onDelta({ text: ' and on' });
  at(0).reject(new Error('aborted'));
  await sent;
  frame();
  expect(last()).toMatchObject({ outcome: 'stopped', text: 'On', failure: null });
});

test('an answer that was stopped cannot end the one that came after it', async () => {
  const first = store.send('a');
  store.stop();
  void store.send('b');
  at(0).resolve(end);
  await first;
  expect(store.get().exchanges.map(({ outcome }) => outcome)).toEqual(['stopped', 'answering']);
});

test('asks one question at a time', () => {
  void store.send('a');
  void store.send('b');
  void store.resend();
  expect(asked).toHaveLength(1);
});

test('a failure stays with what came; asking again takes its place, without it', async () => {
  const failure = { message: 'No.', status: 502, code: 'upstream_error', retryAfter: null };
  const sent = store.send('a');
  at(0).listener.onDelta({ text: 'On' });
  at(0).reject(new AskError(failure));
  await sent;
  expect(last()).toMatchObject({ outcome: 'failed', text: 'On', failure });
  void store.resend();
  expect(at(1).question).toMatchObject({ message: 'a', messages: [] });
  expect(store.get().exchanges).toHaveLength(1);
  expect(last()).toMatchObject({ outcome: 'answering', text: '' });
});

test('another question can take the last one’s place', async () => {
  const sent = store.send('a');
  at(0).resolve(end);
  await sent;
  void store.resend(undefined, 'b');
  expect(store.get().exchanges.map(({ question }) => question)).toEqual(['b']);
});

test('a new chat can be undone until something is asked', async () => {
  const sent = store.send('a');
  store.clear();
  expect(store.get().exchanges).toEqual([]);
  expect(kept).toEqual([]);
  store.bringBack();
  expect(last()).toMatchObject({ question: 'a', outcome: 'stopped' });
  expect(kept).toHaveLength(1);
  at(0).reject(new Error('aborted'));
  await sent;
  store.clear();
  void store.send('b');
  expect(store.get().setAside).toBeNull();
});
