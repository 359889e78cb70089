import { type Kysely, sql } from 'kysely';
import { GatewayError } from '../../../errors.ts';
import type { AuditEntry } from '../../governance/audit-log.ts';
import type { Change, Changes } from '../../governance/changes.ts';
import type { Actor } from '../../governance/entities.ts';
import { type KindName, kindNames } from '../../governance/kinds.ts';
import type { SqlDialect } from '../dialect.ts';
import type { Insert } from '../statements.ts';
import type { Tables } from '../tables.ts';
import type { createAuditing } from './audit-log.ts';
import type { createChangeNumbers } from './change-numbers.ts';
import { entitiesById } from './entity-queries.ts';
import {
  type AnyEntity,
  type AnyStored,
  type EntityRow,
  type EntityShape,
  shapes,
} from './rows.ts';

/** What is there, as the changes before have left it. */
interface State {
  entities: Map<string, AnyStored>;
  /** Ids of those that are alive, by field and value, for names that must be unique. */
  holders: Map<string, string>;
}

interface Made {
  before: AnyStored | null;
  after: AnyStored;
}

const holderKey = (field: string, value: unknown) => `${field} ${value}`;
const isAlive = (entity: AnyStored | undefined) =>
  entity !== undefined && entity.deleted_at === null;

export const idOf = (shape: EntityShape, { put, remove }: Change): string =>
  remove ?? String((put as AnyEntity)[shape.id]);

export function createApply(
  db: Kysely<Tables>,
  dialect: SqlDialect,
  audit: ReturnType<typeof createAuditing>,
  numbers: ReturnType<typeof createChangeNumbers>,
): Changes['apply'] {
  const upserts = new Map(
    kindNames.map((kind) => [kind, dialect.prepareInsert(upsertOf(shapes[kind]))]),
  );

  return (changes, by) =>
    db.transaction().execute(async (transaction) => {
      // From here on nobody else changes anything: what is read is still so when it is written.
      const first = await numbers.take(transaction, changes.length);
      const states = new Map<KindName, State>();
      for (const [kind, ofKind] of Map.groupBy(changes, (change) => change.kind)) {
        states.set(kind, await readState(transaction, shapes[kind], ofKind));
      }
      const made = changes.map((change) =>
        make(shapes[change.kind], states.get(change.kind) as State, change, by),
      );
      const rows = Map.groupBy(
        made.map(({ after }, index) => ({ kind: (changes[index] as Change).kind, after })),
        ({ kind }) => kind,
      );
      for (const [kind, ofKind] of rows) {
        const { id, toRow } = shapes[kind];
        const last = new Map(ofKind.map(({ after }) => [after[id], toRow(after)]));
        await upserts.get(kind)?.(transaction, [...last.values()]);
      }
      await audit(
        transaction,
        changes.map((change, index) => entryOf(change, made[index] as Made)),
        by,
      );
      await numbers.tell(
        transaction,
        first,
        changes.map((change) => ({ kind: change.kind, id: idOf(shapes[change.kind], change) })),
      );
      return made.map(({ after }) => after) as unknown as ReturnType<Changes['apply']>;
    });
}

/** A row that was there gives way as a whole. */
function upsertOf({ table, id, columns }: EntityShape): Insert<EntityRow> {
  const others = Object.keys(columns).filter((column) => column !== id);
  const taken = others.map((column) => `${column} = excluded.${column}`).join(', ');
  return {
    into: table as keyof Tables,
    columns,
    ending: `ON CONFLICT (${id}) DO UPDATE SET ${taken}`,
  };
}

async function readState(
  transaction: Kysely<Tables>,
  shape: EntityShape,
  changes: Change[],
): Promise<State> {
  const ids = changes.map((change) => idOf(shape, change));
  const stored = await entitiesById(transaction, shape, ids);
  const holders = new Map<string, string>();
  for (const field of shape.unique) {
    const values = changes.flatMap(({ put }) => (put as AnyEntity | undefined)?.[field] || []);
    if (values.length === 0) continue;
    const { rows } = await sql<{ id: string; value: string }>`
      SELECT ${sql.ref(shape.id)} AS id, ${sql.ref(field)} AS value FROM ${sql.table(shape.table)}
      WHERE ${sql.ref(field)} IN (${sql.join(values)}) AND ${sql.ref(field)} <> ''
        AND deleted_at IS NULL`.execute(transaction);
    for (const { id, value } of rows) holders.set(holderKey(field, value), id);
  }
  return { entities: new Map(stored.map((entity) => [String(entity[shape.id]), entity])), holders };
}

function make(shape: EntityShape, { entities, holders }: State, change: Change, by: Actor): Made {
  const id = idOf(shape, change);
  const before = entities.get(id);
  refuseOtherVersions(shape, id, before, change.version);
  const put = change.put as AnyEntity | undefined;
  if (put) refuseTakenNames(shape, holders, id, put);

  const now = Date.now();
  const version = (before?.version ?? 0) + 1;
  const created =
    before && isAlive(before)
      ? { created_at: before.created_at, created_by: before.created_by }
      : { created_at: now, created_by: by.changed_by };
  const updated = { updated_at: now, updated_by: by.changed_by };
  const after: AnyStored = put
    ? { ...put, version, ...created, ...updated, deleted_at: null, deleted_by: '' }
    : {
        ...(before as AnyStored),
        version,
        ...updated,
        deleted_at: now,
        deleted_by: by.changed_by,
      };
  entities.set(id, after);
  for (const field of shape.unique) {
    if (before && isAlive(before)) holders.delete(holderKey(field, before[field]));
    if (put?.[field]) holders.set(holderKey(field, put[field]), id);
  }
  return { before: before && isAlive(before) ? before : null, after };
}

function refuseOtherVersions(
  { kind, id: field }: EntityShape,
  id: string,
  before: AnyStored | undefined,
  version: number,
): void {
  const alive = before && isAlive(before) ? before : undefined;
  if (version === 0) {
    if (!alive) return;
    throw new GatewayError(
      'conflict',
      `${kind}: there is one with the ${field} ${id} already. Choose another, or change that one.`,
      { param: field },
    );
  }
  if (!alive)
    throw new GatewayError('not_found', `${kind}: there is none with the ${field} ${id}.`);
  if (alive.version === version) return;
  throw new GatewayError(
    'conflict',
    `${kind}: ${id} was changed by somebody else (it is at version ${alive.version}, not ${version}). Read it again and make your change anew.`,
    { param: 'version' },
  );
}

function refuseTakenNames(
  { kind, unique }: EntityShape,
  holders: State['holders'],
  id: string,
  put: AnyEntity,
): void {
  for (const field of unique) {
    const holder = put[field] ? holders.get(holderKey(field, put[field])) : undefined;
    if (holder === undefined || holder === id) continue;
    throw new GatewayError(
      'conflict',
      `${kind}: another has the ${field} ${put[field]} already. Choose another.`,
      { param: field },
    );
  }
}

function entryOf(change: Change, { before, after }: Made): AuditEntry {
  const action = change.put ? (before ? 'updated' : 'created') : 'deleted';
  return {
    action: change.action ?? action,
    kind: change.kind,
    object_id: idOf(shapes[change.kind], change),
    before_value: before,
    updated_values: change.put ? after : null,
  };
}
