import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';

/** What the kernel says of a process's memory, in MB (10⁶ bytes). */
export interface Memory {
  resident: number;
  /** The most it ever was, or since `forgetPeak`. */
  peak: number;
}

/**
 * CPU time (user and system, all threads) that a process has used, in µs. The scheduler's own
 * account by thread is exact to the nanosecond; `/proc/<pid>/stat`, where a kernel keeps no
 * such account, counts ticks of 10 ms.
 */
export function cpuMicroseconds(pid: number): number {
  if (existsSync(`/proc/${pid}/schedstat`)) {
    return cpuByThread(pid).reduce((sum, { microseconds }) => sum + microseconds, 0);
  }
  const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
  return (parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8')).ticks * 1e6) / ticksPerSecond;
}

export interface ThreadTime {
  id: number;
  name: string;
  microseconds: number;
}

/** CPU time of a process's living threads; the first is its main thread. */
export function cpuByThread(pid: number): ThreadTime[] {
  const threads: ThreadTime[] = [];
  for (const id of readdirSync(`/proc/${pid}/task`).map(Number)) {
    try {
      const { name } = parseStat(readFileSync(`/proc/${pid}/task/${id}/stat`, 'utf8'));
      // "<ns on a CPU> <ns waiting for one> <time slices>"
      const schedule = readFileSync(`/proc/${pid}/task/${id}/schedstat`, 'utf8');
      threads.push({ id, name, microseconds: Number.parseFloat(schedule) / 1000 });
    } catch (error) {
      // A thread may end while we read of it.
      if (!['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
  }
  return threads.sort((one, other) => one.id - other.id);
}

export function memoryOf(pid: number): Memory {
  return parseStatus(readFileSync(`/proc/${pid}/status`, 'utf8'));
}

/** Lets the peak start again from what is resident now (proc(5), clear_refs 5). */
export function forgetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

/**
 * Name and CPU ticks (user and system) from a line of `/proc/<pid>/stat`. The name stands in
 * brackets and may itself hold blanks and brackets, so fields are counted from the last one.
 */
export function parseStat(line: string): { name: string; ticks: number } {
  const nameEnd = line.lastIndexOf(')');
  const fields = line.slice(nameEnd + 2).split(' ');
  // proc(5) counts from 1 and the state, our first, is its 3rd: utime is the 14th, stime the 15th.
  const ticks = Number(fields[11]) + Number(fields[12]);
  if (nameEnd < 0 || Number.isNaN(ticks)) {
    throw new Error(`This is no line of /proc/<pid>/stat: ${line.slice(0, 80)}`);
  }
  return { name: line.slice(line.indexOf('(') + 1, nameEnd), ticks };
}

/** The memory lines of `/proc/<pid>/status`, whose kB are of 1,024 bytes. */
export function parseStatus(text: string): Memory {
  const megabytes = (field: string) => {
    const kilobytes = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1];
    if (kilobytes === undefined) throw new Error(`/proc/<pid>/status has no ${field}.`);
    return (Number(kilobytes) * 1024) / 1_000_000;
  };
  return { resident: megabytes('VmRSS'), peak: megabytes('VmHWM') };
}
