import { z } from 'zod';
import type { EpochMs } from '../../units.ts';
import { limitUpTo, name, range, type TimeRange, time } from '../bounds.ts';
import type { GroupMethods } from '../method.ts';
import { type Actor, actor, bounded, entityId } from './entities.ts';

export interface AuditEntry {
  /** `created`, `updated`, `deleted`, or a word of the caller's. */
  action: string;
  /** The group of the entity (`keys`), or what else was acted on. */
  kind: string;
  object_id: string;
  /** Any JSON; null where there is none. Whatever tells a secret is left out. */
  before_value: unknown;
  updated_values: unknown;
}

export interface AuditRow extends AuditEntry, Actor {
  id: string;
  updated_at: EpochMs;
}

export interface AuditQuery {
  filter: {
    range?: TimeRange | undefined;
    kind?: string | undefined;
    object_id?: string | undefined;
    changed_by?: string | undefined;
    action?: string | undefined;
  };
  /** 1 to 500. */
  limit: number;
  /** The last row seen. */
  before?: { updated_at: EpochMs; id: string } | undefined;
}

/** Every change of an entity is in it, written with the change. Nothing is ever taken out. */
export interface AuditLog {
  /** For what is no change of an entity: a log-in, an emptied cache. */
  append(entry: AuditEntry, by: Actor): Promise<AuditRow>;
  /** Newest first. */
  list(query: AuditQuery): Promise<AuditRow[]>;
}

export const auditLog: GroupMethods<AuditLog> = {
  append: {
    access: 'write',
    args: [
      bounded(
        z.strictObject({
          action: name.min(1),
          kind: name.min(1),
          object_id: name,
          before_value: z.unknown(),
          updated_values: z.unknown(),
        }),
      ),
      actor,
    ],
  },
  list: {
    access: 'read',
    args: [
      z.strictObject({
        filter: z.strictObject({
          range: range.optional(),
          kind: name.optional(),
          object_id: name.optional(),
          changed_by: name.optional(),
          action: name.optional(),
        }),
        limit: limitUpTo(500),
        before: z.strictObject({ updated_at: time, id: entityId }).optional(),
      }),
    ],
  },
};
