import { eventTypes } from '../../functions/_shared/events/types.ts';
import { type Manifests, nameOf } from './manifest.ts';

type Destination = NonNullable<
  NonNullable<Manifests['triggers'][number]['spec']>['subscriber'] | undefined
>;
type Delivery = NonNullable<NonNullable<Manifests['brokers'][number]['spec']>['delivery']>;

const duration = /^PT(?=\d)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?$/;

/** Broker and Triggers: each event reaches its function or, in the end, the dead letters. */
export function checkEvents({ services, brokers, triggers }: Manifests): string[] {
  const faults: string[] = [];
  const checkDestination = (where: string, to: Destination | undefined, path: string) => {
    const { ref, uri } = to ?? {};
    const isOurs = services.some((service) => nameOf(service) === ref?.name);
    if (ref?.kind !== 'Service' || ref.apiVersion !== 'serving.knative.dev/v1' || !isOurs) {
      faults.push(`${where} is no Service of ours`);
    }
    if (uri !== path) faults.push(`${where} is at ${uri}, not ${path}`);
  };
  const checkDelivery = (name: string, delivery: Delivery = {}) => {
    const { retry = 0, backoffPolicy, backoffDelay = '', timeout = '', deadLetterSink } = delivery;
    if (retry < 1) faults.push(`${name}: does not try again`);
    if (backoffPolicy !== 'exponential') faults.push(`${name}: backoffPolicy is ${backoffPolicy}`);
    if (!duration.test(backoffDelay)) faults.push(`${name}: backoffDelay is "${backoffDelay}"`);
    if (!duration.test(timeout)) faults.push(`${name}: timeout is "${timeout}"`);
    checkDestination(`${name}: deadLetterSink`, deadLetterSink, '/internal/events/dead-letters');
  };

  if (brokers.length !== 1) faults.push(`there are ${brokers.length} brokers`);
  for (const broker of brokers) checkDelivery(nameOf(broker), broker.spec?.delivery);
  for (const trigger of triggers) {
    const name = nameOf(trigger);
    const { broker = '', subscriber, delivery } = trigger.spec ?? {};
    if (!brokers.some((candidate) => nameOf(candidate) === broker)) {
      faults.push(`${name}: there is no broker ${broker}`);
    }
    checkDestination(`${name}: subscriber`, subscriber, '/events');
    // A Trigger's delivery replaces the Broker's as a whole, so it must be whole itself.
    checkDelivery(name, delivery);
  }
  const taken = triggers.map(({ spec }) => spec?.filter?.attributes?.type ?? '(any)');
  for (const type of Object.values(eventTypes)) {
    if (!taken.includes(type)) faults.push(`no Trigger takes ${type}`);
  }
  for (const type of taken) {
    const isKnown = Object.values<string>(eventTypes).includes(type);
    if (!isKnown) faults.push(`a Trigger waits for ${type}, which nobody sends`);
  }
  return faults;
}
