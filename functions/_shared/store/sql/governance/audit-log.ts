import { randomUUID } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import type { AuditEntry, AuditLog, AuditRow } from '../../governance/audit-log.ts';
import type { Actor } from '../../governance/entities.ts';
import { withoutSecrets } from '../../governance/secret-names.ts';
import { allOf, type Condition } from '../conditions.ts';
import type { SqlDialect } from '../dialect.ts';
import type { Insert } from '../statements.ts';
import type { Tables } from '../tables.ts';
import type { AuditLogTable } from './tables.ts';

const rows: Insert<AuditLogTable> = {
  into: 'audit_log',
  columns: {
    id: 'text',
    updated_at: 'bigint',
    changed_by: 'text',
    changed_by_api_key: 'text',
    action: 'text',
    kind: 'text',
    object_id: 'text',
    before_value: 'text',
    updated_values: 'text',
  },
};

/** Writes entries within whatever transaction they belong to. */
export function createAuditing(dialect: SqlDialect) {
  const insert = dialect.prepareInsert(rows);
  return async (db: Kysely<Tables>, entries: AuditEntry[], by: Actor): Promise<AuditRow[]> => {
    const updated_at = Date.now();
    const written = entries.map(
      (entry): AuditRow => ({
        id: randomUUID(),
        updated_at,
        ...by,
        ...entry,
        before_value: withoutSecrets(entry.before_value ?? null),
        updated_values: withoutSecrets(entry.updated_values ?? null),
      }),
    );
    await insert(
      db,
      written.map((row) => ({
        ...row,
        before_value: JSON.stringify(row.before_value),
        updated_values: JSON.stringify(row.updated_values),
      })),
    );
    return written;
  };
}

export function createAuditLog(
  db: Kysely<Tables>,
  write: ReturnType<typeof createAuditing>,
): AuditLog {
  return {
    async append(entry, by) {
      const [row] = await write(db, [entry], by);
      return row as AuditRow;
    },

    async list({ filter, limit, before }) {
      const { range, ...fields } = filter;
      const conditions: Condition[] = Object.entries(fields)
        .filter(([, value]) => value !== undefined)
        .map(([column, value]) => sql`${sql.ref(column)} = ${value}`);
      if (range) {
        conditions.push(sql`updated_at >= ${range.from} AND updated_at < ${range.to}`);
      }
      if (before) {
        conditions.push(sql`(updated_at, id) < (${before.updated_at}, ${before.id})`);
      }
      const found = await sql<AuditLogTable>`
        SELECT * FROM audit_log WHERE ${allOf(conditions)}
        ORDER BY updated_at DESC, id DESC LIMIT ${limit}`.execute(db);
      return found.rows.map((row) => ({
        ...row,
        before_value: JSON.parse(row.before_value),
        updated_values: JSON.parse(row.updated_values),
      }));
    },
  };
}
