import { expect, test } from 'vitest';
import { aCall, aDeployment } from '../call.fixture.ts';
import { route } from './route.ts';

const deployments = [
  aDeployment({ id: 'a', modelName: 'shared' }),
  aDeployment({ id: 'b', modelName: 'shared' }),
  aDeployment({ id: 'alone', modelName: 'alone' }),
];
const nothing = async () => {};

async function chosen(model: string, random: number): Promise<string | undefined> {
  const call = aCall({ model });
  await route({ deployments, random: () => random })(call, nothing);
  return call.deployment?.id;
}

test('deployments of one name share its calls', async () => {
  expect(await chosen('shared', 0)).toBe('a');
  expect(await chosen('shared', 0.499)).toBe('a');
  expect(await chosen('shared', 0.5)).toBe('b');
  expect(await chosen('shared', 0.999_999)).toBe('b');
});

test('one of them can be asked for by its id', async () => {
  expect(await chosen('b', 0)).toBe('b');
  expect(await chosen('alone', 0.999)).toBe('alone');
});

test.each(['none', '', '__proto__', 'toString'])(
  'there is no model "%s"; says where to look',
  async (model) => {
    await expect(chosen(model, 0)).rejects.toMatchObject({
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
