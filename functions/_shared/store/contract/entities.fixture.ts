import { describe, expect, test } from 'vitest';
import type { Entities } from '../governance/entities.ts';
import { type KindName, kindNames, kinds } from '../governance/kinds.ts';
import type { Store } from '../store.ts';
import { admin, anEntity, anId } from './entity.fixture.ts';

type AnyEntities = Entities<Record<string, unknown>, Record<string, unknown>>;

type Place = [string | number, string];

const compare = (a: string | number, b: string | number) => (a < b ? -1 : a > b ? 1 : 0);
const byPlace = (a: Place, b: Place) => compare(a[0], b[0]) || compare(a[1], b[1]);

/** What every group of entities must do, whatever it is about. */
export function describeEntities(store: () => Store): void {
  const groupOf = (kind: KindName) => store()[kind] as unknown as AnyEntities;
  const asNew = { version: 0, by: admin };

  describe.each(kindNames)('%s', (kind) => {
    const { id, name } = kinds[kind] as { id: string; name: string };
    const put = (entity: Record<string, unknown>) => groupOf(kind).put(entity, asNew);

    test('what is put comes back whole, with who and when', async () => {
      const entity = anEntity(kind);
      const stored = await put(entity);
      expect(stored).toEqual({
        ...entity,
        version: 1,
        created_at: expect.any(Number),
        created_by: 'admin',
        updated_at: stored.created_at,
        updated_by: 'admin',
        deleted_at: null,
        deleted_by: '',
      });
      expect(await groupOf(kind).get(String(entity[id]))).toEqual(stored);
      expect(await groupOf(kind).get(anId(kind))).toBeNull();
    });

    test('of two who change one version, one hears of it', async () => {
      const entity = anEntity(kind);
      const { created_at } = await put(entity);
      const outcomes = await Promise.allSettled(
        ['alice', 'bob'].map((changed_by) =>
          groupOf(kind).put(entity, { version: 1, by: { ...admin, changed_by } }),
        ),
      );
      const refused = outcomes.filter(({ status }) => status === 'rejected');
      expect(refused).toEqual([
        { status: 'rejected', reason: expect.objectContaining({ code: 'conflict' }) },
      ]);
      expect(await groupOf(kind).get(String(entity[id]))).toMatchObject({
        version: 2,
        created_at,
        created_by: 'admin',
        updated_by: expect.stringMatching(/alice|bob/),
      });
    });

    test('only one of many makes a new one', async () => {
      const entity = anEntity(kind);
      const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => put(entity)));
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      await expect(put(entity)).rejects.toMatchObject({
        code: 'conflict',
        details: { param: id },
      });
    });

    test('what is removed is still told, is listed apart, and can be made anew', async () => {
      const entity = anEntity(kind);
      const entityId = String(entity[id]);
      await put(entity);
      const removed = await groupOf(kind).remove(entityId, { version: 1, by: admin });
      expect(removed).toMatchObject({
        ...entity,
        version: 2,
        deleted_by: 'admin',
        deleted_at: expect.any(Number),
      });
      expect(await groupOf(kind).get(entityId)).toEqual(removed);
      expect(await groupOf(kind).getMany([entityId, anId(kind)])).toEqual([removed]);
      const found = async (deleted: boolean) => {
        const filter = { search: entityId, deleted };
        const { rows } = await groupOf(kind).list({ filter, order: 'newest', limit: 2 });
        expect(await groupOf(kind).count(filter)).toBe(rows.length);
        return rows;
      };
      expect(await found(false)).toEqual([]);
      expect(await found(true)).toEqual([removed]);

      const gone = { code: 'not_found' };
      const terms = { version: 2, by: admin };
      await expect(groupOf(kind).put(entity, terms)).rejects.toMatchObject(gone);
      await expect(groupOf(kind).remove(entityId, terms)).rejects.toMatchObject(gone);
      expect(await put(entity)).toMatchObject({ version: 3, deleted_at: null, deleted_by: '' });
    });

    test.each(['newest', 'oldest', 'name'] as const)('pages by %s miss none', async (order) => {
      const mark = `page-${order}-${anId(kind).slice(0, 8)}`;
      // All made in one transaction, so most were created in the same millisecond.
      const entities = Array.from({ length: 7 }, () => anEntity(kind, mark));
      await store().changes.apply(
        entities.map((entity) => ({ kind, put: entity, version: 0 }) as never),
        admin,
      );
      const filter = kind === 'keys' ? { team_id: mark } : { search: mark };
      const listed: Record<string, unknown>[] = [];
      let after: Parameters<AnyEntities['list']>[0]['after'];
      do {
        const page = await groupOf(kind).list({ filter, order, limit: 3, after });
        expect(page.rows.length).toBeGreaterThan(0);
        listed.push(...page.rows);
        after = page.next ?? undefined;
      } while (after);
      const idsOf = (rows: Record<string, unknown>[]) => rows.map((row) => String(row[id]));
      expect(idsOf(listed).sort()).toEqual(idsOf(entities).sort());
      const column = order === 'name' ? name : 'created_at';
      const places = listed.map((row) => [row[column], row[id]] as Place);
      const inOrder = places.toSorted(byPlace);
      expect(places).toEqual(order === 'newest' ? inOrder.reverse() : inOrder);
    });

    test('bounds hold', async () => {
      const refuses = (call: Promise<unknown>, message: RegExp) =>
        expect(call).rejects.toMatchObject({
          code: 'invalid_request',
          message: expect.stringMatching(message),
        });
      const list = (query: object) =>
        groupOf(kind).list({ filter: {}, order: 'newest', limit: 1, ...query });
      await refuses(list({ limit: 0 }), /limit/);
      await refuses(list({ limit: 501 }), /limit/);
      await refuses(list({ filter: { nonsense: 1 } }), /nonsense/);
      await refuses(list({ after: { value: 'a', id: 'a' } }), /after/);
      await refuses(list({ order: 'name', after: { value: 1, id: 'a' } }), /after/);
      await refuses(groupOf(kind).getMany(Array(501).fill('x')), /getMany/);
      await refuses(groupOf(kind).get('x'.repeat(513)), /get/);
      await refuses(put({ ...anEntity(kind), nonsense: 1 }), /nonsense/);
      await refuses(put({ ...anEntity(kind), [id]: 'x'.repeat(513) }), new RegExp(id));
      const negative = { version: -1, by: admin };
      await refuses(groupOf(kind).put(anEntity(kind), negative), /version/);
    });
  });
}
