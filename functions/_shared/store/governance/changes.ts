import { z } from 'zod';
import { wholeNumber } from '../bounds.ts';
import type { GroupMethods } from '../method.ts';
import { type Actor, actor, bounded, changeFields, entityId, type Stored } from './entities.ts';
import { type EntityOf, type KindName, kindNames, kinds } from './kinds.ts';

interface ChangeOf<Kind extends KindName> {
  kind: Kind;
  /** The version that the change was made from; 0 for an entity that is to be new. */
  version: number;
  /** The audit log's word for it. */
  action?: string | undefined;
}

/** One entity, kept or removed. */
export type Change = {
  [Kind in KindName]: ChangeOf<Kind> &
    ({ put: EntityOf<Kind>; remove?: undefined } | { put?: undefined; remove: string });
}[KindName];

export type StoredEntity = { [Kind in KindName]: Stored<EntityOf<Kind>> }[KindName];

export interface ChangesSince {
  /** In the order in which they were made; at most 1,000. */
  changes: { seq: number; kind: KindName; id: string }[];
  /** The `after` of the next look. */
  next: number;
  /** False: changes in between are forgotten, so whoever remembers entities must read them again. */
  complete: boolean;
}

export interface Changes {
  /**
   * Makes several changes, all or none, in this order; answers with the entities as they then are.
   * 1 to 500, each of another entity. Rejects as `put` and `remove` of the groups do.
   */
  apply(changes: Change[], by: Actor): Promise<StoredEntity[]>;
  /**
   * What was changed after a look before, for replicas that remember entities: cheap enough to ask
   * every second. Null: only where to begin. Changes are told for an hour at least.
   */
  since(after: number | null): Promise<ChangesSince>;
}

const idOf = ({ kind, put, remove }: Change): string =>
  remove ?? (put as unknown as Record<string, string> | undefined)?.[kinds[kind].id] ?? '';

const changeOf = (kind: KindName) => {
  const entity: z.ZodType = kinds[kind].entity;
  return z
    .strictObject({
      kind: z.literal(kind),
      put: bounded(entity).optional(),
      remove: entityId.optional(),
      ...changeFields,
    })
    .refine(({ put, remove }) => (put === undefined) !== (remove === undefined), {
      path: ['put'],
      error: 'or remove must be given, and not both',
    })
    .refine(({ remove, version }) => remove === undefined || version > 0, {
      path: ['version'],
      error: 'must be that of the entity to remove',
    });
};

const [first, ...others] = kindNames.map(changeOf);

export const changes: GroupMethods<Changes> = {
  apply: {
    access: 'write',
    args: [
      z
        .array(z.discriminatedUnion('kind', [first as NonNullable<typeof first>, ...others]))
        .min(1)
        .max(500)
        .refine(
          (given) =>
            new Set(given.map((change) => `${change.kind} ${idOf(change as Change)}`)).size ===
            given.length,
          'must name each entity once',
        ),
      actor,
    ],
  },
  since: { access: 'read', args: [wholeNumber.nullable()] },
};
