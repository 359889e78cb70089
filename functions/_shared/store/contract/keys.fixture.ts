import { describe, expect, test } from 'vitest';
import type { Keys } from '../governance/keys.ts';
import { membershipId } from '../governance/memberships.ts';
import type { Store } from '../store.ts';
import { admin, aKey, anEntity, anId } from './entity.fixture.ts';

export function describeKeys(store: () => Store): void {
  const asNew = { version: 0, by: admin };

  describe('keys', () => {
    test('a key is resolved with all that limits it', async () => {
      const ids = {
        team_id: anId('teams'),
        user_id: anId('users'),
        project_id: anId('projects'),
        organization_id: anId('organizations'),
      };
      const budgets = ['one', 'two', 'three'].map((name) => anId('budgets', name)) as [
        string,
        string,
        string,
      ];
      const of = { group_type: 'team' as const, group_id: ids.team_id, user_id: ids.user_id };
      const key = aKey({ ...ids, organization_id: '', budget_id: budgets[0] });
      await store().changes.apply(
        [
          { kind: 'keys', put: key },
          {
            kind: 'teams',
            put: { ...anEntity('teams'), ...ids, project_id: undefined, user_id: undefined },
          },
          { kind: 'users', put: { ...anEntity('users'), user_id: ids.user_id } },
          {
            kind: 'projects',
            put: { ...anEntity('projects'), project_id: ids.project_id, budget_id: budgets[1] },
          },
          {
            kind: 'organizations',
            put: { ...anEntity('organizations'), organization_id: ids.organization_id },
          },
          {
            kind: 'memberships',
            put: { membership_id: membershipId(of), ...of, role: 'user', budget_id: budgets[2] },
          },
          ...budgets.map((budget_id) => ({ kind: 'budgets', put: { budget_id, rpm_limit: 1 } })),
        ].map((change) => JSON.parse(JSON.stringify({ ...change, version: 0 }))),
        admin,
      );
      const resolved = await store().keys.resolve(key.token);
      expect(resolved).toMatchObject({
        key,
        team: { team_id: ids.team_id, blocked: true, rpm_limit: 10 },
        user: { user_id: ids.user_id, user_alias: 'עדה' },
        organization: { organization_id: ids.organization_id },
        project: { project_id: ids.project_id },
        membership: { user_id: ids.user_id, group_id: ids.team_id, role: 'user' },
      });
      expect(resolved?.budgets.map(({ budget_id }) => budget_id).sort()).toEqual(budgets.sort());

      const teams = await store().teams.remove(ids.team_id, { version: 1, by: admin });
      expect(await store().keys.resolve(key.token)).toMatchObject({
        team: { deleted_at: teams.deleted_at },
      });
    });

    test('a key of nobody is resolved alone; one that was removed is not', async () => {
      const key = aKey({ blocked: true, expires_at: 1 });
      const stored = await store().keys.put(key, asNew);
      expect(await store().keys.resolve(key.token)).toEqual({
        key: stored,
        team: null,
        user: null,
        organization: null,
        project: null,
        membership: null,
        budgets: [],
      });
      await store().keys.remove(key.token, { version: 1, by: admin });
      expect(await store().keys.resolve(key.token)).toBeNull();
      expect(await store().keys.resolve(anId('keys'))).toBeNull();
    });

    test('an alias is one living key’s', async () => {
      const key_alias = `مفتاح-${anId('keys')}`;
      const key = aKey({ key_alias });
      await store().keys.put(key, asNew);
      const other = aKey({ key_alias });
      const put = () => store().keys.put(other, asNew);
      await expect(put()).rejects.toMatchObject({
        code: 'conflict',
        details: { param: 'key_alias' },
        message: expect.stringContaining(key_alias),
      });
      expect(await store().keys.get(other.token)).toBeNull();
      // Its own it may keep, and give away.
      await store().keys.put({ ...key, blocked: true }, { version: 1, by: admin });
      await store().keys.remove(key.token, { version: 2, by: admin });
      await put();
      await expect(store().keys.put(key, asNew)).rejects.toMatchObject({ code: 'conflict' });

      const race = `race-${anId('keys')}`;
      const puts = Array.from({ length: 8 }, () =>
        store().keys.put(aKey({ key_alias: race }), asNew),
      );
      const outcomes = await Promise.allSettled(puts);
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    });

    test('a key that is regenerated hands its alias on in one step', async () => {
      const old = aKey({ key_alias: `alias-${anId('keys')}` });
      await store().keys.put(old, asNew);
      const next = aKey({ key_alias: old.key_alias, replaces: old.token });
      const grace = { ...old, key_alias: '', replaced_by: next.token, expires_at: 5 };
      const by = { ...admin, changed_by_api_key: anId('keys') };
      await store().changes.apply(
        [
          { kind: 'keys', put: grace, version: 1, action: 'regenerated' },
          { kind: 'keys', put: next, version: 0 },
        ],
        by,
      );
      expect(await store().keys.list(byAlias(old.key_alias))).toMatchObject({ rows: [next] });
    });

    test('text that databases refuse is repaired, and found as it was given', async () => {
      const key_alias = `half \ud83d and NUL \0 ${anId('keys')}`;
      const key = aKey({ key_alias, metadata: { note: 'a\0b', '\0': '\udc00' } });
      await store().keys.put(key, asNew);
      const { rows } = await store().keys.list(byAlias(key_alias));
      expect(rows).toMatchObject([
        {
          token: key.token,
          key_alias: key_alias.replaceAll(/[\0\ud83d]/g, '\ufffd'),
          metadata: { note: 'a\ufffdb' },
        },
      ]);
      await expect(store().keys.put(aKey({ key_alias }), asNew)).rejects.toMatchObject({
        code: 'conflict',
      });
    });

    test('the filters find what they say', async () => {
      const team_id = anId('teams');
      const key = aKey({ team_id, key_alias: `100%_Alias-${anId('keys')}`, expires_at: 500 });
      const other = aKey({ team_id, user_id: anId('users'), blocked: true, expires_at: 2000 });
      await store().keys.put(key, asNew);
      await store().keys.put(other, asNew);
      const tokens = async (filter: Parameters<Keys['count']>[0]) => {
        const query = { filter: { team_id, ...filter }, order: 'oldest' as const, limit: 5 };
        return (await store().keys.list(query)).rows.map(({ token }) => token);
      };
      expect(await tokens({})).toHaveLength(2);
      expect(await tokens({ blocked: true })).toEqual([other.token]);
      expect(await tokens({ blocked: false })).toEqual([key.token]);
      expect(await tokens({ user_id: other.user_id })).toEqual([other.token]);
      expect(await tokens({ user_id: '' })).toEqual([key.token]);
      expect(await tokens({ expires_at_before: 501 })).toEqual([key.token]);
      expect(await tokens({ search: '%_aLIAS' })).toEqual([key.token]);
      expect(await tokens({ search: 'x_A' })).toEqual([]);
      expect(await store().keys.count({ team_id })).toBe(2);
    });

    test('only hashes are taken, and no absurd limit', async () => {
      const refuses = (key: object, message: RegExp) =>
        expect(store().keys.put({ ...aKey(), ...key }, asNew)).rejects.toMatchObject({
          code: 'invalid_request',
          message: expect.stringMatching(message),
        });
      await refuses({ token: 'sk-1234' }, /token.*SHA-256/);
      await refuses({ max_budget_nanos: -1 }, /max_budget_nanos/);
      await refuses({ rpm_limit: 1.5 }, /rpm_limit/);
      await refuses({ budget_duration: 'soon' }, /budget_duration.*30d/);
      await refuses({ metadata: { big: 'x'.repeat(300_000) } }, /262144/);
      let deep: unknown = {};
      for (let level = 0; level < 300; level++) deep = { deep };
      await refuses({ metadata: deep }, /nested/);
    });
  });
}

const byAlias = (key_alias: string) => ({
  filter: { key_alias },
  order: 'newest' as const,
  limit: 2,
});
