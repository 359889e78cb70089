import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Manifest, nameOf } from './manifest.ts';

const modules = join(import.meta.dirname, '..', '..', 'node_modules');
const known: Record<string, string> = {
  Service: 'serving.knative.dev/v1/Service',
  Broker: 'eventing.knative.dev/v1/Broker',
  Trigger: 'eventing.knative.dev/v1/Trigger',
};

/**
 * What the TypeScript compiler has against manifests as literals of Knative's types. Unlike the
 * package's own validate(), it finds a misspelt field: those are not refused by a cluster either,
 * but dropped.
 */
export function checkTypes(manifests: Manifest[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'tallygate-types-'));
  try {
    symlinkSync(modules, join(folder, 'node_modules'));
    const lines = manifests.flatMap((manifest, index) => {
      const path = known[manifest.kind ?? ''];
      if (!path) return [];
      const type = `import('@kubernetes-models/knative/${path}').I${manifest.kind}`;
      return `export const manifest${index}: ${type} = ${JSON.stringify(manifest)}; // ${nameOf(manifest)}`;
    });
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    writeFileSync(join(folder, 'manifests.ts'), `${lines.join('\n')}\n`);
    const options = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext'];
    const { status, stdout } = spawnSync(
      process.execPath,
      [join(modules, 'typescript', 'bin', 'tsc'), ...options, 'manifests.ts'],
      { cwd: folder, encoding: 'utf8' },
    );
    return status === 0 ? [] : stdout.trim().split('\n');
  } finally {
    rmSync(folder, { recursive: true });
  }
}
