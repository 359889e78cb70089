import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

/** What runs by itself: the one entry, and each worker thread's. Their names are the bundle's. */
export const entries = {
  main: 'functions/main.ts',
  'sqlite-worker': 'functions/_shared/store/sqlite/worker.ts',
  'outbox-worker': 'functions/proxy/outbox/worker.ts',
  'redaction-worker': 'functions/_shared/redaction/worker.ts',
  'tokenizer-worker': 'functions/proxy/tokenizer/worker.ts',
};

/**
 * The functions as plain JavaScript in `dist/`, with all that they need in it: no node_modules, no
 * compiler. What one function needs and another does not stays in files of its own, so that a
 * cold start reads little.
 */
export async function buildFunctions(root: string): Promise<void> {
  const outdir = join(root, 'dist');
  mkdirSync(outdir, { recursive: true });
  for (const entry of readdirSync(outdir, { withFileTypes: true })) {
    if (entry.isFile()) rmSync(join(outdir, entry.name));
  }
  await bundleEntries(root, { entries, outdir });
}

/** Entries by the names of their bundles; those of worker threads go where their starters go. */
export async function bundleEntries(
  root: string,
  { entries, outdir }: { entries: Record<string, string>; outdir: string },
): Promise<void> {
  await build({
    absWorkingDir: root,
    entryPoints: entries,
    outdir,
    outExtension: { '.js': '.mjs' },
    // Beside the entries, since a worker's file is found from where its starter lies.
    chunkNames: 'chunk-[hash]',
    assetNames: '[name]',
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    minifySyntax: true,
    legalComments: 'none',
    logLevel: 'warning',
    // The package looks for its binary by the machine's name, which a bundler cannot follow.
    alias: { 'better-sqlite3': `better-sqlite3/${machine()}` },
    loader: { '.node': 'copy' },
    // CommonJS packages ask for Node's own modules by require, which ES modules do not have.
    banner: {
      js: "import { createRequire } from 'node:module';const require = createRequire(import.meta.url);",
    },
  });
}

/** The machine that builds, as better-sqlite3 names its binaries: the image runs where it was built. */
function machine(): string {
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  const musl = process.platform === 'linux' && header.glibcVersionRuntime === undefined;
  return `${process.platform}${musl ? 'musl' : ''}-${process.arch}`;
}
