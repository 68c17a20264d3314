/** Runs Schemathesis against a server: every operation of one surface's description, with a fixed seed and bounds. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Fixed, so that a run can be repeated; another one looks elsewhere. */
const SEED = process.env['EVERTHREAD_SCHEMATHESIS_SEED'] ?? '4';
/** Checks of answers that hold for every operation. */
const CHECKS = ['not_a_server_error', 'status_code_conformance', 'content_type_conformance', 'response_schema_conformance', 'response_headers_conformance'];
const OF_BODIES = 'response_schema_conformance';
/** Requests that break the description are refused; methods that it does not have are 405; credentials that it asks for are asked for. */
const REFUSALS = ['negative_data_rejection', 'unsupported_method', 'allow_header_conformance', 'ignored_auth'];
/** How a request that breaks its description may be refused: also with 413, for a text beyond its bound can make the body larger than bodies may be. */
const REFUSED_WITH = [400, 401, 403, 404, 405, 406, 409, 413, 415, 422, 428, 429];

/** One trial ends within this time, also on a machine that is busy; tests that wait for one wait a little longer. */
const TRY_MS = 280_000;
export const TRIAL_MS = 300_000;

export interface Trial {
  readonly python: string;
  readonly baseUrl: string;
  readonly surface: string;
  /** Operations that are left out, each with its reason. */
  readonly without: Readonly<Record<string, string>>;
  /** Of the phase that makes up requests; 0 leaves it out. */
  readonly maxExamples: number;
  /** With a credential: that it is asked for is checked too. */
  readonly headers: Readonly<Record<string, string>>;
  /** Values that parameters always have, by name (`path.id`). */
  readonly parameters?: Readonly<Record<string, string | number>>;
  /** Its answers are streams: Schemathesis holds each event against the schema of the whole text, which no event fits. */
  readonly streams?: boolean;
}

export interface Tried {
  readonly exitCode: number;
  /** What Schemathesis said, with everything that is needed to repeat what it found. */
  readonly output: string;
  /** Names of the operations that it tried. */
  readonly operations: readonly string[];
}

export async function trySurface({ python, baseUrl, surface, without, maxExamples, headers, parameters = {}, streams = false }: Trial): Promise<Tried> {
  const folder = mkdtempSync(join(process.env['EVERTHREAD_TEST_RUN'] ?? tmpdir(), 'schemathesis-'));
  const config = join(folder, 'schemathesis.toml');
  const report = join(folder, 'junit.xml');
  const pinned = Object.entries(parameters).map(([name, value]) => `${JSON.stringify(name)} = ${JSON.stringify(value)}`);
  // A feature of a later phase would go on asking while there is time; three phases end by themselves.
  const bounds = `[generation]\nmax-examples = ${Math.max(1, maxExamples)}\n`;
  const phases = ['examples', 'coverage', ...(maxExamples > 0 ? ['fuzzing'] : [])].join(',');
  const checks = `[checks]\nnegative_data_rejection.expected-statuses = [${REFUSED_WITH.join(', ')}]\n`;
  writeFileSync(config, `${bounds}\n${checks}\n[parameters]\n${pinned.join('\n')}\n`);
  const args = [
    ...['-m', 'schemathesis.cli', '--config-file', config, 'run', `${baseUrl}/openapi/${surface}.json`, '--url', baseUrl],
    ...[
      '--phases',
      phases,
      '--checks',
      [...CHECKS, ...REFUSALS].filter((check) => !(streams && check === OF_BODIES)).join(','),
      '--mode',
      'all',
      '--continue-on-failure',
    ],
    ...['--seed', SEED, '--generation-database', 'none', '--workers', '1', '--request-timeout', '20', '--no-shrink'],
    ...['--suppress-health-check', 'all', '--warnings', 'off', '--output-sanitize', 'false', '--no-color', '--report', 'junit', '--report-junit-path', report],
    ...Object.keys(without).flatMap((operation) => ['--exclude-operation-id', operation]),
    ...Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]),
  ];
  try {
    const { exitCode, output } = await run(python, args, folder);
    return { exitCode, output, operations: [...read(report).matchAll(/<testcase name="([^"]+)"/g)].map(([, name]) => name as string) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The end of it, without values that fill pages. */
const readable = (output: string): string =>
  output
    .replaceAll(/(?:%[0-9A-F]{2}){40,}/g, '%…')
    .replaceAll(/([^\s]{200})[^\s]{400,}/g, '$1…')
    .slice(-20_000);

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
};

function run(program: string, args: readonly string[], cwd: string): Promise<{ exitCode: number; output: string }> {
  const env = { PATH: process.env['PATH'] ?? '/usr/bin:/bin', HOME: cwd, LANG: 'C.UTF-8', PYTHONDONTWRITEBYTECODE: '1', NO_PROXY: '127.0.0.1' };
  return new Promise((resolve) => {
    execFile(program, args, { cwd, env, timeout: TRY_MS, killSignal: 'SIGKILL', maxBuffer: 32 * 1024 * 1024 }, (problem, stdout, stderr) =>
      resolve({ exitCode: problem === null ? 0 : typeof problem.code === 'number' ? problem.code : -1, output: readable(`${stdout}${stderr}`) }),
    );
  });
}
