import type {
  RequestLogDetail,
  RequestLogPage,
} from '../../functions/_shared/store/request-logs.ts';
import { createRandom, type Random } from '../seed/random.ts';
import type { DashboardClient } from './dashboard-client.ts';

const dayMs = 86_400_000;
const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata'];

/** What a store holds, as far as asking needs to know. */
export interface Known {
  random: Random;
  keys: string[];
  models: string[];
  /** Places anywhere in the log, and ids of calls there. */
  seqs: number[];
  ids: string[];
  /** Words that few calls have, words that many have, and phrases of three words. */
  rareWords: string[];
  commonWords: string[];
  phrases: string[];
  /** The time of what was seeded. */
  from: number;
  to: number;
}

export interface QueryKind {
  name: string;
  /** Milliseconds at the 95th percentile. */
  bar: number;
  ask(client: DashboardClient, known: Known): Promise<number>;
}

const one = <T>(known: Known, items: readonly T[]): T => known.random.pick(items, () => 1);

const usage =
  (days: number, step: string, withKey: boolean): QueryKind['ask'] =>
  async (client, known) => {
    const query = {
      from: known.to - days * dayMs,
      to: known.to,
      step,
      tz: one(known, zones),
      ...(withKey ? { key_id: one(known, known.keys) } : {}),
    };
    return (await client.get('usage', query)).milliseconds;
  };

const search =
  (textOf: (known: Known) => string): QueryKind['ask'] =>
  async (client, known) => {
    const query = { from: known.from, to: known.to, text: textOf(known) };
    return (await client.get('request-logs', query)).milliseconds;
  };

export const queryKinds: QueryKind[] = [
  { name: 'usage page, a year', bar: 100, ask: usage(365, 'day', false) },
  { name: 'usage page, a year, one key', bar: 100, ask: usage(365, 'day', true) },
  { name: 'usage page, 30 days', bar: 100, ask: usage(30, 'day', false) },
  { name: 'usage page, a day by quarters', bar: 100, ask: usage(1, 'quarter_hour', false) },
  {
    name: 'log list, three filters, any depth',
    bar: 100,
    async ask(client, known) {
      const query = {
        from: known.from,
        to: known.to,
        model: one(known, known.models),
        key_id: one(known, known.keys),
        status: one(known, ['success', 'failure', 'interrupted']),
        before: one(known, known.seqs),
      };
      return (await client.get('request-logs', query)).milliseconds;
    },
  },
  {
    name: 'text search, a rare word',
    bar: 500,
    ask: search((known) => one(known, known.rareWords)),
  },
  {
    name: 'text search, two common words',
    bar: 500,
    ask: search((known) => `${one(known, known.commonWords)} ${one(known, known.commonWords)}`),
  },
  {
    name: 'text search, a phrase',
    bar: 500,
    ask: search((known) => `"${one(known, known.phrases)}"`),
  },
  { name: 'text search, no such word', bar: 500, ask: search(() => 'xylophonically') },
  {
    name: 'one log with its bodies',
    bar: 20,
    ask: async (client, known) =>
      (await client.get(`request-logs/${one(known, known.ids)}`)).milliseconds,
  },
];

/** Looks around in a store before it is measured. */
export async function explore(client: DashboardClient): Promise<Known> {
  const random = createRandom(7);
  const all = { from: 0, to: Date.now() };
  const facet = async (by: string) =>
    (await client.json<{ values: { value: string }[] }>('facets', { ...all, by })).values.map(
      ({ value }) => value,
    );
  const [keys, models] = [await facet('key_id'), await facet('model')];
  const newest = await client.json<RequestLogPage>('request-logs', { ...all, limit: 1 });
  const to = (newest.rows[0]?.started_at ?? 0) + 1;
  const from = to - 365 * dayMs;
  const known: Known = {
    ...{ random, keys, models, from, to },
    ...{ seqs: [], ids: [], rareWords: [], commonWords: [], phrases: [] },
  };
  for (let index = 0; index < 60; index++) {
    const before = Math.floor((from + random.next() * (to - from)) * 1000);
    const page = await client.json<RequestLogPage>('request-logs', { ...all, before, limit: 1 });
    const [row] = page.rows;
    if (!row) continue;
    known.seqs.push(row.seq);
    known.ids.push(row.id);
    const log = await client.json<RequestLogDetail>(`request-logs/${row.id}`);
    const words = JSON.stringify(log.request).match(/[A-Za-z0-9-]{3,}/g) ?? [];
    known.rareWords.push(...words.filter((word) => /^[0-9A-F]{2}-\d{5,}$/.test(word)).slice(0, 1));
    known.commonWords.push(...words.filter((word) => /^[a-z]{4,}$/.test(word)).slice(20, 22));
    known.phrases.push(words.slice(30, 33).join(' '));
  }
  return known;
}
