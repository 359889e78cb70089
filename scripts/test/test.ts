import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startVitest, type TestModule } from 'vitest/node';
import { buildPages } from '../build/pages.ts';
import { ensureChromium, ensureKubectl } from './system-tools.ts';

/**
 * npm test [-- PATH …]
 *
 * All checks and all tests, or only the tests whose path holds one of the words given. The last
 * line counts both: `N passed, N failed, N skipped`.
 */
const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const wanted = process.argv.slice(2);
const say = (line: string) => process.stdout.write(`${line}\n`);

const count = { passed: 0, failed: 0, skipped: 0 };

/** A check by a tool of its own; what it finds is in its own words. */
function check(what: string, command: string, given: string[]): void {
  say(`Checking ${what} …`);
  const { status } = spawnSync(command, given, { cwd: root, stdio: 'inherit' });
  if (status === 0) {
    count.passed++;
  } else {
    count.failed++;
    say(`FAILED: ${what}: ${[command, ...given].join(' ')}`);
  }
}

function countTests(modules: TestModule[]): void {
  for (const module of modules) {
    // A file that cannot be loaded has no tests to fail.
    if (module.state() === 'failed' && module.errors().length > 0) count.failed++;
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      count[state === 'pending' ? 'failed' : state]++;
    }
  }
}

try {
  if (wanted.length === 0) {
    check('types', 'tsc', []);
    check('style', 'biome', ['check', '--error-on-warnings']);
  }
  await Promise.all([ensureChromium(), ensureKubectl()]);
  await buildPages(root, say);
  const vitest = await startVitest('test', wanted, {
    config: join(root, 'scripts', 'test', 'vitest.config.ts'),
    watch: false,
  });
  const modules = vitest.state.getTestModules();
  countTests(modules);
  count.failed += vitest.state.getUnhandledErrors().length;
  await vitest.close();
  if (modules.length === 0) throw new Error(`No test's path holds ${wanted.join(' or ')}.`);
} catch (error) {
  count.failed++;
  say(`FAILED: ${(error as Error).message}`);
}
say(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
process.exit(count.failed > 0 || count.passed === 0 ? 1 : 0);
