import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openStore } from '../../functions/_shared/store/open.ts';
import { createLogger } from '../../functions/_shared/telemetry.ts';

const root = join(import.meta.dirname, '..', '..');
const run = (script: string, ...args: string[]) =>
  execFileSync(process.execPath, [join(root, script), ...args], { stdio: 'pipe' }).toString();

test('a seeded month becomes three, each call with its bodies, and the books agree', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tallygate-multiply-'));
  const file = join(folder, 'store.db');
  const url = `file:${file}`;
  run(
    'scripts/seed/seed.ts',
    '--store',
    url,
    '--days',
    '30',
    '--calls',
    '300',
    '--body-length',
    '600',
  );
  run('scripts/seed/multiply.ts', '--store', file, '--times', '3', '--days', '30');
  expect(run('scripts/store/store.ts', 'reconcile', '--store', url)).toContain('agree');
  expect(run('scripts/store/store.ts', 'check', '--store', url)).toContain('whole');
  const store = await openStore({ url, bearer: '', logger: createLogger('test', 'silent') });
  const range = { from: 0, to: Date.now() };
  expect((await store.usage.totals({ range, filter: {} })).calls).toBe(900);
  const oldest = await store.requestLogs.list({
    range: { from: 0, to: Date.now() - 62 * 86_400_000 },
    filter: { status: 'success' },
    limit: 1,
  });
  const found = await store.requestLogs.find(oldest.rows[0]?.id ?? '');
  expect(found?.request_preview).not.toBe('');
  expect(found?.request).toMatchObject({ model: found?.model });
  await store.close();
  rmSync(folder, { recursive: true });
});
