import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ErrorBody } from '../_shared/errors.ts';
import { eventTypes } from '../_shared/events/types.ts';
import { openRemoteStore } from '../_shared/store/remote/remote.ts';
import { type Ingest, signedRecord, startIngest, toStructured } from './ingest.fixture.ts';

let ingest: Ingest;
beforeEach(async () => {
  ingest = await startIngest();
});
afterEach(() => ingest.stop());

const structured = { 'content-type': 'application/cloudevents+json' };
const batch = { 'content-type': 'application/cloudevents-batch+json' };

const post = (event: { headers: Record<string, string>; body: string }) =>
  ingest.post(event.headers, event.body);

async function refusal(answer: Response) {
  const { error } = (await answer.json()) as ErrorBody;
  return { status: answer.status, code: error.code, message: error.message };
}

describe('a record is booked before its sender hears of it', () => {
  test('in binary mode, with nothing in the answer that Knative would take for a failure', async () => {
    const answer = await post(signedRecord('binary', { cost_nanos: 7, key_id: 'k' }));
    expect(answer.status).toBe(202);
    expect(await answer.text()).toBe('');
    expect(await ingest.store.spend.of('key', 'k')).toEqual({ cost_nanos: 7, calls: 1 });
  });

  test('in structured mode, and as a batch', async () => {
    const one = await ingest.post(structured, JSON.stringify(toStructured(signedRecord('s', {}))));
    expect(one.status).toBe(202);
    const events = ['b1', 'b2', 'b3'].map((id) => toStructured(signedRecord(id, {})));
    expect((await ingest.post(batch, JSON.stringify(events))).status).toBe(202);
    expect((await ingest.store.spend.of('global', '')).calls).toBe(4);
  });

  test('once, however often and in whatever way it comes', async () => {
    const event = signedRecord('again', { cost_nanos: 3 });
    const both = [event, event].map(toStructured);
    const answers = await Promise.all([
      ...Array.from({ length: 10 }, () => post(event)),
      ingest.post(batch, JSON.stringify(both)),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(Array(11).fill(202));
    expect(await ingest.store.spend.of('global', '')).toEqual({ cost_nanos: 3, calls: 1 });
    expect(await ingest.metrics.metrics()).toMatch(/ingest_records_duplicate_total 11\b/);
  });

  test('with the price of the list where its producer gave none', async () => {
    const tokens = { input: 1000, output: 1000 };
    await post(signedRecord('priced', { provider: 'openai', tokens }));
    await post(signedRecord('unknown', { model: 'nobody-knows-it', tokens }));
    const priced = await ingest.store.requestLogs.find('priced');
    expect(priced?.cost_nanos).toBe(750_000);
    expect(priced?.price_source).toBe('genai-prices');
    expect((await ingest.store.requestLogs.find('unknown'))?.cost_nanos).toBeNull();
  });

  test('not when it is of a type that is none of ours; that is no fault of the sender', async () => {
    const { headers, body } = signedRecord('other', {});
    const event = { ...toStructured({ headers, body }), type: 'com.example.other' };
    const open = await startIngest({ requireSignature: false });
    expect((await open.post(structured, JSON.stringify(event))).status).toBe(202);
    expect((await open.store.spend.of('global', '')).calls).toBe(0);
    await open.stop();
  });
});

describe('what can never be booked is refused so that nobody tries again', () => {
  test.each([
    ['no event', { 'content-type': 'application/json' }, '{}', 400, /not a CloudEvent/],
    ['no JSON', structured, '{"specversion":', 400, /not a CloudEvent/],
    ['a body too large', structured, 'x'.repeat(300_000), 413, /MAX_BODY_BYTES/],
  ])('%s', async (_, headers, body, status, message) => {
    const refused = await refusal(await ingest.post(headers, body));
    expect(refused).toMatchObject({ status, message: expect.stringMatching(message) });
  });

  test.each([
    ['a time in microseconds', { started_at: 1.8e15 }, /started_at/],
    ['negative tokens', { tokens: { input: -1 } }, /tokens\.input/],
    ['absurd tokens', { tokens: { input: 1e300 } }, /tokens\.input/],
    ['a cost of half a nano', { cost_nanos: 0.5 }, /cost_nanos/],
    ['a status of its own', { status: 'maybe' }, /status/],
    ['an endless name', { model: 'm'.repeat(600) }, /model/],
  ])('data with %s, naming the field', async (_, data, message) => {
    const refused = await refusal(await post(signedRecord('bad', data)));
    expect(refused).toMatchObject({ status: 400, message: expect.stringMatching(message) });
    expect((await ingest.store.spend.of('global', '')).calls).toBe(0);
  });

  test('a batch with one that is wrong, whole', async () => {
    const events = [signedRecord('good', {}), signedRecord('bad', { cost_nanos: -1 })];
    const answer = await ingest.post(batch, JSON.stringify(events.map(toStructured)));
    expect(answer.status).toBe(400);
    expect((await ingest.store.spend.of('global', '')).calls).toBe(0);
  });

  test('an event with no signature, another key’s, or data changed on the way', async () => {
    const event = signedRecord('signed', { cost_nanos: 1 });
    const { 'ce-sig': _, ...unsigned } = event.headers;
    const other = signedRecord('signed', { cost_nanos: 1 }, Buffer.alloc(32));
    const changed = event.body.replace('"cost_nanos":1', '"cost_nanos":9');
    for (const [headers, body] of [
      [unsigned, event.body],
      [other.headers, other.body],
      [event.headers, changed],
    ] as const) {
      expect(await refusal(await ingest.post(headers, body))).toMatchObject({
        status: 401,
        message: expect.stringContaining('EVENTS_REQUIRE_SIGNATURE'),
      });
    }
    expect((await ingest.store.spend.of('global', '')).calls).toBe(0);
  });
});

test('a store that is away is worth another try', async () => {
  const store = openRemoteStore({ url: 'http://127.0.0.1:1', bearer: 'x' });
  const away = await startIngest({ store });
  const { headers, body } = signedRecord('later', {});
  expect((await away.post(headers, body)).status).toBe(503);
  await away.stop();
});

describe('the error rate', () => {
  const send = (id: string, status: string) => post(signedRecord(id, { status }));

  test('raises one alert a window, as the answer to the record that made it too high', async () => {
    await Promise.all(['1', '2', '3'].map((id) => send(`good-${id}`, 'success')));
    expect((await send('bad-1', 'failure')).status).toBe(202);
    // The rules are judged once a second at the most; the clock here is the real one.
    const answers: Response[] = [];
    await expect
      .poll(
        async () => {
          answers.push(await send(`bad-${answers.length + 2}`, 'failure'));
          return answers.at(-1)?.status;
        },
        { timeout: 20_000, interval: 200 },
      )
      .toBe(200);
    const raised = answers.at(-1) as Response;
    expect(raised.headers.get('ce-type')).toBe(eventTypes.alertRaised);
    expect(raised.headers.get('ce-sig')).toBeTruthy();
    const alert = (await raised.json()) as { rule: string; value: number; message: string };
    expect(alert.rule).toBe('error_rate');
    expect(alert.value).toBeGreaterThanOrEqual(0.5);
    expect(alert.message).toMatch(/calls failed .*gpt-4o-mini/);
  });
});

test('publishes the schema of each event', async () => {
  const { schemas } = (await (await fetch(`${ingest.url}/schemas`)).json()) as {
    schemas: { type: string; href: string }[];
  };
  expect(schemas.map(({ type }) => type)).toEqual(Object.values(eventTypes));
  for (const { href } of schemas) {
    const schema = (await (await fetch(ingest.url + href)).json()) as { properties: object };
    expect(Object.keys(schema.properties).length).toBeGreaterThan(5);
  }
  expect((await fetch(`${ingest.url}/schemas/none.json`)).status).toBe(404);
});
