import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** Where a process runs: what is measured has one core, what measures it has another. */
export type Place = 'measured' | 'measuring';

const cores: Record<Place, string> = { measured: '0', measuring: '1' };

/** Whether processes can be given a core of their own here: two cores, and `taskset` to do it. */
export const canPin =
  availableParallelism() >= 2 && spawnSync('taskset', ['-c', '0,1', 'true']).status === 0;

export interface Launch {
  /** Arguments of node: flags, a script, the script's arguments. */
  args: string[];
  /** Nowhere in particular when left out. */
  place?: Place | undefined;
  env?: NodeJS.ProcessEnv;
  /** The part talks to its parent by IPC; its output is the parent's own. */
  talks?: boolean;
}

export interface Launched {
  pid: number;
  process: ChildProcess;
  /** All that it wrote so far to either output, its last 64 KiB; nothing of one that talks. */
  output(): string;
  /** SIGTERM, and SIGKILL when that does not end it. Resolves when it is gone. */
  stop(): Promise<void>;
}

const patienceMs = 20_000;
const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Starts node as a process of its own, on its place's core. It never outlives this process. */
export function launch({ args, place, env = process.env, talks = false }: Launch): Launched {
  const pinned = place !== undefined && canPin;
  const command = pinned ? 'taskset' : process.execPath;
  const given = pinned ? ['-c', cores[place], process.execPath, ...args] : args;
  const stdio = talks
    ? (['ignore', 'inherit', 'inherit', 'ipc'] as const)
    : (['ignore', 'pipe', 'pipe'] as const);
  const child = spawn(command, given, { env, stdio: [...stdio] });
  running.add(child);
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => {
      running.delete(child);
      resolve();
    });
  });
  let text = '';
  const hear = (piece: Buffer) => (text = (text + piece).slice(-65_536));
  child.stdout?.on('data', hear);
  child.stderr?.on('data', hear);
  if (child.pid === undefined) throw new Error(`${command} could not be started.`);
  return {
    // taskset becomes node, so the child's id is node's.
    pid: child.pid,
    process: child,
    output: () => text,
    async stop() {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), patienceMs);
      await gone;
      clearTimeout(timer);
    },
  };
}

/** Starts a part by its absolute path and waits for the port that it listens on. */
export async function launchPart(
  file: string,
  place?: Place,
  args: string[] = [],
): Promise<Launched & { port: number }> {
  const part = launch({ args: [file, ...args], place, talks: true });
  const { port } = (await nextMessage(part)) as { port: number };
  return { ...part, port };
}

/** The next thing that a part says; rejects when it ends instead. */
export function nextMessage({ process: child }: Launched): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null) => reject(new Error(`A part ended with code ${code}.`));
    child.once('exit', onExit);
    child.once('message', (message) => {
      child.off('exit', onExit);
      resolve(message);
    });
  });
}
