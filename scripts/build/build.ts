import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildFunctions } from './functions.ts';
import { buildPages } from './pages.ts';

// npm run build: all that an image needs, in dist/.
const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const say = (line: string) => process.stderr.write(`${line}\n`);

await buildPages(root, say);
say('Building the functions …');
await buildFunctions(root);
