import { existsSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

/** How the functions lie on disk: bundled as in the image, or as the sources that `npm start` runs. */
export type Layout = 'image' | 'sources';

export const entries: Record<Layout, string> = {
  image: join(root, 'dist', 'main.mjs'),
  sources: join(root, 'functions', 'main.ts'),
};

/** Throws when there is nothing to measure in a layout. */
export function needLayout(layout: Layout): void {
  if (!existsSync(entries[layout])) {
    throw new Error(`${entries[layout]} is missing: run npm run build first.`);
  }
}

/** The environment that functions are run with: an image's, with nothing of this shell's own. */
export function baseEnvironment(compileCache: string): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    NODE_ENV: 'production',
    NODE_COMPILE_CACHE: compileCache,
  };
}
