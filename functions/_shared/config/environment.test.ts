import { describe, expect, test } from 'vitest';
import { readEnvironment, SetupError } from './environment.ts';

const readWith = (DATABASE_URL: string) =>
  readEnvironment({
    FUNCTION_TARGET: 'ingest',
    PROXY_MASTER_KEY: 'sk-test',
    CONFIG_PATH: 'config.yaml',
    DATABASE_URL,
  });

describe('DATABASE_URL', () => {
  test.each([
    'file:/app/data/tallygate.db',
    'http://proxy.default.svc.cluster.local',
    'postgres://tallygate:p%40ss%2Fword@db.example:5432/books?sslmode=require',
    'postgresql://db.example/books',
  ])('may be %s', (url) => {
    expect(readWith(url).DATABASE_URL).toBe(url);
  });

  test.each([
    ['mysql://db.example/books', /DATABASE_URL: must be file:.*postgres:/],
    ['postgres:/books', /DATABASE_URL: must be file:/],
    ['postgres://me:hunter/2#@db.example/books', /DATABASE_URL: is no URL: .*%XX/],
  ])('may not be %s, and the error says what to do but not what it was', (url, message) => {
    expect(() => readWith(url)).toThrow(SetupError);
    expect(() => readWith(url)).toThrow(message);
    expect(() => readWith(url)).not.toThrow('hunter');
  });
});
