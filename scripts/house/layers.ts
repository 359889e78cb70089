import { isTest, type Source } from './sources.ts';

/**
 * The floors of the house, lowest first: a file imports from its own floor and from those below.
 * The first pattern that a path matches says where it lives.
 */
const floors: [RegExp, number][] = [
  [/^functions\/_shared\/(errors|money|nesting|units)\.ts$/, 0],
  [/^functions\/_shared\/pricing\//, 0],
  [/^functions\/_shared\/events\/types\.ts$/, 0],
  [/^functions\/_shared\/store\/(open|methods|maintenance|contract\.fixture)\.ts$/, 1],
  [/^functions\/_shared\/store\/(governance\/)?[a-z-]+\.ts$/, 0],
  [/^functions\/_shared\//, 1],
  [/^functions\/main\.ts$/, 3],
  [/^functions\//, 2],
  [/^(scripts|knative)\//, 4],
];

/** Folders whose files do not know each other; only who wires them knows them all. */
const strangers = [
  'functions/proxy/steps/',
  'functions/proxy/endpoints/',
  'functions/ingest/rules/',
];

/** Packages that open a database, and the rooms that may. */
const databases = new Set(['better-sqlite3', 'kysely', 'pg']);
const databaseRooms = /^functions\/(_shared\/store|proxy\/outbox)\//;

const page = /^functions\/([a-z]+)\/page\//;

const floorOf = (path: string) => floors.find(([pattern]) => pattern.test(path))?.[1] ?? 0;
const functionOf = (path: string) => /^functions\/([a-z]+)\//.exec(path)?.[1];

/** What stands against the order of floors, rooms and neighbours, a line each. */
export function checkLayers(sources: Source[]): string[] {
  return sources.flatMap((source) => [
    ...source.imports.flatMap((target) => {
      const fault = faultOf(source, target);
      return fault ? [`${source.path} imports ${target}: ${fault}`] : [];
    }),
    ...source.packages.flatMap((name) => {
      const fault = packageFaultOf(source, name);
      return fault ? [`${source.path} imports ${name}: ${fault}`] : [];
    }),
  ]);
}

function faultOf(source: Source, target: string): string | null {
  const { path } = source;
  if (floorOf(target) > floorOf(path)) return 'that is a floor above';
  const [ours, theirs] = [functionOf(path), functionOf(target)];
  if (floorOf(path) === 2 && theirs !== undefined && theirs !== ours) {
    return 'a function does not know another';
  }
  if (isTest(source)) return null;
  const shared = strangers.find((folder) => path.startsWith(folder) && target.startsWith(folder));
  return shared ? `siblings in ${shared} do not know each other` : null;
}

function packageFaultOf({ path }: Source, name: string): string | null {
  if (databases.has(name) && path.startsWith('functions/') && !databaseRooms.test(path)) {
    return 'only a store driver opens a database';
  }
  if (page.test(path) && !path.endsWith('.test.ts') && name.startsWith('node:')) {
    return 'a page runs in a browser';
  }
  return null;
}

/** Groups of files that import each other in a circle, each once, as a path that ends where it began. */
export function findCycles(sources: Source[]): string[] {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, way: string[]) => {
    const at = way.indexOf(path);
    if (at !== -1) {
      found.push([...way.slice(at), path].join(' → '));
      return;
    }
    if (done.has(path)) return;
    for (const target of byPath.get(path)?.imports ?? []) visit(target, [...way, path]);
    done.add(path);
  };
  for (const { path } of sources) visit(path, []);
  return found;
}
