import { describe, expect, it } from 'vitest';
import { type CpuProfile, readProfile } from './cpu-profile.ts';

const frame = (id: number, functionName: string, url = '', lineNumber = 0) => ({
  id,
  callFrame: { functionName, url, lineNumber },
});

const profile: CpuProfile = {
  startTime: 1000,
  nodes: [
    frame(1, '(idle)'),
    frame(2, 'relay', 'file:///home/me/gate/functions/proxy/relay.ts', 9),
    frame(3, 'parse', 'file:///home/me/gate/node_modules/a/node_modules/undici/lib/client.js', 41),
    frame(4, '(garbage collector)'),
    frame(5, 'writev'),
    frame(6, '', 'node:net', 6),
  ],
  samples: [2, 1, 3, 4, 5, 6, 2],
  timeDeltas: [0, 10, 100, 5, 3, 2, 1],
};

describe('readProfile', () => {
  it('adds up self time by function and by module, and leaves idle time out', () => {
    const reading = readProfile(profile, 1000, 2000);
    expect(reading.functions).toEqual([
      { name: 'relay  functions/proxy/relay.ts:10', microseconds: 10 },
      { name: 'parse  undici/lib/client.js:42', microseconds: 5 },
      { name: '(garbage collector)  (garbage collector)', microseconds: 3 },
      { name: 'writev  (native)', microseconds: 2 },
      { name: '(anonymous)  node:net:7', microseconds: 1 },
    ]);
    expect(reading.modules.map(({ name }) => name)).toEqual([
      'functions/proxy/relay.ts',
      'undici/lib/client.js',
      '(garbage collector)',
      '(native)',
      'node:net',
    ]);
    expect(reading.busyMicroseconds).toBe(21);
  });

  it('looks only at the time it is asked for', () => {
    expect(readProfile(profile, 1110, 1116).busyMicroseconds).toBe(8);
  });
});
