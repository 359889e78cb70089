import { isTest, type Source } from './sources.ts';

export interface PackageFile {
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
}

export interface LockFile {
  packages: Record<
    string,
    { resolved?: string; optionalDependencies?: Record<string, string>; version?: string }
  >;
}

const topLevel =
  /^(functions|knative|scripts|\.ci|\.github)\/|^(package\.json|package-lock\.json|tsconfig\.json|README\.md|LICENSE|\.[a-z.]+)$/;

/** Files at the top level beside what belongs there. */
export function checkTopLevel(paths: string[]): string[] {
  return paths.filter((path) => !topLevel.test(path)).map((path) => `${path} at the top level`);
}

export function checkPins({ dependencies, devDependencies }: PackageFile): string[] {
  return Object.entries({ ...dependencies, ...devDependencies })
    .filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
    .map(([name, version]) => `${name} is not pinned: ${version}`);
}

/**
 * npm writes a lockfile without the platform packages that a registry lacks, and `npm ci` then
 * fails on it. It must also name no registry: each machine has its own.
 */
export function checkLock({ packages }: LockFile): string[] {
  return Object.entries(packages).flatMap(([path, entry]) => [
    ...Object.keys(entry.optionalDependencies ?? {})
      .filter(
        (name) => !packages[`node_modules/${name}`] && !packages[`${path}/node_modules/${name}`],
      )
      .map((name) => `${path} may need ${name}, which the lock does not have`),
    ...(/^https?:/.test(entry.resolved ?? '') ? [`${path} names its registry`] : []),
  ]);
}

/** The functions run on `dependencies` alone, and each of those is there for a reason. */
export function checkDependencies(sources: Source[], { dependencies }: PackageFile): string[] {
  const running = sources.filter(
    (source) =>
      source.path.startsWith('functions/') &&
      !isTest(source) &&
      !/^functions\/([a-z]+\/page|_shared\/ui)\//.test(source.path),
  );
  const used = new Set(running.flatMap(({ packages }) => packages));
  const undeclared = running.flatMap(({ path, packages }) =>
    packages
      .filter((name) => !name.startsWith('node:') && !(name in dependencies))
      .map((name) => `${path} imports ${name}, which is not in dependencies`),
  );
  const unused = Object.keys(dependencies).filter((name) => !used.has(name));
  return [...undeclared, ...unused.map((name) => `${name} is a dependency that nothing imports`)];
}
