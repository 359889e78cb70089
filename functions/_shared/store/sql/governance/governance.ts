import type { Kysely } from 'kysely';
import type { Change } from '../../governance/changes.ts';
import type { ChangeTerms } from '../../governance/entities.ts';
import { type KindName, kindNames } from '../../governance/kinds.ts';
import type { Store } from '../../store.ts';
import type { SqlDialect } from '../dialect.ts';
import type { Tables } from '../tables.ts';
import { createApply } from './apply-changes.ts';
import { createAuditing, createAuditLog } from './audit-log.ts';
import { createChangeNumbers, createChangesSince } from './change-numbers.ts';
import { createEntityQueries } from './entity-queries.ts';
import { createKeyResolution } from './key-resolution.ts';
import { shapes } from './rows.ts';

/** Everything that has owners and versions: its queries, and the one way to change it. */
export function createGovernance(
  db: Kysely<Tables>,
  dialect: SqlDialect,
): Pick<Store, KindName | 'changes' | 'auditLog'> {
  const audit = createAuditing(dialect);
  const numbers = createChangeNumbers(dialect);
  const apply = createApply(db, dialect, audit, numbers);

  const entitiesOf = (kind: KindName) => {
    const changeOne = async (change: object, { by, ...terms }: ChangeTerms) => {
      const [stored] = await apply([{ kind, ...change, ...terms } as Change], by);
      return stored;
    };
    return {
      ...createEntityQueries(db, shapes[kind]),
      put: (put: object, terms: ChangeTerms) => changeOne({ put }, terms),
      remove: (remove: string, terms: ChangeTerms) => changeOne({ remove }, terms),
    };
  };
  const entities = Object.fromEntries(
    kindNames.map((kind) => [kind, entitiesOf(kind)]),
  ) as unknown as Pick<Store, KindName>;

  return {
    ...entities,
    keys: { ...entities.keys, resolve: createKeyResolution(db) },
    changes: { apply, since: createChangesSince(db) },
    auditLog: createAuditLog(db, audit),
  };
}
