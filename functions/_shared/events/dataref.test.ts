import { describe, expect, test } from 'vitest';
import { datarefOf, refersToPayload } from './dataref.ts';
import { encodeEvent } from './encode.ts';
import { signEvent, verifyEvent } from './signature.ts';

const key = Buffer.alloc(32, 7);
const event = { id: 'call-1', source: '/tallygate/proxy/r1', type: 't', data: '{"a":1}' };
const dataref = datarefOf(event);

test('a reference is one path, whatever the names are', () => {
  expect(dataref).toBe('/internal/payloads/%2Ftallygate%2Fproxy%2Fr1/call-1');
  expect(datarefOf({ source: '/a b?', id: '../é' })).toBe(
    '/internal/payloads/%2Fa%20b%3F/..%2F%C3%A9',
  );
});

describe('a reference is believed', () => {
  const given = (source: string, value?: string) => ({
    id: event.id,
    source,
    extensions: (value === undefined ? {} : { dataref: value }) as Record<string, string>,
  });
  test.each([
    ['of the proxy to its own door', given(event.source, dataref), true],
    ['of the proxy to the bodies of another call', given(event.source, `${dataref}0`), false],
    ['of the proxy to another server', given(event.source, `http://169.254.1.1${dataref}`), false],
    ['of another producer', given('/other', datarefOf({ ...event, source: '/other' })), false],
    ['that is not there', given(event.source), false],
  ])('%s', (_, received, isBelieved) => {
    expect(refersToPayload(received)).toBe(isBelieved);
  });
});

describe('a signature', () => {
  const signature = signEvent(key, { ...event, dataref });

  test('is over the reference', () => {
    const { headers } = encodeEvent({ key, time: 0, ...event, extensions: { dataref } });
    expect(headers['ce-sig']).toBe(signature);
    expect(verifyEvent(key, { ...event, dataref }, signature)).toBe(true);
    expect(verifyEvent(key, event, signature)).toBe(false);
    expect(verifyEvent(key, { ...event, dataref: `${dataref}0` }, signature)).toBe(false);
  });

  test('without a reference is what it was before there were any', () => {
    expect(signEvent(key, { ...event, dataref: '' })).toBe(signEvent(key, event));
    expect(verifyEvent(key, { ...event, dataref }, signEvent(key, event))).toBe(false);
  });

  test('cannot be carried over from data to a reference or back', () => {
    const data = `dataref ${dataref}\n${event.data}`;
    expect(verifyEvent(key, { ...event, data }, signature)).toBe(true);
    // It is the same signature, of what no longer is JSON: such an event is refused.
    expect(() => JSON.parse(data)).toThrow(SyntaxError);
  });
});
