/** Beside these a table has its kind's id and columns. */
export interface EntityTable {
  version: number;
  created_at: number;
  created_by: string;
  updated_at: number;
  updated_by: string;
  deleted_at: number | null;
  deleted_by: string;
  /** JSON of the fields that have no column. */
  data: string;
}

export interface AuditLogTable {
  id: string;
  updated_at: number;
  changed_by: string;
  changed_by_api_key: string;
  action: string;
  kind: string;
  object_id: string;
  /** JSON. */
  before_value: string;
  updated_values: string;
}

export interface ChangesTable {
  seq: number;
  kind: string;
  id: string;
  changed_at: number;
}

/** One row, once anything was changed. Whoever changes an entity holds it until the commit. */
export interface ChangeCounterTable {
  /** 1. */
  id: number;
  /** The number of the last change. */
  seq: number;
  /** The number of the last that is told no more. */
  forgotten: number;
}

export interface GovernanceTables {
  api_keys: EntityTable;
  teams: EntityTable;
  users: EntityTable;
  organizations: EntityTable;
  projects: EntityTable;
  end_users: EntityTable;
  memberships: EntityTable;
  budgets: EntityTable;
  tags: EntityTable;
  access_groups: EntityTable;
  models: EntityTable;
  settings: EntityTable;
  audit_log: AuditLogTable;
  changes: ChangesTable;
  change_counter: ChangeCounterTable;
}
