import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { readEnvironment } from '../functions/_shared/config/environment.ts';
import { parseGatewayConfig } from '../functions/_shared/config/gateway-config.ts';
import { deadLettersPath } from '../functions/proxy/internal/dead-letters.ts';
import { ensureKubectl } from '../scripts/test/system-tools.ts';
import { breaks, containerOf, serviceOf } from './checks/broken.ts';
import { checkEnvironment, environmentOf } from './checks/environment.ts';
import { checkEvents } from './checks/events.ts';
import { checkLayout } from './checks/layout.ts';
import {
  containersOf,
  type Manifest,
  type Manifests,
  nameOf,
  podOf,
  sort,
} from './checks/manifest.ts';
import { checkPods } from './checks/pods.ts';
import { checkTypes } from './checks/types.ts';

let rendered: Manifest[];

beforeAll(async () => {
  const kubectl = await ensureKubectl();
  const text = execFileSync(kubectl, ['kustomize', import.meta.dirname], { encoding: 'utf8' });
  rendered = parseAllDocuments(text).map((document) => document.toJS() as Manifest);
}, 180_000);

const checks = [checkPods, checkLayout, checkEnvironment, checkEvents];
const check = (manifests: Manifests) => checks.flatMap((each) => each(manifests));

test('what is rendered keeps all the rules', () => {
  expect(check(sort(rendered))).toEqual([]);
});

describe('types', () => {
  test("what is rendered is of Knative's types", () => {
    expect(checkTypes(rendered)).toEqual([]);
  });

  test('a misspelt field and a wrong type are found', () => {
    const manifests = sort(structuredClone(rendered));
    Object.assign(podOf(serviceOf(manifests, 'chat'))!, { timeoutSecond: 5 });
    Object.assign(containerOf(manifests, 'alert').ports![0]!, { containerPort: '8080' });
    Object.assign(manifests.triggers[0]!.spec!.delivery!, { retri: 5 });
    Object.assign(manifests.brokers[0]!.spec!.delivery!, { retry: 'five' });
    const faults = checkTypes(manifests.all).join('\n');
    for (const fault of ['timeoutSecond', 'retri']) expect(faults).toContain(`"${fault}"`);
    expect(faults.match(/Type 'string' is not assignable to type 'number'/g)).toHaveLength(2);
  });
});

describe('a broken manifest is found', () => {
  test.each(breaks)('%s', (fault, by) => {
    const manifests = sort(structuredClone(rendered));
    by(manifests);
    expect(check(manifests).join('\n')).toMatch(fault);
  });
});

describe('against the functions themselves', () => {
  test('the model of config.yaml is the one of the environment', () => {
    const manifests = sort(rendered);
    const environment = environmentOf(manifests, 'proxy');
    const config = manifests.configMaps.find((map) => nameOf(map) === 'tallygate-config')!;
    const { deployments, warnings } = parseGatewayConfig(config.data['config.yaml']!, environment);
    expect(warnings).toEqual([]);
    expect(deployments).toMatchObject([{}]);
  });

  test('dead letters go where the proxy takes them', () => {
    const [trigger] = sort(rendered).triggers;
    expect(trigger?.spec?.delivery?.deadLetterSink?.uri).toBe(deadLettersPath);
  });

  test("the Secret's template does not start a proxy", () => {
    const secret = parse(readFileSync(join(import.meta.dirname, 'secret.yaml'), 'utf8'));
    const environment = environmentOf(sort(rendered), 'proxy');
    expect(() => readEnvironment({ ...environment, ...secret.stringData })).toThrow(
      /PROXY_MASTER_KEY has \d+ characters/,
    );
    const asked = sort(rendered)
      .services.flatMap(containersOf)
      .flatMap(({ env = [] }) => env)
      .filter(({ valueFrom }) => valueFrom && !valueFrom.secretKeyRef?.optional)
      .map(({ name }) => name);
    expect(Object.keys(secret.stringData)).toEqual(expect.arrayContaining(asked));
  });
});
