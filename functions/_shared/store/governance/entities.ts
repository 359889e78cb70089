import { z } from 'zod';
import { deepestNesting, isNestedDeeper } from '../../nesting.ts';
import type { EpochMs } from '../../units.ts';
import { limitUpTo, name, wholeNumber } from '../bounds.ts';
import type { GroupMethods } from '../method.ts';

/**
 * What the groups of governance have in common: an entity has an id, fields that its owner gives
 * it, and a version, so that of two admins who change it at once one hears of it. Money is in whole
 * nano-dollars, times in epoch milliseconds; all else has LiteLLM's names. Text that is unset is ''.
 */

/** Who changes something, for the audit log. */
export interface Actor {
  changed_by: string;
  /** The hash of the key that the change was made with; '' for none. */
  changed_by_api_key: string;
}

export const actor = z.strictObject({ changed_by: name, changed_by_api_key: name });

/** What the store adds to an entity. */
export interface Kept {
  /** Counts the changes from 1. */
  version: number;
  created_at: EpochMs;
  created_by: string;
  updated_at: EpochMs;
  updated_by: string;
  /** Removed entities stay, so that old logs can be explained; null while it is alive. */
  deleted_at: EpochMs | null;
  deleted_by: string;
}

export type Stored<Entity> = Entity & Kept;

/** By time of creation, or by the name that people know it by. */
export const entityOrders = ['newest', 'oldest', 'name'] as const;
export type EntityOrder = (typeof entityOrders)[number];

export interface Cursor {
  /** What the rows are ordered by: a time, or a name. */
  value: number | string;
  id: string;
}

export type EntityFilter<Filter> = Filter & {
  /** Part of the id or of the name, in any case of letters. Looks at every row. */
  search?: string | undefined;
  /** The removed ones, in place of those that are alive. */
  deleted?: boolean | undefined;
};

export interface EntityQuery<Filter> {
  filter: EntityFilter<Filter>;
  order: EntityOrder;
  /** 1 to 500. */
  limit: number;
  /** The `next` of the page before. */
  after?: Cursor | undefined;
}

export interface EntityPage<Entity> {
  rows: Stored<Entity>[];
  next: Cursor | null;
}

/** Said with every change: the version that it was made from, and why it is made. */
export interface ChangeTerms {
  /** 0 for an entity that is to be new; a removed one may be made anew. */
  version: number;
  by: Actor;
  /** The audit log's word for it: `created`, `updated` and `deleted` unless given. */
  action?: string | undefined;
}

export const changeFields = { version: wholeNumber, action: name.min(1).optional() };
const terms = z.strictObject({ ...changeFields, by: actor });

export interface Entities<Entity, Filter> {
  /** Null if there never was one; removed ones are found, with their `deleted_at`. */
  get(id: string): Promise<Stored<Entity> | null>;
  /** Those that there are, removed ones too, in no order. At most 500 ids. */
  getMany(ids: string[]): Promise<Stored<Entity>[]>;
  list(query: EntityQuery<Filter>): Promise<EntityPage<Entity>>;
  /** How many `list` would give in all. */
  count(filter: EntityFilter<Filter>): Promise<number>;
  /**
   * Keeps the whole entity. Rejects with `conflict` when it was changed since that version (`param`
   * is `version`), or when it or a name that must be unique is there already (`param` is the field);
   * with `not_found` when there is none to change.
   */
  put(entity: Entity, terms: ChangeTerms): Promise<Stored<Entity>>;
  /** Rejects with `conflict` when it was changed since that version, `not_found` if there is none. */
  remove(id: string, terms: ChangeTerms): Promise<Stored<Entity>>;
}

/** The contract's side of a kind of entity. */
export interface EntityKind<
  Entity extends z.ZodType = z.ZodType,
  Filter extends z.ZodType = z.ZodType,
> {
  entity: Entity;
  /** Its members are fields of the entity, or `<field>_before` for times before one. */
  filter: Filter;
  id: keyof z.infer<Entity> & string;
  /** What people know it by. */
  name: keyof z.infer<Entity> & string;
  /** No two that are alive have the same, unless it is ''. */
  unique: (keyof z.infer<Entity> & string)[];
}

export type EntitiesOf<Kind> =
  Kind extends EntityKind<infer Entity, infer Filter>
    ? Entities<z.infer<Entity>, z.infer<Filter>>
    : never;

export const defineKind = <Entity extends z.ZodType, Filter extends z.ZodObject>(
  kind: EntityKind<Entity, Filter>,
) => kind;

/** As JSON. */
const entityLimit = 256 * 1024;

/** Fields are checked one by one; what they hold together has a bound too. */
export const bounded = <Entity extends z.ZodType>(entity: Entity) =>
  entity
    .refine((value) => !isNestedDeeper(value, deepestNesting), 'is nested too deep')
    .refine(
      (value) => JSON.stringify(value).length <= entityLimit,
      `must take at most ${entityLimit} characters as JSON`,
    );

export const entityId = name.min(1);

export function entityMethods<Entity, Filter>({
  entity,
  filter,
}: {
  entity: z.ZodType<Entity>;
  filter: z.ZodObject;
}): GroupMethods<Entities<Entity, Filter>> {
  const anyFilter = filter.extend({
    search: name.min(1).optional(),
    deleted: z.boolean().optional(),
  });
  const query = z
    .strictObject({
      filter: anyFilter,
      order: z.enum(entityOrders),
      limit: limitUpTo(500),
      after: z.strictObject({ value: z.union([wholeNumber, name]), id: entityId }).optional(),
    })
    .refine(
      ({ order, after }) => !after || (typeof after.value === 'string') === (order === 'name'),
      { path: ['after'], error: 'must be the `next` of a page in the same order' },
    );
  return {
    get: { access: 'read', args: [entityId] },
    getMany: { access: 'read', args: [z.array(entityId).max(500)] },
    list: { access: 'read', args: [query] },
    count: { access: 'read', args: [anyFilter] },
    put: { access: 'write', args: [bounded(entity), terms] },
    remove: { access: 'write', args: [entityId, terms.extend({ version: wholeNumber.min(1) })] },
  };
}
