import { GatewayError, isErrorCode } from '../errors.ts';
import { parseJson } from '../http/body.ts';
import { alerts } from './alerts.ts';
import { cache } from './cache.ts';
import { auditLog } from './governance/audit-log.ts';
import { changes } from './governance/changes.ts';
import { entityMethods } from './governance/entities.ts';
import { keys } from './governance/keys.ts';
import { kinds } from './governance/kinds.ts';
import type { Access, GroupMethods, Invoke, Method, MethodName } from './method.ts';
import { payloads } from './payloads.ts';
import { requestLogs } from './request-logs.ts';
import { spend } from './spend.ts';
import type { Store } from './store.ts';
import { usage } from './usage.ts';

type Groups = Omit<Store, 'ping' | 'close' | 'invokeJson'>;

/** The contract as a table, so that a driver that only passes calls on need not know its methods. */
const groups: { [Group in keyof Groups]: GroupMethods<Groups[Group]> } = {
  requestLogs,
  payloads,
  usage,
  spend,
  alerts,
  keys,
  teams: entityMethods(kinds.teams),
  users: entityMethods(kinds.users),
  organizations: entityMethods(kinds.organizations),
  projects: entityMethods(kinds.projects),
  endUsers: entityMethods(kinds.endUsers),
  memberships: entityMethods(kinds.memberships),
  budgets: entityMethods(kinds.budgets),
  tags: entityMethods(kinds.tags),
  accessGroups: entityMethods(kinds.accessGroups),
  models: entityMethods(kinds.models),
  settings: entityMethods(kinds.settings),
  changes,
  auditLog,
  cache,
};

const methods = new Map<MethodName, Method>(
  Object.entries(groups).flatMap(([group, names]) =>
    Object.entries<Method>(names).map(([name, method]): [MethodName, Method] => [
      `${group}.${name}`,
      method,
    ]),
  ),
);

/** Undefined for a name that is not in the contract. `ping` is, and looks only. */
export function accessOf(name: MethodName): Access | undefined {
  return name === 'ping' ? 'read' : methods.get(name)?.access;
}

/** Throws `invalid_request` that names the argument at fault. */
export function checkArguments(name: MethodName, args: unknown[]): void {
  for (const [index, bounds] of (methods.get(name)?.args ?? []).entries()) {
    const parsed = bounds.safeParse(args[index]);
    if (parsed.success) continue;
    const [issue] = parsed.error.issues;
    const place = issue?.path.join('.') || 'argument';
    throw new GatewayError('invalid_request', `${name}: ${place} ${issue?.message}`, {
      param: place,
    });
  }
}

export const noMethod = (name: MethodName) =>
  new GatewayError('not_found', `The store has no method ${name}.`);

/** A store every method of which is one call of `invoke`. */
export function storeFrom(invoke: Invoke, close: () => Promise<void>): Store {
  const passOn = (group: string, names: object) =>
    Object.fromEntries(
      Object.keys(names).map((name) => [
        name,
        (...args: unknown[]) => invoke(`${group}.${name}`, args),
      ]),
    );
  return {
    ...Object.fromEntries(
      Object.entries(groups).map(([group, names]) => [group, passOn(group, names)]),
    ),
    ping: () => invoke('ping', []),
    close,
  } as unknown as Store;
}

/** The same on any `invoke`. Rejects with `invalid_request` for what is no JSON array. */
export async function invokeJsonOn(
  invoke: Invoke,
  name: MethodName,
  json: Uint8Array,
): Promise<Uint8Array> {
  const args = parseJson(Buffer.from(json.buffer, json.byteOffset, json.byteLength));
  if (!Array.isArray(args)) {
    throw new GatewayError('invalid_request', 'The body must be a JSON array of arguments.');
  }
  return Buffer.from(JSON.stringify((await invoke(name, args)) ?? null));
}

/** The other way round: calls a store's method by its name. */
export function invokeOn(store: Store, name: MethodName, args: unknown[]): Promise<unknown> {
  if (name === 'ping') return store.ping();
  if (!methods.has(name)) return Promise.reject(noMethod(name));
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
  param?: string | null | undefined;
}

export function carryError(error: GatewayError): CarriedError {
  return { code: error.code, message: error.message, param: error.details.param };
}

export function revive({ code, message, param = null }: CarriedError): GatewayError {
  return new GatewayError(isErrorCode(code) ? code : 'internal', message, { param });
}
