/** What a run of the benchmark is told on its command line. */
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { Fault } from '../src/errors/fault';

export const SCENARIOS = [
  'input',
  'commands',
  'commits',
  'frames',
  'reads',
  'idle',
  'executions',
  'batch',
  'runs',
  'threads',
  'scripts',
  'script-compile',
  'access',
  'start',
] as const;
export type ScenarioName = (typeof SCENARIOS)[number];

export interface Options {
  /** Samples of everything that is quick to repeat. */
  readonly samples: number;
  /** Idle threads. */
  readonly threads: number;
  /** Events of the longest thread that is read. */
  readonly events: number;
  /** Mock runs. */
  readonly runs: number;
  /** Inputs of the large batch. */
  readonly inputs: number;
  /** Cold starts. */
  readonly starts: number;
  readonly only: readonly ScenarioName[];
  /** Of the result file, without `.json`. */
  readonly name: string;
}

export const USAGE = `npm run bench -- [options]

  --samples <n>   samples of each latency, 10 to 10000 (default 200)
  --threads <n>   idle threads, 1 to 1000 (default 1000)
  --events <n>    events of the longest thread, 1000 to 1000000 (default 100000)
  --runs <n>      mock runs, 200 to 100000 (default 5000)
  --inputs <n>    inputs of the large batch, 100 to 10000 (default 10000)
  --starts <n>    cold starts, 1 to 20 (default 3)
  --only <a,b>    some of: ${SCENARIOS.join(', ')}
  --name <name>   name of the file in bench/results (default says cores, Node, and what was chosen by --only)
`;

function count(text: string | undefined, name: string, { fallback, min, max }: { fallback: number; min: number; max: number }): number {
  const value = text === undefined ? fallback : Number(text);
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new Fault('invalid', 'bench.option', `--${name}: expected a whole number from ${min} to ${max}`);
}

/** Null when help was asked for. */
export function readOptions(args: readonly string[]): Options | null {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      samples: text,
      threads: text,
      events: text,
      runs: text,
      inputs: text,
      starts: text,
      only: text,
      name: text,
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return null;
  const only = chosen(values.only);
  // A part never takes the place of the whole.
  const part = values.only === undefined ? '' : `-${only.join('-')}`;
  const name = values.name ?? `${cpus().length}-cores-node-${process.versions.node.split('.')[0]}${part}`;
  if (!/^[a-z0-9][a-z0-9.-]{0,63}$/.test(name)) throw new Fault('invalid', 'bench.option', '--name: expected small letters, digits, dots and dashes');
  return {
    samples: count(values.samples, 'samples', { fallback: 200, min: 10, max: 10_000 }),
    threads: count(values.threads, 'threads', { fallback: 1_000, min: 1, max: 1_000 }),
    events: count(values.events, 'events', { fallback: 100_000, min: 1_000, max: 1_000_000 }),
    runs: count(values.runs, 'runs', { fallback: 5_000, min: 200, max: 100_000 }),
    inputs: count(values.inputs, 'inputs', { fallback: 10_000, min: 100, max: 10_000 }),
    starts: count(values.starts, 'starts', { fallback: 3, min: 1, max: 20 }),
    only,
    name,
  };
}

function chosen(only: string | undefined): readonly ScenarioName[] {
  if (only === undefined) return SCENARIOS;
  const names = only.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !(SCENARIOS as readonly string[]).includes(name));
  if (unknown === undefined) return SCENARIOS.filter((name) => names.includes(name));
  throw new Fault('invalid', 'bench.option', `--only: there is no ${unknown}; there are ${SCENARIOS.join(', ')}`);
}
