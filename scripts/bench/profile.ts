import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Cost, type CpuProfile, readProfile } from './cpu-profile.ts';
import { startGateway } from './gateway.ts';
import { launchPart } from './launch.ts';
import { cpuByThread } from './processes.ts';
import { figure, table } from './table.ts';
import { createRig, type Work } from './targets.ts';

/**
 * npx node scripts/bench/profile.ts [--kind plain|burst|paced] [--seconds 6] [--top 15]
 *
 * Where the proxy's time goes under load, thread by thread, in µs an answer. Runs the sources,
 * whose files name the modules; the sampling itself adds to each figure.
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
const upstream = await launchPart('upstream.ts', 'measuring');
const gateway = await startGateway({
  layout: 'sources',
  folder,
  compileCache: join(folder, 'compile-cache'),
  upstreamPort: upstream.port,
  place: 'measured',
  proxyFlags: ['--cpu-prof', '--cpu-prof-interval', '250', '--cpu-prof-dir', folder],
});
const rig = await createRig(gateway, upstream.port);
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
for (const { id, name, microseconds } of threadsAfter) {
  const used = (microseconds - (usedBefore.get(id) ?? 0)) / answers;
  if (used >= 0.5) say(`  ${name.padEnd(16)} ${figure(used)}`);
}

const readings = readdirSync(folder)
  .filter((name) => name.endsWith('.cpuprofile'))
  .map((name) => {
    const profile = JSON.parse(readFileSync(join(folder, name), 'utf8')) as CpuProfile;
    return readProfile(profile, from, to);
  })
  .sort((one, other) => other.busyMicroseconds - one.busyMicroseconds);
for (const { functions, modules, busyMicroseconds } of readings) {
  const lines = (costs: Cost[]) =>
    costs
      .slice(0, top)
      .map(({ name, microseconds }) => [
        name,
        figure(microseconds / answers),
        `${figure((microseconds / busyMicroseconds) * 100)} %`,
      ]);
  say(`\nA thread with ${figure(busyMicroseconds / answers)} µs an answer\n`);
  say(table(['module', 'µs', 'share'], lines(modules)));
  say(`\n${table(['function', 'µs', 'share'], lines(functions))}`);
}
rmSync(folder, { recursive: true, force: true });
