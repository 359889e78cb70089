import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { eventTypes } from '../../functions/_shared/events/types.ts';
import { readDuration, readTriggers } from './manifests.ts';

const knative = join(import.meta.dirname, '..', '..', 'knative');
const services = {
  proxy: 'http://127.0.0.1:4000',
  ingest: 'http://127.0.0.1:4002',
  alert: 'http://127.0.0.1:4003',
};

const broker = (delivery: string) => `
apiVersion: eventing.knative.dev/v1
kind: Broker
metadata: { name: b }
spec: { delivery: ${delivery} }
`;
const trigger = (spec: string) => `
apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata: { name: t }
spec: ${spec}
`;

function folderOf(...documents: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'tallygate-triggers-'));
  writeFileSync(join(folder, 'all.yaml'), documents.join('---'));
  return folder;
}

describe('readTriggers', () => {
  test("reads the cluster's own: who gets what, and where the rest goes", () => {
    const triggers = readTriggers(knative, services);
    const takes = (type: string) =>
      triggers.filter(({ matches }) => matches({ type })).map(({ subscriberUrl: url }) => url);
    expect(takes(eventTypes.requestCompleted)).toEqual(['http://127.0.0.1:4002/events']);
    expect(takes(eventTypes.alertRaised)).toEqual(['http://127.0.0.1:4003/events']);
    expect(takes('dev.example.other')).toEqual([]);
    for (const { delivery } of triggers) {
      expect(delivery).toEqual({
        retry: 5,
        backoff: 'exponential',
        backoffDelayMs: 500,
        timeoutMs: 30_000,
        deadLetterUrl: 'http://127.0.0.1:4000/internal/events/dead-letters',
      });
    }
  });

  test("takes the Broker's delivery where a Trigger has none", () => {
    const folder = folderOf(
      broker('{ retry: 3, backoffPolicy: linear, backoffDelay: PT1S, timeout: PT2S }'),
      trigger('{ broker: b, subscriber: { uri: "http://elsewhere:81/in" } }'),
    );
    expect(readTriggers(folder, {})).toMatchObject([
      {
        subscriberUrl: 'http://elsewhere:81/in',
        delivery: { retry: 3, backoff: 'linear', backoffDelayMs: 1000, timeoutMs: 2000 },
      },
    ]);
  });

  test("a Trigger's own delivery replaces the Broker's as a whole", () => {
    const folder = folderOf(
      broker('{ retry: 3, timeout: PT2S }'),
      trigger('{ broker: b, subscriber: { ref: { name: ingest } }, delivery: { timeout: PT9S } }'),
    );
    expect(readTriggers(folder, services)).toMatchObject([
      { subscriberUrl: 'http://127.0.0.1:4002/', delivery: { retry: 0, timeoutMs: 9000 } },
    ]);
  });

  test.each([
    ['a broker that is not there', '{ broker: c, subscriber: { uri: "http://x" } }', /broker "c"/],
    ['no subscriber', '{ broker: b }', /no subscriber/],
    [
      'a Service that is not running',
      '{ broker: b, subscriber: { ref: { name: nobody } } }',
      /Service "nobody"/,
    ],
    ['a path without a Service', '{ broker: b, subscriber: { uri: /events } }', /whole URL/],
    [
      'a duration in seconds',
      '{ broker: b, subscriber: { uri: "http://x" }, delivery: { timeout: 30s } }',
      /"30s" is not a duration/,
    ],
  ])('refuses %s', (_, spec, reason) => {
    const folder = folderOf(broker('{}'), trigger(spec));
    expect(() => readTriggers(folder, services)).toThrow(reason);
  });

  test('says where YAML is broken', () => {
    expect(() => readTriggers(folderOf('a: [1'), {})).toThrow(/all\.yaml/);
  });
});

describe('readDuration', () => {
  test.each([
    ['PT0.5S', 500],
    ['PT30S', 30_000],
    ['PT1M30S', 90_000],
    ['PT1H', 3_600_000],
  ])('%s is %d ms', (text, milliseconds) => {
    expect(readDuration(text)).toBe(milliseconds);
  });

  test.each(['', 'PT', '5', 'P1D', 'PT-1S'])('refuses "%s"', (text) => {
    expect(() => readDuration(text)).toThrow(/not a duration/);
  });
});
