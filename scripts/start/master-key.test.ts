import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findMasterKey } from './master-key.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tallygate master key-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What a person's shell makes of it in the printed curl. */
const pasted = (shell: string, env: NodeJS.ProcessEnv = {}) =>
  execFileSync('sh', ['-c', `printf %s "Bearer ${shell}"`], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, ...env },
  });

test('a new key is made, kept and found again, in a folder with blanks in its name too', () => {
  const sources = { environment: {}, envFile: null, dataFolder: folder };
  const made = findMasterKey(sources);
  expect(made).toMatchObject({ made: true, key: expect.stringMatching(/^sk-[\w-]{43}$/) });
  const kept = findMasterKey(sources);
  expect(kept).toMatchObject({ made: false, key: made.key });
  expect(pasted(kept.shell)).toBe(`Bearer ${made.key}`);
});

test.each(['PROXY_MASTER_KEY', 'LITELLM_MASTER_KEY'])('%s of the shell is named to it', (name) => {
  const environment = { PROXY_MASTER_KEY: '', [name]: 'sk-of-the-shell' };
  const { key, shell } = findMasterKey({ environment, envFile: null, dataFolder: folder });
  expect(key).toBe('sk-of-the-shell');
  expect(pasted(shell, environment)).toBe(`Bearer ${key}`);
});

test('the key of .env is not in the shell: the printed curl reads it from there', () => {
  const envFile = join(folder, '.env');
  writeFileSync(envFile, '# a comment\nPROXY_MASTER_KEY="sk-of-the-file" # another\n');
  const environment = { PROXY_MASTER_KEY: 'sk-of-the-file' };
  const { shell } = findMasterKey({ environment, envFile, dataFolder: folder });
  expect(pasted(shell)).toBe('Bearer sk-of-the-file');
});
