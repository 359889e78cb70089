import { sql } from 'kysely';
import type { RequestLogFilter } from '../request-logs.ts';
import { type Condition, contains } from './conditions.ts';

/** Members of the filter that are columns of the same name. */
const equalColumns = [
  'model',
  'provider',
  'status',
  'key_id',
  'team_id',
  'user_id',
  'end_user',
  'endpoint',
  'operation',
  'http_status',
  'error_type',
  'error_code',
  'finish_reason',
  'deployment_id',
  'client_ip',
] as const;

const flagColumns = ['stream', 'cache_hit'] as const;

/**
 * An index that narrows a look down, the narrowest first. Which is the narrowest depends on the
 * traffic; that few calls fail, and that there are more users than keys than teams than models,
 * holds nearly everywhere.
 */
const indexed: [keyof RequestLogFilter, (value: unknown) => Condition][] = [
  ['status', (value) => sql`status = ${value} AND status <> 'success'`],
  ['user_id', (value) => sql`user_id = ${value} AND user_id <> ''`],
  ['key_id', (value) => sql`substr(key_id, 1, 10) = ${String(value).slice(0, 10)}`],
  ['team_id', (value) => sql`team_id = ${value} AND team_id <> ''`],
  ['model', (value) => sql`model = ${value}`],
];

/** The condition to look rows up by, where one of the filter's has an index; else null. */
export function lookUpCondition(filter: RequestLogFilter): Condition | null {
  for (const [name, condition] of indexed) {
    const value = filter[name];
    if (value !== undefined && value !== 'success' && value !== '') return condition(value);
  }
  return null;
}

/** What a row must be like, as conditions all of which must hold. Text is searched elsewhere. */
export function rowConditions(filter: RequestLogFilter): Condition[] {
  const conditions: Condition[] = [];
  for (const column of equalColumns) {
    const value = filter[column];
    if (value !== undefined) conditions.push(sql`${sql.ref(column)} = ${value}`);
  }
  for (const column of flagColumns) {
    const value = filter[column];
    if (value !== undefined) conditions.push(sql`${sql.ref(column)} = ${value ? 1 : 0}`);
  }
  const { tag, error_text, unpriced, min_cost_nanos, min_latency_ms, min_tokens } = filter;
  // `tags` is a JSON array of strings: one of them stands there as JSON has it.
  if (tag !== undefined) conditions.push(contains(sql`tags`, JSON.stringify(tag)));
  if (error_text !== undefined) {
    conditions.push(contains(sql`lower(error_message)`, error_text.toLowerCase()));
  }
  if (unpriced) conditions.push(sql`cost_nanos IS NULL`);
  if (min_cost_nanos !== undefined) conditions.push(sql`cost_nanos >= ${min_cost_nanos}`);
  if (min_latency_ms !== undefined) conditions.push(sql`latency_ms >= ${min_latency_ms}`);
  if (min_tokens !== undefined) conditions.push(sql`total_tokens >= ${min_tokens}`);
  return conditions;
}
