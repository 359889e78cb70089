/** A profile as V8 writes it (`--cpu-prof`), the parts that we read. Times are in µs. */
export interface CpuProfile {
  nodes: ProfileNode[];
  startTime: number;
  samples: number[];
  /** `timeDeltas[i]` lies between sample `i - 1` (or the start) and sample `i`. */
  timeDeltas: number[];
}

interface ProfileNode {
  id: number;
  callFrame: { functionName: string; url: string; lineNumber: number };
}

export interface Cost {
  name: string;
  microseconds: number;
}

export interface ProfileReading {
  functions: Cost[];
  modules: Cost[];
  /** Without the time in which the thread had nothing to do. */
  busyMicroseconds: number;
}

/** Self time by function and by module between two times of the same (monotonic) clock, in µs. */
export function readProfile(profile: CpuProfile, from: number, to: number): ProfileReading {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const functions = new Map<string, number>();
  const modules = new Map<string, number>();
  let busyMicroseconds = 0;
  let at = profile.startTime;
  profile.samples.forEach((id, index) => {
    // A sample stands for the time until the next one.
    at += profile.timeDeltas[index] ?? 0;
    const length = profile.timeDeltas[index + 1] ?? 0;
    const frame = nodes.get(id)?.callFrame;
    if (!frame || at < from || at > to || frame.functionName === '(idle)') return;
    const module = moduleOf(frame.url, frame.functionName);
    const place = frame.url === '' ? '' : `:${frame.lineNumber + 1}`;
    add(functions, `${frame.functionName || '(anonymous)'}  ${module}${place}`, length);
    add(modules, module, length);
    busyMicroseconds += length;
  });
  return { functions: sorted(functions), modules: sorted(modules), busyMicroseconds };
}

const add = (costs: Map<string, number>, name: string, microseconds: number) =>
  costs.set(name, (costs.get(name) ?? 0) + microseconds);

const sorted = (costs: Map<string, number>): Cost[] =>
  [...costs]
    .map(([name, microseconds]) => ({ name, microseconds }))
    .sort((one, other) => other.microseconds - one.microseconds);

/** `functions/proxy/relay.ts`, `undici/lib/core/request.js`, `node:net`; V8's own words have no file. */
function moduleOf(url: string, functionName: string): string {
  if (url === '') return functionName.startsWith('(') ? functionName : '(native)';
  const path = url.replace(/^file:\/\//, '');
  const dependency = path.lastIndexOf('/node_modules/');
  if (dependency >= 0) return path.slice(dependency + '/node_modules/'.length);
  return /\/((functions|scripts|dist)\/.*)$/.exec(path)?.[1] ?? path;
}
