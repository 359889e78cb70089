import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

interface SystemTool {
  /** Names it goes by on PATH, the one we would rather have first. */
  commands: string[];
  /** Arguments that make it answer at once and do nothing. */
  probe: string[];
  aptPackage: string;
  /** One line for a person: what to install, and what for. */
  advice: string;
}

/** A `kubectl` that can render manifests. No cluster is asked for anything. */
export const ensureKubectl = () =>
  ensure({
    commands: ['kubectl'],
    probe: ['version', '--client'],
    aptPackage: 'kubernetes-client',
    advice:
      'kubectl is needed to check the manifests: install it (https://kubernetes.io/docs/tasks/tools/).',
  });

/** A Chromium for the browser tests. */
export const ensureChromium = () =>
  ensure({
    commands: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
    probe: ['--version'],
    aptPackage: 'chromium',
    advice: 'Chromium is needed for the browser tests: install it, or Chrome, and put it on PATH.',
  });

/** A Redis, or a Valkey, which is the same to its clients. */
export const ensureRedis = () =>
  ensure({
    commands: ['redis-server', 'valkey-server'],
    probe: ['--version'],
    aptPackage: 'redis-server',
    advice:
      'Redis is needed to test the cache: install redis-server or valkey, and put it on PATH.',
  });

/**
 * The path of the tool on PATH or, as root on Debian, of apt's. Rejects with one line that says
 * what to install.
 */
async function ensure(tool: SystemTool): Promise<string> {
  const found = await find(tool);
  if (found) return found;
  const advise = (why: string, cause?: unknown) =>
    new Error(`${tool.advice}${why}`, cause === undefined ? undefined : { cause });
  if (process.getuid?.() !== 0 || !(await answers('apt-get', ['--version']))) throw advise('');
  process.stderr.write(`Installing ${tool.aptPackage} from apt (once) …\n`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const install = ['install', '-y', '-qq', '--no-install-recommends', tool.aptPackage];
  try {
    await run('apt-get', ['update', '-qq'], { env });
    await run('apt-get', install, { env, maxBuffer: 64 * 1024 * 1024 });
  } catch (cause) {
    throw advise(` (apt-get could not: ${lastLine(cause)})`, cause);
  }
  const installed = await find(tool);
  if (!installed) throw advise(` (apt's ${tool.aptPackage} does not start.)`);
  return installed;
}

async function find({ commands, probe }: SystemTool): Promise<string | undefined> {
  for (const command of commands) {
    if (!(await answers(command, probe))) continue;
    const { stdout } = await run('sh', ['-c', `command -v ${command}`]);
    return stdout.trim();
  }
  return undefined;
}

async function answers(command: string, given: string[]): Promise<boolean> {
  try {
    await run(command, given);
    return true;
  } catch {
    return false;
  }
}

function lastLine(error: unknown): string {
  const { stderr = '', message } = error as Error & { stderr?: string };
  return (stderr.trim() || message).split('\n').at(-1) as string;
}
