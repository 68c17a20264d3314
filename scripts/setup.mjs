/**
 * The set-up that every command of the project does for itself: the right Node, the right packages, a fresh build. Node's own modules only, because it
 * runs before anything is installed. Each step that finds its work done costs a few milliseconds.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from './lock.mjs';
import { ROOT } from './root.mjs';

const FLOOR = [20, 19];
const STAMP = join(ROOT, 'node_modules', '.everthread-packages');
const INSTALL_DEADLINE_MS = 15 * 60_000;

const say = (line) => process.stderr.write(`${line}\n`);

/** Ends the process with a message when this Node is too old. */
export function ensureNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > FLOOR[0] || (major === FLOOR[0] && minor >= FLOOR[1])) return;
  say(`Everthread needs Node ${FLOOR.join('.')} or newer; this is ${process.versions.node} (${process.execPath}).`);
  process.exit(1);
}

/** Makes node_modules fit package-lock.json. `tools` asks for the development tools too; without it they stay away where they are absent. */
export async function ensurePackages({ tools }) {
  if (fits(tools)) return;
  await withLock('packages', async () => {
    if (fits(tools)) return;
    const omit = !tools && !existsSync(join(ROOT, 'node_modules', 'jest'));
    const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'));
    const count = Object.entries(packages).filter(([path, entry]) => path !== '' && !(omit && entry.dev)).length;
    say(`Installing npm packages (up to ${count}${omit ? ', without the development tools' : ''}) …`);
    const started = Date.now();
    const seconds = () => Math.round((Date.now() - started) / 1000);
    const ticking = setInterval(() => say(`  … still installing, ${seconds()} s`), 5_000);
    try {
      // Install scripts of dependencies are not needed, and newer npm versions do not run them unasked; this way all versions behave alike.
      await npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', ...(omit ? ['--omit=dev'] : [])]);
    } finally {
      clearInterval(ticking);
    }
    writeFileSync(STAMP, stamp(omit ? 'runtime' : 'all'));
    say(`Installed in ${seconds()} s.`);
  });
}

const stamp = (extent) =>
  `${extent} ${createHash('sha256')
    .update(readFileSync(join(ROOT, 'package-lock.json')))
    .digest('hex')}\n`;

function fits(tools) {
  const found = existsSync(STAMP) ? readFileSync(STAMP, 'utf8') : '';
  if (found === stamp('all') || (!tools && found === stamp('runtime'))) return true;
  // Somebody may have installed by hand: npm's own record of what is there decides, and the stamp saves the next look.
  for (const extent of tools ? ['all'] : ['all', 'runtime']) {
    if (!matchesLock(extent)) continue;
    writeFileSync(STAMP, stamp(extent));
    return true;
  }
  return false;
}

function matchesLock(extent) {
  const record = join(ROOT, 'node_modules', '.package-lock.json');
  if (!existsSync(record)) return false;
  const installed = JSON.parse(readFileSync(record, 'utf8')).packages;
  const wanted = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')).packages;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '' || (extent === 'runtime' && (entry.dev || entry.devOptional))) return true;
    if (!installed[path]) return entry.optional === true;
    return installed[path].version === entry.version && existsSync(join(ROOT, path));
  });
}

function npm(args) {
  // npm's own scripts tell where npm is; a plain `node scripts/…` takes the one on PATH.
  const cli = process.env.npm_execpath;
  const [command, before] = cli && cli.endsWith('npm-cli.js') ? [process.execPath, [cli]] : ['npm', []];
  return run(command, [...before, ...args], { timeout: INSTALL_DEADLINE_MS });
}

/** Brings dist up to date, in a process of its own so that the compilers' memory is given back. */
export async function ensureBuild() {
  const { isBuilt } = await import('./build.mjs');
  if (!(await isBuilt())) await run(process.execPath, [join(ROOT, 'scripts', 'build.mjs')]);
}

/** Runs a program in the project's folder with this terminal; rejects unless it ends with 0. */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'], ...options });
    child.on('error', (problem) => reject(new Error(`cannot run ${command}: ${problem.message}`)));
    child.on('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(Object.assign(new Error(`${command} ${args.join(' ')} ended with ${code ?? signal}`), { exitCode: code ?? 1 }));
    });
  });
}

/** Runs a script's main function: a failure is one line on stderr and an exit code. */
export function main(work) {
  work().catch((problem) => {
    say(process.env.EVERTHREAD_LOG_LEVEL === 'debug' ? problem.stack : problem.message);
    process.exitCode = problem.exitCode ?? 1;
  });
}
