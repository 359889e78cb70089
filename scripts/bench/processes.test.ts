import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { cpuByThread, cpuMicroseconds, memoryOf, parseStat, parseStatus } from './processes.ts';

const statOf = (name: string) =>
  `4711 (${name}) S 1 4711 4711 0 -1 4194304 9000 0 3 0 250 75 0 0 20 0 11 0 100 1 2 3`;

describe('parseStat', () => {
  it('adds user and system time', () => {
    expect(parseStat(statOf('node'))).toEqual({ name: 'node', ticks: 325 });
  });

  it('is not misled by blanks and brackets in a name', () => {
    expect(parseStat(statOf('a) S 1 (b'))).toEqual({ name: 'a) S 1 (b', ticks: 325 });
  });

  it('refuses what is no stat line', () => {
    expect(() => parseStat('nothing')).toThrow('no line of /proc/<pid>/stat');
  });
});

describe('parseStatus', () => {
  it('reads kibibytes as megabytes', () => {
    const text = 'Name:\tnode\nVmHWM:\t  100000 kB\nVmRSS:\t   50000 kB\nThreads:\t11\n';
    expect(parseStatus(text)).toEqual({ resident: 51.2, peak: 102.4 });
  });

  it('says which line is missing', () => {
    expect(() => parseStatus('Name:\tkthreadd\n')).toThrow('VmRSS');
  });
});

describe.skipIf(!existsSync('/proc/self/stat'))('the kernel’s own files (Linux only)', () => {
  it('show this process at work', () => {
    const before = cpuMicroseconds(process.pid);
    const deadline = process.cpuUsage().user + 60_000;
    while (process.cpuUsage().user < deadline);
    expect(cpuMicroseconds(process.pid)).toBeGreaterThan(before);
    expect(cpuByThread(process.pid)[0]).toMatchObject({ id: process.pid });
    const { resident, peak } = memoryOf(process.pid);
    expect(peak).toBeGreaterThanOrEqual(resident);
    expect(resident).toBeGreaterThan(10);
  });
});
