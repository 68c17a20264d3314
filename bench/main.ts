/** The benchmark: every scenario on one system, one table, one file. Not a test: figures depend on the machine, so nothing here belongs to CI. */
import { performance } from 'node:perf_hooks';
import { access } from './access';
import { batch } from './batch';
import { commands } from './commands';
import { commits } from './commits';
import { executions } from './executions';
import { frames } from './frames';
import { idle } from './idle';
import { input } from './input';
import { readOptions, USAGE, type Options, type ScenarioName } from './options';
import { reads } from './reads';
import { runs } from './runs';
import { circumstances, table, writeResults, type Group } from './report';
import { openBench, type Bench, type Scenario } from './scenario';
import { scriptCompile } from './script-compile';
import { scripts } from './scripts';
import { start } from './start';
import { BenchSystem, stopAll } from './system';
import { threads } from './threads';

/** All but the cold starts, which have systems of their own. Those that leave the system another one come last. */
const ON_ONE_SYSTEM: Readonly<Partial<Record<ScenarioName, Scenario>>> = {
  input,
  commands,
  commits,
  frames,
  reads,
  idle,
  executions,
  batch,
  runs,
  threads,
  scripts,
  'script-compile': scriptCompile,
  access,
};

let interrupted = false;

const say = (line: string): void => void process.stderr.write(`${line}\n`);

async function group(scenario: ScenarioName, work: () => Promise<Group['figures']>): Promise<Group> {
  say(`${scenario} …`);
  const started = performance.now();
  const seconds = (): number => Math.round((performance.now() - started) / 100) / 10;
  try {
    const figures = await work();
    return { scenario, seconds: seconds(), figures };
  } catch (problem) {
    const text = problem instanceof Error ? problem.message : String(problem);
    say(`  failed: ${problem instanceof Error ? problem.stack : text}`);
    return { scenario, seconds: seconds(), figures: [], problem: text };
  }
}

async function onOneSystem(options: Options): Promise<readonly Group[]> {
  const chosen = options.only.filter((name) => ON_ONE_SYSTEM[name]);
  if (chosen.length === 0) return [];
  say('Starting Everthread …');
  const system = await BenchSystem.start('node');
  let bench: (Bench & { close(): Promise<void> }) | null = null;
  try {
    const opened = (bench = await openBench(system, options, say));
    const groups: Group[] = [];
    for (const name of chosen) groups.push(await group(name, () => (ON_ONE_SYSTEM[name] as Scenario)(opened)));
    return groups;
  } finally {
    await bench?.close();
    await system.stop();
  }
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options === null) {
    process.stdout.write(USAGE);
    return;
  }
  const about = circumstances(options);
  if (about.loadBefore > 1) say(`The machine is busy (load ${about.loadBefore}): figures will be worse than they are.`);
  const starts = options.only.includes('start') ? [await group('start', () => start(options, say))] : [];
  const groups = [...(await onOneSystem(options)), ...starts];
  // What was cut off says nothing.
  if (interrupted) return;
  process.stdout.write(`\n${table(groups)}\n\n`);
  process.stdout.write(`Written to ${writeResults(options.name, about, groups)}.\n`);
  if (groups.some(({ problem }) => problem !== undefined)) process.exitCode = 1;
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(signal, () => {
    interrupted = true;
    void stopAll().finally(() => process.exit(130));
  });
main().catch((problem: unknown) => {
  say(problem instanceof Error ? (problem.stack ?? problem.message) : String(problem));
  process.exitCode = 1;
});
