import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmdirSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const isRoot = process.getuid?.() === 0;

function run(command: string, args: string[]): void {
  const [program = '', ...given] = isRoot ? [command, ...args] : ['sudo', '-n', command, ...args];
  const { status, stderr, error } = spawnSync(program, given, { encoding: 'utf8' });
  if (status === 0) return;
  throw new Error(
    `This test fills a disk of its own and needs to mount it, as root or by sudo without a password: ${[program, ...given].join(' ')}: ${error?.message ?? stderr.trim()}`,
  );
}

/** A file system of that size in memory. */
export function mountSmallDisk(mebibytes: number) {
  const path = mkdtempSync(join(tmpdir(), 'tallygate-disk-'));
  const owner = `uid=${process.getuid?.()},gid=${process.getgid?.()}`;
  run('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m,${owner}`, 'tmpfs', path]);
  const filler = join(path, 'filler');
  return {
    path,
    /** Takes all the room that is left, to the last byte. */
    fill() {
      const file = openSync(filler, 'a');
      try {
        for (let size = 1024 ** 2; size >= 1; ) {
          try {
            writeSync(file, Buffer.alloc(size));
          } catch (error) {
            if ((error as { code?: string }).code !== 'ENOSPC') throw error;
            size = Math.floor(size / 2);
          }
        }
      } finally {
        closeSync(file);
      }
    },
    free: () => rmSync(filler),
    remove() {
      // The dead may still hold it for a moment.
      run('umount', ['-l', path]);
      rmdirSync(path);
    },
  };
}
