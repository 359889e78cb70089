import type { EntityKind, Kept } from '../../governance/entities.ts';
import { type KindName, kindNames, kinds } from '../../governance/kinds.ts';
import type { ColumnType } from '../statements.ts';
import { type FieldType, layouts } from './kinds.ts';

/** An entity of whatever kind, as the generic code has it. */
export type AnyEntity = Record<string, unknown>;
export type AnyStored = AnyEntity & Kept;
export type EntityRow = Record<string, unknown>;

const keptTypes: { [Column in keyof Kept]: ColumnType } = {
  version: 'bigint',
  created_at: 'bigint',
  created_by: 'text',
  updated_at: 'bigint',
  updated_by: 'text',
  deleted_at: 'bigint',
  deleted_by: 'text',
};
const columnTypes: Record<FieldType, ColumnType> = {
  text: 'text',
  bigint: 'bigint',
  flag: 'integer',
};

/** A kind of entity as a table. */
export interface EntityShape {
  kind: KindName;
  table: string;
  id: string;
  name: string;
  unique: string[];
  /** All columns, by name. */
  columns: Record<string, ColumnType>;
  toRow(entity: AnyStored): EntityRow;
  fromRow(row: EntityRow, prefix?: string): AnyStored;
}

/** A field's value as its column has it. */
export const toColumn = (value: unknown) => (typeof value === 'boolean' ? Number(value) : value);

function shapeOf(kind: KindName): EntityShape {
  const { id, name, unique } = kinds[kind] as unknown as EntityKind & { id: string; name: string };
  const { table, columns } = layouts[kind];
  const fields = { [id]: 'text', ...columns } as Record<string, FieldType>;
  const keptNames = Object.keys(keptTypes) as (keyof Kept)[];
  return {
    kind,
    table,
    id,
    name,
    unique,
    columns: {
      ...Object.fromEntries(
        Object.entries(fields).map(([field, type]) => [field, columnTypes[type]]),
      ),
      ...keptTypes,
      data: 'text',
    },
    toRow(entity) {
      const row: EntityRow = {};
      const rest: AnyEntity = { ...entity };
      for (const field of [...Object.keys(fields), ...keptNames]) {
        row[field] = toColumn(entity[field]);
        delete rest[field];
      }
      row.data = JSON.stringify(rest);
      return row;
    },
    fromRow(row, prefix = '') {
      const entity: AnyEntity = JSON.parse(String(row[`${prefix}data`]));
      for (const [field, type] of Object.entries(fields)) {
        const value = row[prefix + field];
        entity[field] = type === 'flag' ? value === 1 : value;
      }
      for (const name of keptNames) entity[name] = row[prefix + name];
      return entity as AnyStored;
    },
  };
}

export const shapes = Object.fromEntries(kindNames.map((kind) => [kind, shapeOf(kind)])) as Record<
  KindName,
  EntityShape
>;
