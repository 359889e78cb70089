import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { aRecord } from '../../functions/_shared/store/contract/record.fixture.ts';
import { openStore } from '../../functions/_shared/store/open.ts';
import { foldAll } from '../../functions/_shared/store/sql/folding.ts';
import { createRollups } from '../../functions/_shared/store/sql/rollups.ts';
import { createLogger } from '../../functions/_shared/telemetry.ts';
import { openBooks } from './books.ts';

const command = fileURLToPath(new URL('./store.ts', import.meta.url));

export interface Ran {
  code: number | null;
  text: string;
}

/** Runs the command as people do. `onLine` sees its output come, and may end it. */
export function runStore(
  args: string[],
  onLine: (line: string, child: ChildProcess) => void = () => {},
): Promise<Ran> {
  const child = spawn(process.execPath, [command, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      onLine(line, child);
    });
  }
  return new Promise((resolve) => {
    child.once('close', (code) => resolve({ code, text: lines.join('\n') }));
  });
}

export const aPath = (name = 'tallygate.db') =>
  join(mkdtempSync(join(tmpdir(), 'tallygate-store-')), name);

export const open = (url: string) =>
  openStore({ url, bearer: '', logger: createLogger('test', 'silent') });

/** Adds what is pending to the rollups. */
export async function foldAllOf(url: string): Promise<void> {
  const { db, dialect } = openBooks(url, { access: 'write', exact: false });
  await db.transaction().execute((transaction) => foldAll(transaction, createRollups(dialect)));
  await db.destroy();
}

const dayMs = 86_400_000;

/** Books with something in every corner: months, bodies, failures, and sums beyond 53 bits. */
export async function someBooks(calls = 600): Promise<string> {
  const path = aPath();
  const store = await open(`file:${path}`);
  const records = Array.from({ length: calls }, (_, index) =>
    aRecord(
      {
        started_at: Date.now() - ((index * 37) % 200) * dayMs,
        model: `m${index % 7}`,
        key_id: `k${index % 11}`,
        team_id: index % 3 ? `t${index % 5}` : '',
        tags: index % 4 ? [] : ['ü', 'b'],
        cost_nanos: index % 6 ? 7_000_000_001 + index : null,
        latency_ms: index + 0.123456789,
        response_id: `chatcmpl-${index}`,
        attempts: [
          {
            deployment_id: 'd',
            provider: 'p',
            upstream_model: 'u',
            started_at: Date.now(),
            duration_ms: 1.5,
            status: 'success',
          },
        ],
        request: index % 8 ? { messages: [{ role: 'user', content: `text \0 ${index} ß` }] } : null,
      },
      `books-${index}`,
    ),
  );
  // Of the calls some are in the rollups, and some are pending.
  for (let from = 0; from < calls; from += 300) {
    await foldAllOf(`file:${path}`);
    await store.requestLogs.book(records.slice(from, from + 300));
  }
  await store.payloads.keep({ id: 'early', source: '/s', request: '{"a":1}', response: null });
  await store.close();
  const database = new Database(path);
  // As after years, and with logs that were deleted at the end of their time.
  database.exec(`UPDATE spend SET cost_nanos = 9007199254740993 WHERE scope = 'team' AND id = 't1';
    DELETE FROM attempts WHERE seq < (SELECT MAX(seq) - ${100 * dayMs * 1000} FROM request_logs);
    DELETE FROM request_logs WHERE seq < (SELECT MAX(seq) - ${100 * dayMs * 1000} FROM request_logs)`);
  database.close();
  return path;
}

/** Every row of every table, as SQLite has it. */
export function allRowsOf(path: string): Map<string, unknown[]> {
  const database = new Database(path, { readonly: true });
  database.defaultSafeIntegers(true);
  const names = database
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    .pluck()
    .all() as string[];
  const rows = names
    .filter((name) => name !== 'migrations')
    .map((name): [string, unknown[]] => {
      const keys = (database.pragma(`table_info(${name})`) as { name: string; pk: bigint }[])
        .filter(({ pk }) => pk > 0)
        .sort((a, b) => Number(a.pk - b.pk))
        .map((column) => column.name);
      return [name, database.prepare(`SELECT * FROM ${name} ORDER BY ${keys}`).all()];
    });
  database.close();
  return new Map(rows.sort(([a], [b]) => (a < b ? -1 : 1)));
}
