import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { environmentNames } from '../../functions/_shared/config/environment.ts';
import { adapters } from '../../functions/proxy/providers/adapters.ts';
import { compatible } from '../../functions/proxy/providers/compatible.ts';
import { listFiles } from './sources.ts';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const documents = listFiles(root).filter((path) => path.endsWith('.md'));

test('the README tells of every variable', () => {
  const readme = read('README.md');
  expect(environmentNames.filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
});

test('the README tells of every provider', () => {
  const readme = read('README.md');
  const names = [...adapters.keys(), ...compatible.keys()];
  expect(names.filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
});

test('.env.example names no variable that nothing reads', () => {
  const offered = [...read('.env.example').matchAll(/^#? ?([A-Z_]+)=/gm)].map(([, name]) => name);
  const ofStart = ['LLM_API_BASE', 'LLM_API_KEY', 'LLM_MODEL', 'PORT_OFFSET', 'DATA_DIR'];
  expect(offered.length).toBeGreaterThan(5);
  expect(
    offered.filter((name) => ![...environmentNames, ...ofStart].includes(String(name))),
  ).toEqual([]);
});

test.each(documents)('every file and folder that %s leads to is there', (document) => {
  const targets = [...read(document).matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, path = '']) =>
    join(dirname(document), path),
  );
  const there = listFiles(root);
  const isThere = (path: string) =>
    there.some((file) => file === path || file.startsWith(`${path}/`));
  expect(targets.filter((path) => !isThere(path))).toEqual([]);
});
