import { isTest, type Source } from './sources.ts';

const median = 100;
const longFile = 250;
/** A file this long is never one thing. */
const longest = 400;
const fewLongFiles = 0.02;

const vague = /(^|\/)(utils?|helpers?|common|misc)(\.|\/)/;

const words: [RegExp, string][] = [
  [/\b(TODO|FIXME|XXX)\b/, 'work put off'],
  [/\b(test|it|describe|suite)\.(only|skip|todo)\b/, 'a test that does not run, or alone'],
  [/@ts-(ignore|expect-error|nocheck)/, 'a silenced type error'],
];

const linesOf = ({ text }: Source) => text.split('\n').length - 1;

/** What stands against the house's manners of size, name and word, a line each. */
export function checkManners(sources: Source[]): string[] {
  const kept = sources.filter(({ path }) => !path.startsWith('scripts/house/'));
  return [...checkSizes(sources), ...checkNames(sources), ...kept.flatMap(checkWords)];
}

function checkSizes(sources: Source[]): string[] {
  const ours = sources.filter((source) => !isTest(source)).map(linesOf);
  const middle = ours.sort((a, b) => a - b)[Math.floor(ours.length / 2)] ?? 0;
  const long = sources.filter((source) => !isTest(source) && linesOf(source) > longFile);
  const faults = sources
    .filter((source) => linesOf(source) > longest)
    .map((source) => `${source.path} has ${linesOf(source)} lines: over ${longest}`);
  if (middle >= median) faults.push(`half of all files have ${middle} lines or more`);
  if (long.length > sources.length * fewLongFiles) {
    faults.push(`many files are over ${longFile}: ${long.map(({ path }) => path).join(', ')}`);
  }
  return faults;
}

function checkNames(sources: Source[]): string[] {
  return sources.flatMap(({ path }) => {
    if (vague.test(path)) return [`${path}: its name does not say what it does`];
    if (/\/index\.tsx?$/.test(path)) return [`${path}: a barrel hides where things are`];
    return [];
  });
}

function checkWords({ path, text }: Source): string[] {
  return words
    .filter(([pattern]) => pattern.test(text))
    .map(([pattern, what]) => `${path}: ${pattern.exec(text)?.[0]} is ${what}`);
}
