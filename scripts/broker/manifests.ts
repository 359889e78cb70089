import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { SetupError } from '../../functions/_shared/config/environment.ts';
import { buildFilter, type Filter } from './filter.ts';

export interface Delivery {
  /** Tries after the first. */
  retry: number;
  backoff: 'linear' | 'exponential';
  backoffDelayMs: number;
  timeoutMs: number;
  deadLetterUrl: string | null;
}

export interface Trigger {
  name: string;
  /** The name of the broker that it listens to. */
  broker: string;
  matches: Filter;
  subscriberUrl: string;
  delivery: Delivery;
}

interface Destination {
  ref?: { name?: string };
  uri?: string;
}

interface DeliverySpec {
  retry?: number;
  backoffPolicy?: 'linear' | 'exponential';
  backoffDelay?: string;
  timeout?: string;
  deadLetterSink?: Destination;
}

interface Manifest {
  kind?: string;
  metadata?: { name?: string };
  spec?: {
    broker?: string;
    filter?: unknown;
    filters?: unknown;
    subscriber?: Destination;
    delivery?: DeliverySpec;
  };
}

/**
 * The Triggers of a folder of manifests, as the broker runs them. `services` gives the URL of
 * each Knative Service by name. A Trigger's own delivery replaces the Broker's as a whole.
 */
export function readTriggers(folder: string, services: Record<string, string>): Trigger[] {
  const manifests = readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .flatMap((file) => readManifests(join(folder, file)));
  const ofKind = (kind: string) => manifests.filter((manifest) => manifest?.kind === kind);
  const brokers = new Map(
    ofKind('Broker').map((manifest) => [manifest?.metadata?.name, manifest?.spec]),
  );
  return ofKind('Trigger').map((manifest) => {
    const { metadata, spec = {} } = manifest as Manifest;
    const name = metadata?.name ?? '(no name)';
    if (!brokers.has(spec.broker)) {
      throw new SetupError(`Trigger ${name} is for a broker "${spec.broker}" that is not there.`);
    }
    const delivery = spec.delivery ?? brokers.get(spec.broker)?.delivery ?? {};
    return {
      name,
      broker: spec.broker as string,
      matches: buildFilter(spec),
      subscriberUrl: locate(spec.subscriber, services, name),
      delivery: readDelivery(delivery, services, name),
    };
  });
}

function readManifests(path: string): (Manifest | null)[] {
  return parseAllDocuments(readFileSync(path, 'utf8')).map((document) => {
    const [fault] = document.errors;
    if (fault) throw new SetupError(`${path} is not YAML: ${fault.message}`);
    return document.toJS() as Manifest | null;
  });
}

function readDelivery(
  spec: DeliverySpec,
  services: Record<string, string>,
  trigger: string,
): Delivery {
  const { retry = 0, backoffPolicy = 'exponential', deadLetterSink } = spec;
  return {
    retry,
    backoff: backoffPolicy,
    backoffDelayMs: readDuration(spec.backoffDelay ?? 'PT0.2S'),
    timeoutMs: readDuration(spec.timeout ?? 'PT15M'),
    deadLetterUrl: deadLetterSink ? locate(deadLetterSink, services, trigger) : null,
  };
}

/** A relative `uri` beside a `ref` is resolved against the Service's address. */
function locate(
  destination: Destination | undefined,
  services: Record<string, string>,
  trigger: string,
): string {
  const { ref, uri } = destination ?? {};
  const base = ref?.name === undefined ? undefined : services[ref.name];
  if (ref && base === undefined) {
    throw new SetupError(`Trigger ${trigger} names a Service "${ref.name}" that is not running.`);
  }
  if (base === undefined && uri === undefined) {
    throw new SetupError(`Trigger ${trigger} has no subscriber.`);
  }
  if (!URL.canParse(uri ?? '/', base)) {
    throw new SetupError(`Trigger ${trigger} has the uri "${uri}" and no ref: give a whole URL.`);
  }
  return new URL(uri ?? '/', base).href;
}

/** An ISO 8601 duration of hours, minutes and seconds, in milliseconds. */
export function readDuration(text: string): number {
  const match = /^PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?$/.exec(text);
  if (!match || text === 'PT') throw new SetupError(`"${text}" is not a duration such as PT0.5S.`);
  const [, hours = '0', minutes = '0', seconds = '0'] = match;
  return (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000;
}
