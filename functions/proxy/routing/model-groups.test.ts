import { describe, expect, test } from 'vitest';
import { aRouter, idOf, rulesOf } from './routing.fixture.ts';

const rules = rulesOf({
  model_group_alias: { 'gpt-4': 'gpt-4o', secret: { model: 'gpt-4o', hidden: true } },
});
const { groups } = aRouter(
  [
    { id: 'one', modelName: 'gpt-4o', model: 'openai/gpt-4o', customProvider: null },
    { id: 'two', modelName: 'gpt-4o', model: 'azure/gpt-4o', customProvider: 'openai' },
    { id: 'wide', modelName: 'openai/*', model: 'openai/*', customProvider: null },
    {
      id: 'claudes',
      modelName: 'claude-*',
      model: 'anthropic/claude-*',
      customProvider: null,
      apiKey: 'sk',
    },
    { id: 'any', modelName: '*', model: '*', customProvider: null, apiBase: null },
  ],
  rules,
);
const ids = (name: string) => groups.find(name)?.candidates.map(idOf);

describe('a name is found', () => {
  test.each([
    ['gpt-4o', ['one', 'two']],
    ['gpt-4', ['one', 'two']],
    ['secret', ['one', 'two']],
    ['two', ['two']],
    ['openai/gpt-5', ['wide']],
    ['claude-opus', ['claudes']],
    ['openai/*', ['wide']],
  ])('%s', (name, found) => expect(ids(name)).toEqual(found));

  test('under the star with a provider of its own, and none where that is not known', () => {
    expect(groups.find('groq/llama')?.candidates[0]?.target).toMatchObject({
      provider: 'groq',
      model: 'llama',
    });
    expect(groups.find('nobody/llama')).toBeNull();
  });
});

test('the star is filled in with what was asked for, and the state is of all', () => {
  const [first] = groups.find('claude-opus')?.candidates ?? [];
  const [second] = groups.find('claude-haiku')?.candidates ?? [];
  expect(first?.target.model).toBe('claude-opus');
  expect(second?.target.model).toBe('claude-haiku');
  expect(first?.state).toBe(second?.state);
});

test('a name asked for again is not worked out again', () => {
  expect(groups.find('claude-opus')).toBe(groups.find('claude-opus'));
});

test('those that may be asked for are named once; a hidden alias is not', () => {
  expect(groups.names).toEqual(['gpt-4o', 'openai/*', 'claude-*', '*', 'gpt-4']);
});
