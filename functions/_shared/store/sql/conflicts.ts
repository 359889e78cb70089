import type { Kysely } from 'kysely';
import { totalTokens } from '../../units.ts';
import type { BookableRecord, RecordName } from '../request-logs.ts';
import type { Claims } from './booking.ts';
import { callKeyOf } from './call-name.ts';
import type { Tables } from './tables.ts';

/**
 * What a producer says of a call, and says alike each time that it sends the record. Not the price,
 * which may be ours, nor the bodies, which may be dropped on the way.
 */
interface Facts {
  started_at: number;
  model: string;
  status: string;
  key_id: string;
  total_tokens: number;
}

const factsOf = ({ data }: BookableRecord): Facts => ({
  started_at: data.started_at,
  model: data.model,
  status: data.status,
  key_id: data.key_id,
  total_tokens: totalTokens(data.tokens),
});

const differ = (one: Facts, other: Facts) =>
  (Object.keys(one) as (keyof Facts)[]).some((name) => one[name] !== other[name]);

/** The names of records that have the name of another, but say something else. */
export async function conflictsAmong(
  db: Kysely<Tables>,
  records: BookableRecord[],
  distinct: BookableRecord[],
  known: Claims['known'],
): Promise<RecordName[]> {
  const first = new Map(distinct.map((record) => [callKeyOf(record), factsOf(record)]));
  const rows =
    known.length === 0
      ? []
      : await db
          .selectFrom('request_logs')
          .select(['seq', 'started_at', 'model', 'status', 'key_id', 'total_tokens'])
          .where(
            'seq',
            'in',
            known.map(({ seq }) => seq),
          )
          .execute();
  const rowOf = new Map(rows.map(({ seq, ...facts }) => [seq, facts]));
  for (const { seq, record } of known) {
    const facts = rowOf.get(seq);
    if (facts) first.set(callKeyOf(record), facts);
  }
  return records
    .filter((record) => differ(factsOf(record), first.get(callKeyOf(record)) as Facts))
    .map(({ id, source }) => ({ id, source }));
}
