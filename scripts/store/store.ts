import { parseArgs } from 'node:util';
import { backup } from './backup.ts';
import { check } from './check.ts';
import { copy } from './copy.ts';
import { restore } from './restore.ts';

/**
 * npm run store -- copy --from URL --to URL
 *   | backup --from file:PATH --to PATH | restore --from PATH --to file:PATH [--force]
 *   | check --store URL
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
  check: (options) => check({ store: need(options, 'store'), say }),
};

async function run(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      from: { type: 'string' },
      to: { type: 'string' },
      store: { type: 'string' },
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
