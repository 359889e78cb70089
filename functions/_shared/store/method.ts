import type { z } from 'zod';

/** Whether a method of the contract only looks. */
export type Access = 'read' | 'write';

export interface Method {
  access: Access;
  /** The bounds of its arguments. */
  args: z.ZodType[];
}

/** A group of the contract as a table: what stands in its interface, said so that a program sees it. */
export type GroupMethods<Group> = { [Name in keyof Group]: Method };

/** `group.method`, e.g. `requestLogs.book`. */
export type MethodName = string;

export type Invoke = (name: MethodName, args: unknown[]) => Promise<unknown>;

/**
 * Calls with JSON for arguments and answer. Whoever only passes calls on need not read them: to
 * parse a batch of bodies and write it anew would take longer than to book it.
 */
export type InvokeJson = (name: MethodName, args: Uint8Array) => Promise<Uint8Array>;
