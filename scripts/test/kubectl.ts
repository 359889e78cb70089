import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * A `kubectl` that can render manifests: the one on PATH or, as root on Debian, apt's. Rejects with
 * one line that says what to install. No cluster is asked for anything.
 */
export async function ensureKubectl(): Promise<string> {
  if (await works('kubectl')) return 'kubectl';
  if (process.getuid?.() === 0 && (await isThere('apt-get'))) {
    process.stderr.write('Installing kubectl from apt (once) …\n');
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    try {
      await run('apt-get', ['update', '-qq'], { env });
      const name = 'kubernetes-client';
      await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', name], { env });
    } catch (cause) {
      throw new Error(`${advice} (apt-get could not: ${lastLine(cause)})`, { cause });
    }
    if (await works('kubectl')) return 'kubectl';
  }
  throw new Error(advice);
}

const advice =
  'kubectl is needed to check the manifests: install it (https://kubernetes.io/docs/tasks/tools/).';

const works = (command: string) => isThere(command, 'version', '--client');

async function isThere(command: string, ...given: string[]): Promise<boolean> {
  try {
    await run(command, given.length > 0 ? given : ['--version']);
    return true;
  } catch {
    return false;
  }
}

function lastLine(error: unknown): string {
  const { stderr = '', message } = error as Error & { stderr?: string };
  return (stderr.trim() || message).split('\n').at(-1) as string;
}
