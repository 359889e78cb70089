import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { checkLayers, findCycles } from './layers.ts';
import { checkManners } from './manners.ts';
import {
  checkDependencies,
  checkLock,
  checkPins,
  checkTopLevel,
  type LockFile,
  type PackageFile,
} from './packages.ts';
import { listFiles, readSource, readSources } from './sources.ts';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const sources = readSources(root);
const read = <T>(name: string) => JSON.parse(readFileSync(join(root, name), 'utf8')) as T;
const packageFile = read<PackageFile>('package.json');

describe('the house', () => {
  test('is read: its sources and what they import', () => {
    const main = sources.find(({ path }) => path === 'functions/main.ts');
    expect(main?.imports).toContain('functions/proxy/proxy.ts');
    expect(sources.length).toBeGreaterThan(200);
  });

  test('keeps its floors and rooms', () => expect(checkLayers(sources)).toEqual([]));
  test('has no circles', () => expect(findCycles(sources)).toEqual([]));
  test('keeps its manners', () => expect(checkManners(sources)).toEqual([]));
  test('has nothing new at the top', () => expect(checkTopLevel(listFiles(root))).toEqual([]));
  test('pins its packages', () => expect(checkPins(packageFile)).toEqual([]));
  test('has a whole lockfile', () => {
    expect(checkLock(read<LockFile>('package-lock.json'))).toEqual([]);
  });
  test('runs on what it declares', () => {
    expect(checkDependencies(sources, packageFile)).toEqual([]);
  });
});

describe('a breach is found', () => {
  const imports = (path: string, ...specifiers: string[]) =>
    readSource(path, specifiers.map((name) => `import x from '${name}';`).join('\n'));

  test.each([
    [imports('functions/_shared/errors.ts', './telemetry.ts'), 'a floor above'],
    [imports('functions/_shared/serve.ts', '../proxy/proxy.ts'), 'a floor above'],
    [imports('functions/proxy/proxy.ts', '../../scripts/start/ports.ts'), 'a floor above'],
    [imports('functions/chat/chat.ts', '../proxy/proxy.ts'), 'does not know another'],
    [imports('functions/proxy/steps/route.ts', './attempt.ts'), 'siblings'],
    [imports('functions/ingest/ingest.ts', 'better-sqlite3'), 'only a store driver'],
    [imports('functions/chat/page/App.tsx', 'node:fs'), 'a page runs in a browser'],
  ])('of floors and rooms: %#', (source, fault) => {
    expect(checkLayers([source])).toEqual([expect.stringContaining(fault)]);
  });

  test('of circles', () => {
    const circle = [
      imports('a/a.ts', './b.ts'),
      imports('a/b.ts', './c.ts'),
      imports('a/c.ts', './a.ts'),
    ];
    expect(findCycles(circle)).toEqual(['a/a.ts → a/b.ts → a/c.ts → a/a.ts']);
  });

  test.each([
    ['functions/proxy/utils.ts', '', 'its name does not say'],
    ['functions/proxy/index.ts', '', 'a barrel'],
    ['functions/proxy/a.ts', '// TODO later', 'work put off'],
    ['functions/proxy/a.test.ts', "test.skip('x')", 'does not run'],
    ['functions/proxy/a.ts', '// @ts-ignore', 'a silenced type error'],
    ['functions/proxy/a.ts', '\n'.repeat(401), 'over 400'],
  ])('of manners: %s', (path, text, fault) => {
    expect(checkManners([readSource(path, text)]).join('\n')).toContain(fault);
  });

  test('of packages', () => {
    expect(checkTopLevel(['docs/a.md', 'Makefile'])).toHaveLength(2);
    expect(
      checkPins({ dependencies: { a: '^1.0.0' }, devDependencies: { b: 'latest' } }),
    ).toHaveLength(2);
    const lock = {
      packages: {
        'node_modules/a': {
          optionalDependencies: { 'a-linux': '1.0.0' },
          resolved: 'https://registry.example/a.tgz',
        },
      },
    };
    expect(checkLock(lock)).toHaveLength(2);
    const unused = { dependencies: { left: '1.0.0' }, devDependencies: {} };
    expect(checkDependencies([imports('functions/a/a.ts', 'right')], unused)).toHaveLength(2);
  });
});
