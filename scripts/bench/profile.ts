import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bundle } from './bundle.ts';
import { type Cost, type CpuProfile, readProfile } from './cpu-profile.ts';
import { startGateway } from './gateway.ts';
import { launchPart } from './launch.ts';
import { cpuByThread } from './processes.ts';
import { figure, table } from './table.ts';
import { createRig, type Work } from './targets.ts';

/**
 * npx node scripts/bench/profile.ts [--kind plain|burst|paced] [--seconds 6] [--top 15]
 *
 * Where the proxy's time goes under load, thread by thread, in µs of CPU an answer. Runs the
 * sources, whose files name the modules. The sampling itself adds to each figure, and what wakes
 * another thread (`postMessage`, `writev`) looks dearer than it is, as it may lose the core to it.
 */
const { values } = parseArgs({
  options: {
    kind: { type: 'string', default: 'plain' },
    seconds: { type: 'string', default: '6' },
    top: { type: 'string', default: '15' },
  },
});
const kind = values.kind as Work['kind'];
const seconds = Number(values.seconds);
const top = Number(values.top);
const warmUpSeconds = 4;
const say = (text: string) => process.stdout.write(`${text}\n`);
/** V8 stamps samples by the same clock. */
const now = () => Number(process.hrtime.bigint() / 1000n);

const folder = mkdtempSync(join(tmpdir(), 'tallygate-profile-'));
const upstream = await launchPart(bundle('upstream.ts', folder), 'measuring');
const gateway = await startGateway({
  layout: 'sources',
  folder,
  compileCache: join(folder, 'compile-cache'),
  upstreamPort: upstream.port,
  place: 'measured',
  ingestPlace: 'measuring',
  proxyFlags: ['--cpu-prof', '--cpu-prof-interval', '250', '--cpu-prof-dir', folder],
});
const rig = await createRig(gateway, upstream.port, folder);
const work = { kind, connections: kind === 'plain' ? 32 : 16 };
await rig.run('gateway', { ...work, seconds: warmUpSeconds });
const threadsBefore = cpuByThread(gateway.proxy.pid);
const from = now();
const { answers, cpu } = await rig.run('gateway', { ...work, seconds });
const to = now();
const threadsAfter = cpuByThread(gateway.proxy.pid);
await rig.stop();
await gateway.stop();
await upstream.stop();

say(
  `${answers} answers (${kind}); the proxy ${figure(cpu.front)} µs, ingest ${figure(cpu.ingest)} µs`,
);
say('CPU by thread, as the kernel counts it, µs an answer:');
const usedBefore = new Map(threadsBefore.map(({ id, microseconds }) => [id, microseconds]));
const used = threadsAfter.map(({ id, name, microseconds }) => ({
  name,
  microseconds: (microseconds - (usedBefore.get(id) ?? 0)) / answers,
}));
for (const { name, microseconds } of used) {
  if (microseconds >= 0.5) say(`  ${name.padEnd(16)} ${figure(microseconds)}`);
}

/** Node names its threads so; its workers are numbered as they were started. */
const javaScript = used.filter(({ name }) => name === 'MainThread' || name === 'WorkerThread');
// CPU.<date>.<time>.<pid>.<thread>.<number>.cpuprofile
const profiles = readdirSync(folder)
  .filter((name) => name.endsWith('.cpuprofile'))
  .sort((one, other) => Number(one.split('.')[4]) - Number(other.split('.')[4]));
profiles.forEach((name, index) => {
  const profile = JSON.parse(readFileSync(join(folder, name), 'utf8')) as CpuProfile;
  const { functions, modules, busyMicroseconds } = readProfile(profile, from, to);
  const cpuMicros = javaScript[index]?.microseconds ?? Number.NaN;
  if (!(cpuMicros >= 1)) return;
  // Samples are taken by the clock, whether the thread has the core or waits for it.
  const perSample = cpuMicros / busyMicroseconds;
  const lines = (costs: Cost[]) =>
    costs
      .slice(0, top)
      .map(({ name, microseconds }) => [
        name,
        figure(microseconds * perSample),
        `${figure((microseconds / busyMicroseconds) * 100)} %`,
      ]);
  say(
    `\n${index === 0 ? 'The main thread' : `Worker ${index}`}: ${figure(cpuMicros)} µs an answer\n`,
  );
  say(table(['module', 'µs', 'share'], lines(modules)));
  say(`\n${table(['function', 'µs', 'share'], lines(functions))}`);
});
rmSync(folder, { recursive: true, force: true });
