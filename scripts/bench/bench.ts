import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bundle } from './bundle.ts';
import { measureColdStarts } from './cold-start.ts';
import { startGateway } from './gateway.ts';
import { measureIngest } from './ingest.ts';
import { launchPart } from './launch.ts';
import { entries, type Layout, needLayout } from './layout.ts';
import { forgetPeak, memoryOf } from './processes.ts';
import { measureQueries } from './queries.ts';
import {
  coldStartBar,
  coldStartTable,
  ingestTable,
  machineLine,
  queriesTable,
  rowsTable,
} from './report.ts';
import type { Row } from './rows.ts';
import {
  type Effort,
  type LoadSection,
  loadSections,
  type MemoryReading,
  memoryRows,
  runSection,
} from './sections.ts';
import { createRig, type Rig, targetNames } from './targets.ts';

/**
 * npm run bench [latency throughput streams ingest queries cold-start]
 *   [-- --rounds 5 --seconds 4 --records 20000 --store FILE --json FILE]
 *
 * What the gateway costs, beside calling the upstream directly and beside the least that a proxy
 * in node can do, in the same run. Memory and the books are read with any of the first three.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '4' },
    records: { type: 'string', default: '20000' },
    store: { type: 'string' },
    'cold-starts': { type: 'string', default: '9' },
    layout: { type: 'string', default: 'image' },
    json: { type: 'string' },
  },
});
const names = [...loadSections, 'ingest', 'queries', 'cold-start'] as const;
const unknown = positionals.filter((name) => !names.some((known) => known === name));
if (unknown.length > 0) {
  process.stderr.write(`There is no bench ${unknown.join(', ')}; there are ${names.join(', ')}.\n`);
  process.exit(1);
}
const wants = (name: string) => positionals.length === 0 || positionals.includes(name);
const effort: Effort = { rounds: Number(values.rounds), seconds: Number(values.seconds) };
const layout = values.layout as Layout;
if (!(layout in entries)) {
  process.stderr.write('--layout is image (bundled, as shipped) or sources.\n');
  process.exit(1);
}
const say = (text: string) => process.stdout.write(`${text}\n`);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Long enough for what a start leaves behind to be collected, and for the load's to be let go. */
const restMs = 5000;
/** Until the compiler has done with the hot paths. */
const warmUpSeconds = 3;

interface LoadFindings {
  rows: Row[];
  books: { answered: number; booked: number };
}

async function measureLoad(sections: LoadSection[], compileCache: string): Promise<LoadFindings> {
  const folder = mkdtempSync(join(tmpdir(), 'tallygate-bench-'));
  const upstream = await launchPart(bundle('upstream.ts', folder), 'measuring');
  const gateway = await startGateway({
    layout,
    folder,
    compileCache,
    upstreamPort: upstream.port,
    place: 'measured',
  });
  const rig = await createRig(gateway, upstream.port, folder);
  try {
    await pause(restMs);
    const idle = readMemory(rig, 'resident');
    for (const pid of pidsOf(rig)) forgetPeak(pid);
    for (const kind of ['plain', 'burst'] as const) {
      for (const target of targetNames) {
        await rig.run(target, { kind, connections: 32, seconds: warmUpSeconds });
      }
    }
    const rows: Row[] = [];
    for (const section of sections) {
      say(`… ${section}`);
      rows.push(...(await runSection[section](rig, effort)));
    }
    await pause(restMs);
    const after = readMemory(rig, 'resident');
    rows.push(...memoryRows({ idle, peak: readMemory(rig, 'peak'), after }));
    return { rows, books: { answered: rig.answered(), booked: await gateway.booked() } };
  } finally {
    await rig.stop();
    await gateway.stop();
    await upstream.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

const pidsOf = ({ least, gateway }: Rig) => [least.pid, gateway.proxy.pid, gateway.ingest.pid];

function readMemory(rig: Rig, which: 'resident' | 'peak'): MemoryReading {
  const [least = 0, proxy = 0, ingest = 0] = pidsOf(rig).map((pid) => memoryOf(pid)[which]);
  return { least, proxy, ingest };
}

needLayout(layout);
const machine = machineLine();
say(machine);
say(
  `${effort.rounds} rounds of ${effort.seconds} s each; medians; logging on; layout: ${layout}\n`,
);
const compileCache = mkdtempSync(join(tmpdir(), 'tallygate-compile-cache-'));
try {
  const sections = loadSections.filter(wants);
  const load = sections.length > 0 ? await measureLoad(sections, compileCache) : null;
  if (load) {
    const { answered, booked } = load.books;
    say(`\n${rowsTable(load.rows)}`);
    const judgement = answered === booked ? 'each answer has its row' : 'THE BOOKS ARE WRONG';
    say(`\nbooks: ${answered} answers, ${booked} rows booked: ${judgement}\n`);
  }
  let ingest: Awaited<ReturnType<typeof measureIngest>> | null = null;
  if (wants('ingest')) {
    say('… ingest');
    const records = Number(values.records);
    ingest = await measureIngest({ rounds: effort.rounds, records }, layout, compileCache);
    say(`\n${ingestTable(ingest.findings)}`);
    say(`\nbodies of ${Math.round(ingest.bodyBytes)} bytes on average; nothing pinned\n`);
  }
  let queries: Awaited<ReturnType<typeof measureQueries>> | null = null;
  if (wants('queries') && values.store === undefined) {
    say('queries: left out. Seed a store (scripts/seed) and name its file with --store.\n');
  } else if (wants('queries') && values.store) {
    say('… queries');
    queries = await measureQueries({ store: values.store, ...effort }, layout, compileCache);
    say(`\n${queriesTable(queries)}\n`);
  }
  let coldStart: Awaited<ReturnType<typeof measureColdStarts>> | null = null;
  if (wants('cold-start')) {
    say('… cold-start');
    const rounds = Number(values['cold-starts']);
    coldStart = await measureColdStarts(rounds, ['image', 'sources'], compileCache);
    say(`\n${coldStartTable(coldStart.bare, coldStart.functions)}\n`);
  }
  if (values.json) {
    const coldStarts = coldStart && { ...coldStart, bar: coldStartBar };
    const findings = {
      machine,
      at: new Date().toISOString(),
      effort,
      ...load,
      ingest,
      queries,
      coldStarts,
    };
    writeFileSync(values.json, `${JSON.stringify(findings, null, 2)}\n`);
  }
} finally {
  rmSync(compileCache, { recursive: true, force: true });
}
