import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { setupExitCode } from '../../functions/_shared/config/environment.ts';

export interface Part {
  name: string;
  script: string;
  env: Record<string, string>;
  /** Answers 200 at `/health/readiness` when the part can work. */
  url: string;
}

export interface SupervisorOptions {
  parts: Part[];
  /** A line of a part's output. */
  onLine: (name: string, line: string) => void;
  /** Something that a person should know: a part died, or is started again. */
  onNews: (text: string) => void;
  graceMs: number;
}

const firstPauseMs = 200;
const longestPauseMs = 10_000;
/** A part that ran this long is healthy again; its next death is a first one. */
const healthyMs = 10_000;

/**
 * Runs parts as processes of their own and starts one again that dies, as a cluster would, each
 * time after a longer pause. Children watch their standard input and end with this process,
 * however it ends.
 */
export function supervise({ parts, onLine, onNews, graceMs }: SupervisorOptions) {
  const running = new Map<string, ChildProcess>();
  const deaths = new Map<string, number>();
  let stopping = false;
  let wasReady = false;
  const misconfigured = Promise.withResolvers<never>();
  // Whoever waits for the parts to be ready hears of it.
  misconfigured.promise.catch(() => {});

  function start(part: Part) {
    const began = Date.now();
    const child = spawn(
      process.execPath,
      ['--import', fileURLToPath(new URL('./end-with-parent.ts', import.meta.url)), part.script],
      { env: { ...process.env, ...part.env }, stdio: ['pipe', 'pipe', 'pipe'], detached: true },
    );
    running.set(part.name, child);
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => onLine(part.name, line));
    }
    child.once('exit', (code, signal) => {
      running.delete(part.name);
      if (stopping) {
        if (code !== 0) onNews(`${part.name} did not end well (${signal ?? code})`);
        return;
      }
      if (code === setupExitCode && !wasReady) {
        misconfigured.reject(new Error(`${part.name} cannot start; its own words are above.`));
        return;
      }
      const count = Date.now() - began > healthyMs ? 1 : (deaths.get(part.name) ?? 0) + 1;
      deaths.set(part.name, count);
      const pause = Math.min(longestPauseMs, firstPauseMs * 2 ** (count - 1));
      const again = count > 3 ? '; its own words are above' : '';
      onNews(`${part.name} ended (${signal ?? code}); starting it again${again}`);
      setTimeout(() => {
        if (!stopping) start(part);
      }, pause);
    });
  }

  async function stopOne(name: string): Promise<void> {
    const child = running.get(name);
    if (!child) return;
    const exited = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    const timer = setTimeout(() => {
      onNews(`${name} did not end in time; ending it`);
      child.kill('SIGKILL');
    }, graceMs);
    await exited;
    clearTimeout(timer);
  }

  for (const part of parts) start(part);
  return {
    pidOf: (name: string) => running.get(name)?.pid,
    /**
     * Resolves when every part is ready. Rejects with the name of one that is not in time, and at
     * once when a part says that it is set up wrongly.
     */
    async ready(patienceMs: number): Promise<void> {
      const deadline = Date.now() + patienceMs;
      const ready = Promise.all(parts.map((part) => untilReady(part, deadline)));
      await Promise.race([ready, misconfigured.promise]);
      wasReady = true;
    },
    /** Ends the parts, group by group: each group only after the one before has ended. */
    async stop(groups: string[][]): Promise<void> {
      stopping = true;
      for (const group of groups) await Promise.all(group.map(stopOne));
    },
    kill() {
      stopping = true;
      for (const child of running.values()) child.kill('SIGKILL');
    },
  };
}

async function untilReady(part: Part, deadline: number): Promise<void> {
  for (;;) {
    const ready = await fetch(`${part.url}/health/readiness`).then(
      (response) => response.ok,
      () => false,
    );
    if (ready) return;
    if (Date.now() > deadline) throw new Error(`${part.name} did not become ready.`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
