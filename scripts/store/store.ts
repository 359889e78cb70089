import { parseArgs } from 'node:util';
import { dayOf } from '../../functions/_shared/store/sql/reconcile/day-calls.ts';
import { backup } from './backup.ts';
import { check } from './check.ts';
import { copy } from './copy.ts';
import { reconcile } from './reconcile.ts';
import { restore } from './restore.ts';

/**
 * npm run store -- copy --from URL --to URL
 *   | backup --from file:PATH --to PATH | restore --from PATH --to file:PATH [--force]
 *   | check --store URL
 *   | reconcile --store URL [--from DAY] [--to DAY] [--repair [--force]]
 *
 * What is done to the books as a whole. A URL is a database: file:<path> or postgres://…
 */
const say = (line: string) => process.stdout.write(`${line}\n`);

type Options = Record<string, string | boolean | undefined>;

function need(options: Options, name: string): string {
  const value = options[name];
  if (typeof value === 'string' && value !== '') return value;
  throw new Error(`Say --${name}. The verbs and their options are in README.md.`);
}

/** A day in UTC. */
function dayFrom(options: Options, name: string): number | undefined {
  const value = options[name];
  if (value === undefined) return;
  const at = Date.parse(String(value));
  if (/^\d{4}-\d{2}-\d{2}$/.test(String(value)) && !Number.isNaN(at)) return dayOf(at);
  throw new Error(`--${name} is a day, as 2026-01-31.`);
}

const verbs: Record<string, (options: Options) => Promise<void>> = {
  copy: (options) => copy({ from: need(options, 'from'), to: need(options, 'to'), say }),
  backup: (options) => backup({ from: need(options, 'from'), to: need(options, 'to'), say }),
  restore: (options) =>
    restore({
      from: need(options, 'from'),
      to: need(options, 'to'),
      force: options.force === true,
      say,
    }),
  reconcile: (options) =>
    reconcile({
      store: need(options, 'store'),
      from: dayFrom(options, 'from') ?? Number.NEGATIVE_INFINITY,
      to: dayFrom(options, 'to') ?? Number.POSITIVE_INFINITY,
      repair: options.repair === true,
      force: options.force === true,
      say,
    }),
  check: (options) => check({ store: need(options, 'store'), say }),
};

async function run(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      from: { type: 'string' },
      to: { type: 'string' },
      store: { type: 'string' },
      repair: { type: 'boolean' },
      force: { type: 'boolean' },
    },
  });
  const [verb = '', ...rest] = positionals;
  const known = verbs[verb];
  if (!known || rest.length > 0) {
    throw new Error(`Say what to do: npm run store -- ${Object.keys(verbs).join(' | ')}`);
  }
  await known(values);
}

/** With what the database said, which callers of a function are not told. */
function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}

run().catch((error: unknown) => {
  process.stderr.write(`${wordsOf(error)}\n`);
  process.exit(1);
});
