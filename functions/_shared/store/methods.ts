import { GatewayError, isErrorCode } from '../errors.ts';
import type { Store } from './store.ts';

/** Whether a method of the contract only looks. */
export type Access = 'read' | 'write';

type Groups = Omit<Store, 'ping' | 'close'>;
type Methods = { [Group in keyof Groups]: { [Method in keyof Groups[Group]]: Access } };

/** The contract as a table, so that a driver that only passes calls on need not know its methods. */
export const methods: Methods = {
  requestLogs: { book: 'write', find: 'read', list: 'read' },
  usage: { totals: 'read', series: 'read', rank: 'read' },
  spend: { of: 'read' },
  alerts: { raise: 'write' },
};

/** `group.method`, e.g. `requestLogs.book`. */
export type MethodName = string;

export type Invoke = (name: MethodName, args: unknown[]) => Promise<unknown>;

const flat = new Map<MethodName, Access>(
  Object.entries(methods).flatMap(([group, names]) =>
    Object.entries(names).map(([method, access]): [MethodName, Access] => [
      `${group}.${method}`,
      access as Access,
    ]),
  ),
);

/** Undefined for a name that is not in the contract. `ping` is, and looks only. */
export function accessOf(name: MethodName): Access | undefined {
  return name === 'ping' ? 'read' : flat.get(name);
}

/** A store every method of which is one call of `invoke`. */
export function storeFrom(invoke: Invoke, close: () => Promise<void>): Store {
  const group = (name: keyof Groups) =>
    Object.fromEntries(
      Object.keys(methods[name]).map((method) => [
        method,
        (...args: unknown[]) => invoke(`${name}.${method}`, args),
      ]),
    );
  return {
    requestLogs: group('requestLogs'),
    usage: group('usage'),
    spend: group('spend'),
    alerts: group('alerts'),
    ping: () => invoke('ping', []),
    close,
  } as unknown as Store;
}

/** The other way round: calls a store's method by its name. */
export function invokeOn(store: Store, name: MethodName, args: unknown[]): Promise<unknown> {
  if (name === 'ping') return store.ping();
  if (!flat.has(name)) {
    return Promise.reject(new GatewayError('not_found', `The store has no method ${name}.`));
  }
  const [group = '', method = ''] = name.split('.');
  const methodsOfGroup = store[group as keyof Groups] as unknown as Record<
    string,
    (...given: unknown[]) => Promise<unknown>
  >;
  return (methodsOfGroup[method] as (...given: unknown[]) => Promise<unknown>)(...args);
}

/** An error as it crosses a thread or the wire. */
export interface CarriedError {
  code: string;
  message: string;
}

export function carryError(error: GatewayError): CarriedError {
  return { code: error.code, message: error.message };
}

export function revive({ code, message }: CarriedError): GatewayError {
  return new GatewayError(isErrorCode(code) ? code : 'internal', message);
}
