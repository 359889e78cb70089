import { basename, join } from 'node:path';
import { buildSync } from 'esbuild';

/**
 * One of this folder's parts as plain JavaScript in `folder`; gives its path. Node holds a
 * compiler in memory for each process that runs TypeScript, and the gateway is shipped without:
 * so a yardstick must be.
 */
export function bundle(file: string, folder: string): string {
  const outfile = join(folder, `${basename(file, '.ts')}.cjs`);
  buildSync({
    entryPoints: [join(import.meta.dirname, file)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node24',
    logLevel: 'error',
  });
  return outfile;
}
