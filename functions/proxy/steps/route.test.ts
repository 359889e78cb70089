import { expect, test } from 'vitest';
import { aCall } from '../call.fixture.ts';
import { aRouter, rulesOf } from '../routing/routing.fixture.ts';
import { route } from './route.ts';

const deployments = [
  { id: 'a', modelName: 'shared' },
  { id: 'b', modelName: 'shared' },
  { id: 'alone', modelName: 'alone' },
];
const rules = rulesOf({ model_group_alias: { other: 'alone' } });
const nothing = async () => {};

async function routed(model: string, random = 0, more: object = {}) {
  const { router } = aRouter(deployments, rules, () => random);
  const asked = { model, messages: [{ role: 'user' as const, content: 'Hello!' }], ...more };
  const call = aCall({ model, asked, text: JSON.stringify(asked) });
  await route({ router })(call, nothing);
  return call;
}

const chosen = async (model: string, random: number) =>
  (await routed(model, random)).deployment?.id;

test('deployments of one name share its calls', async () => {
  expect(await chosen('shared', 0)).toBe('a');
  expect(await chosen('shared', 0.499)).toBe('a');
  expect(await chosen('shared', 0.5)).toBe('b');
  expect(await chosen('shared', 0.999_999)).toBe('b');
});

test('one of them can be asked for by its id, and by another name', async () => {
  expect(await chosen('b', 0)).toBe('b');
  expect(await chosen('alone', 0.999)).toBe('alone');
  expect(await routed('other')).toMatchObject({ group: 'alone', deployment: { id: 'alone' } });
});

test('what a request says wrong of its routing is refused, by the member’s name', async () => {
  await expect(routed('alone', 0, { num_retries: -1 })).rejects.toMatchObject({
    status: 400,
    body: { error: { param: 'num_retries' } },
  });
});

test.each(['none', '', '__proto__', 'toString'])(
  'there is no model "%s"; says where to look',
  async (model) => {
    await expect(routed(model)).rejects.toMatchObject({
      status: 404,
      body: {
        error: {
          code: 'model_not_found',
          param: 'model',
          message: expect.stringContaining('/v1/models'),
        },
      },
    });
  },
);
