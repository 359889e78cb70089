import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const pages = [
  { name: 'chat', base: '/' },
  { name: 'dashboard', base: '/ui/' },
];

/** Builds the chat's and the dashboard's page into `dist/pages`, if a source of theirs changed. */
export async function buildPages(root: string, say: (line: string) => void): Promise<void> {
  for (const { name, base } of pages) {
    const outDir = join(root, 'dist', 'pages', name);
    const stampFile = join(root, 'dist', 'pages', `${name}.stamp`);
    const stamp = hashSources(root, name);
    const built = existsSync(outDir) && existsSync(stampFile);
    if (built && readFileSync(stampFile, 'utf8') === stamp) continue;
    say(`Building the ${name} page …`);
    // Loaded only when there is something to build: it takes half a second.
    const [{ build }, { default: react }, { default: tailwindcss }] = await Promise.all([
      import('vite'),
      import('@vitejs/plugin-react'),
      import('@tailwindcss/vite'),
    ]);
    await build({
      configFile: false,
      root: join(root, 'functions', name, 'page'),
      base,
      publicDir: join(root, 'functions', '_shared', 'ui', 'public'),
      logLevel: 'warn',
      plugins: [react(), tailwindcss()],
      build: { outDir, emptyOutDir: true, target: 'es2023', chunkSizeWarningLimit: 1000 },
    });
    writeFileSync(stampFile, stamp);
  }
}

function hashSources(root: string, name: string): string {
  const folders = [join(root, 'functions', name, 'page'), join(root, 'functions', '_shared')];
  const files = folders
    .flatMap((folder) =>
      readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name)),
    )
    .sort();
  const hash = createHash('sha256');
  for (const file of [...files, join(root, 'package-lock.json')]) {
    hash.update(file.slice(root.length)).update('\0').update(readFileSync(file));
  }
  return hash.digest('hex');
}
