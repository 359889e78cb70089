import { describe, expect, test } from 'vitest';
import { geminiModel } from './gemini-models.ts';
import { askToThink } from './thinking.ts';

test.each([
  ['gemini-2.0-flash', 'none', true, false],
  ['gemini-2.5-flash-lite-preview-09-2025', 'budget', true, false],
  ['gemini-3-pro-preview', 'level', false, true],
  ['gemini-3.8-flash', 'level', false, true],
  ['gemini-10-pro', 'level', false, true],
  ['gemini-flash-latest', 'level', false, true],
  ['gemma-3-27b-it', 'none', true, false],
])('%s: thinking %s, penalties %s, JSON beside tools %s', (name, thinking, penalties, json) => {
  expect(geminiModel(name)).toMatchObject({
    thinking,
    hasPenalties: penalties,
    hasJsonBesideTools: json,
    wantsSignatures: json,
  });
});

describe('an effort', () => {
  const think = (model: string, reasoning_effort: string) => {
    const chat = { model, messages: [], reasoning_effort };
    const ask = { chat, model, dropParams: false, clientHeaders: {} };
    return askToThink(ask, geminiModel(model), (param) => {
      throw new Error(param);
    });
  };
  test.each([
    ['gemini-3-pro-preview', 'minimal', 'low'],
    ['gemini-3-pro-preview', 'medium', 'high'],
    ['gemini-3.1-pro-preview', 'medium', 'medium'],
    ['gemini-3-flash-preview', 'minimal', 'minimal'],
    ['gemini-3.6-flash', 'none', 'minimal'],
    ['gemini-3.8-flash', 'minimal', 'low'],
    ['gemini-flash-latest', 'max', 'high'],
  ])('of %s, %s, is the level %s', (model, effort, thinkingLevel) => {
    const includeThoughts = effort !== 'none';
    expect(think(model, effort)).toEqual({ includeThoughts, thinkingLevel });
  });
  test.each([
    ['gemini-2.5-pro', 'none', 128],
    ['gemini-2.5-flash', 'none', 0],
    ['gemini-2.5-flash', 'high', 4096],
  ])('of %s, %s, is a budget of %d', (model, effort, thinkingBudget) => {
    expect(think(model, effort)).toMatchObject({ thinkingBudget });
  });
  test('is refused where there is none', () => {
    expect(think('gemini-2.0-flash', 'none')).toBeUndefined();
    expect(() => think('gemini-2.0-flash', 'low')).toThrow('reasoning_effort');
    expect(() => think('gemini-2.5-pro', 'utmost')).toThrow('reasoning_effort');
  });
});
