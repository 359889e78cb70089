// Runs on any Node from 20 up, before anything is installed, so it is plain JavaScript and uses
// nothing but Node. `node scripts/bootstrap.mjs <script.ts> [arguments]` installs what is missing
// or older than the lockfile, then runs the script with the Node that the project brings.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, 'node_modules');
const stamp = join(modules, '.tallygate-installed');
const lock = join(root, '.tallygate-installing');
const projectNode = join(modules, 'node', 'bin', 'node');

function stop(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

function lockfileHash() {
  return createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
}

function isInstalled() {
  return (
    existsSync(stamp) && readFileSync(stamp, 'utf8') === lockfileHash() && existsSync(projectNode)
  );
}

/** Whether another run is installing right now. A run that was killed leaves its lock behind. */
function isBeingInstalled() {
  try {
    process.kill(Number(readFileSync(join(lock, 'pid'), 'utf8')), 0);
    return true;
  } catch {
    return existsSync(lock) && Date.now() - statSync(lock).mtimeMs < 2000;
  }
}

function install() {
  for (;;) {
    try {
      mkdirSync(lock);
      break;
    } catch {
      if (!isBeingInstalled()) rmSync(lock, { recursive: true, force: true });
      else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
    }
  }
  try {
    writeFileSync(join(lock, 'pid'), String(process.pid));
    if (isInstalled()) return;
    process.stderr.write('Installing packages (once, about half a minute) …\n');
    const result = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], {
      cwd: root,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    if (result.error) stop(`npm cannot be run: ${result.error.message}. Install npm 10 or newer.`);
    if (result.status !== 0) stop('npm ci failed; its own words are above. Is the network there?');
    if (!existsSync(projectNode)) {
      stop('npm ci did not bring Node 24 (node_modules/node/bin/node). Are install scripts off?');
    }
    writeFileSync(stamp, lockfileHash());
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

if (Number(process.versions.node.split('.')[0]) < 20) {
  stop(`Node 20 or newer is needed to begin; this is ${process.version}.`);
}
if (!isInstalled()) install();

const child = spawn(projectNode, process.argv.slice(2), {
  cwd: root,
  stdio: 'inherit',
  env: {
    ...process.env,
    PATH: [dirname(projectNode), join(modules, '.bin'), process.env.PATH].join(delimiter),
  },
});
// Ctrl-C reaches the child by itself; a signal to this process alone does not.
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
process.on('SIGINT', () => {});
child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
