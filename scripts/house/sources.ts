import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

/** A source file of the project, by its path from the root. */
export interface Source {
  path: string;
  text: string;
  /** What it imports of our own, by path from the root. */
  imports: string[];
  /** What it imports of others, by package name. */
  packages: string[];
}

/** Static, dynamic and type imports alike, and re-exports. */
const specifiers = /(?:\bfrom|\bimport)\s*\(?\s*'([^']+)'/g;

/** Every file that git tracks or would, by path from the root. */
export function listFiles(root: string): string[] {
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], {
    cwd: root,
    encoding: 'utf8',
  });
  return listed.split('\0').filter((path) => path !== '' && existsSync(join(root, path)));
}

export function readSources(root: string): Source[] {
  return listFiles(root)
    .filter((path) => /\.(ts|tsx|mjs)$/.test(path))
    .map((path) => readSource(path, readFileSync(join(root, path), 'utf8')));
}

export function readSource(path: string, text: string): Source {
  const named = [...text.matchAll(specifiers)].map(([, specifier = '']) => specifier);
  return {
    path,
    text,
    imports: named
      .filter((name) => name.startsWith('.'))
      .map((name) => posix.join(posix.dirname(path), name)),
    packages: named.filter((name) => !name.startsWith('.')).map(packageOf),
  };
}

/** `@scope/name/deep` is of the package `@scope/name`. */
function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

export const isTest = ({ path }: Source) => /\.(test|fixture)\.tsx?$/.test(path);
