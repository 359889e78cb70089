import { environmentNames, readEnvironment } from '../../functions/_shared/config/environment.ts';
import { containersOf, type Manifests, nameOf } from './manifest.ts';

/** Set by Knative; a Service that sets one is refused. */
const reserved = new Set(['PORT', 'K_SERVICE', 'K_CONFIGURATION', 'K_REVISION']);
const secretName = /(_KEY|_PASSWORD|_SECRET|_TOKEN|WEBHOOK_URL)$/;
/** Stands for what a Secret holds. */
const secretValue = 'https://secret.example.com/0123456789abcdef';

/** A Service's environment as its pod would see it. Throws for a ConfigMap that is not there. */
export function environmentOf(manifests: Manifests, service: string): Record<string, string> {
  const environment: Record<string, string> = {};
  const [container] = manifests.services
    .filter((candidate) => nameOf(candidate) === service)
    .flatMap(containersOf);
  for (const { configMapRef } of container?.envFrom ?? []) {
    const found = manifests.configMaps.find((map) => nameOf(map) === configMapRef?.name);
    if (!found) throw new Error(`there is no ConfigMap ${configMapRef?.name}`);
    Object.assign(environment, found.data);
  }
  for (const { name, value, valueFrom } of container?.env ?? []) {
    environment[name] = valueFrom?.secretKeyRef ? secretValue : (value ?? '');
  }
  return environment;
}

/** The environment: complete, known, unreserved, and no secret in clear. */
export function checkEnvironment(manifests: Manifests): string[] {
  const config = manifests.configMaps.flatMap(({ data }) => data['config.yaml'] ?? []).join('\n');
  const asked = [...config.matchAll(/os\.environ\/([A-Z0-9_]+)/g)].map(([, name]) => name);
  const known = new Set([...environmentNames, ...asked]);
  const faults = manifests.configMaps
    .flatMap(({ data }) => Object.keys(data))
    .filter((name) => secretName.test(name))
    .map((name) => `${name} belongs in the Secret`);
  if (manifests.all.some(({ kind }) => kind === 'Secret')) {
    faults.push('a Secret would be applied, placeholders and all');
  }
  for (const service of manifests.services) {
    const name = nameOf(service);
    const say = (fault: string) => faults.push(`${name}: ${fault}`);
    for (const { name: variable, value, valueFrom } of containersOf(service).flatMap(
      ({ env = [] }) => env,
    )) {
      if (secretName.test(variable) && value !== undefined) say(`${variable} is in clear`);
      if (valueFrom && !valueFrom.secretKeyRef) say(`${variable}: fieldRef needs a feature flag`);
    }
    try {
      const environment = environmentOf(manifests, name);
      for (const variable of Object.keys(environment)) {
        if (reserved.has(variable)) say(`${variable} is Knative's to set`);
        else if (!known.has(variable)) say(`nobody reads ${variable}`);
      }
      const { FUNCTION_TARGET: target, NODE_ENV } = readEnvironment(environment);
      if (target !== name) say(`it would run ${target}`);
      if (NODE_ENV !== 'production') say('NODE_ENV is not production');
      for (const url of Object.values(environment)) {
        const [, host, namespace] = /^http:\/\/([^./]+)\.([^./]+)\.svc/.exec(url) ?? [];
        if (!host || namespace === 'knative-eventing') continue;
        if (namespace !== 'tallygate') say(`${url} is in another namespace`);
        if (!manifests.services.some((other) => nameOf(other) === host)) say(`nobody is at ${url}`);
      }
    } catch (error) {
      say((error as Error).message);
    }
  }
  const sink = environmentOrNothing(manifests, 'proxy').K_SINK;
  const [broker] = manifests.brokers;
  const wanted = `http://broker-ingress.knative-eventing.svc.cluster.local/tallygate/${broker && nameOf(broker)}`;
  if (sink !== wanted) faults.push(`proxy: K_SINK is ${sink}, and the broker is at ${wanted}`);
  return faults;
}

function environmentOrNothing(manifests: Manifests, service: string): Record<string, string> {
  try {
    return environmentOf(manifests, service);
  } catch {
    return {};
  }
}
