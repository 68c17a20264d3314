/**
 * Where the Temporal CLI comes from. In this order: a configured path; `temporal` on PATH; the cache; the official download; a build with Go.
 *
 * What is downloaded or built is kept as `<cache>/temporal-<version>/temporal`. It appears there by one rename after it was seen to run, so a file that exists is
 * complete; of several that need it at once, one works and the others wait.
 */
import { execFile, spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { access, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { cacheDirectory, type ProcessEnvironment } from '../config/config';
import { Fault } from '../errors/fault';
import { takeLock } from '../ptyd/lock';

export const TEMPORAL_CLI_VERSION = '1.5.1';

/** SHA-256 of the official archives of this version, by platform. Others are checked by running what they hold. */
const ARCHIVES: Readonly<Record<string, string>> = {
  'linux-amd64': 'ddc95e08b0b076efd4ea9733a3f488eb7d2be875f8834e616cd2a37358b4852d',
  'linux-arm64': 'bd1b0db9f18b051026de8bf6cc1505f2510f14bbb7a8b9a4a91fff46c77454f5',
  'darwin-amd64': 'bbb73e2a31135abe50a1f1cdb35030c42961df618e8ce9c60ae89f201540c5d9',
  'darwin-arm64': 'cca01b7ea35ad56e2a328d9ae596bf716bd22313ef63c7a761c88354457c2415',
};

const MODULE = `github.com/temporalio/cli/cmd/temporal@v${TEMPORAL_CLI_VERSION}`;
const ANSWER_MS = 15_000;
const DOWNLOAD_MS = 10 * 60_000;
const BUILD_MS = 30 * 60_000;
/** The archive has about 60 MB. */
const ARCHIVE_MAX_BYTES = 400 * 1024 * 1024;

export interface TemporalCliOptions {
  /** EVERTHREAD_TEMPORAL_CLI. */
  readonly configured?: string | null;
  readonly cacheDir?: string;
  readonly env?: ProcessEnvironment;
  /** Hears about everything that takes long, a line at a time. */
  readonly say?: (line: string) => void;
  /** False: only look, make nothing. */
  readonly make?: boolean;
}

/** The path of a CLI that runs. Fault `temporal_cli.broken` (invalid) for a configured path that does not, `temporal_cli.missing` (unavailable) when no way led to one. */
export async function findTemporalCli(options: TemporalCliOptions = {}): Promise<string> {
  const env = options.env ?? process.env;
  const configured = options.configured ?? env.EVERTHREAD_TEMPORAL_CLI;
  if (configured) {
    if (await runs(configured)) return configured;
    throw new Fault('invalid', 'temporal_cli.broken', `EVERTHREAD_TEMPORAL_CLI names ${configured}, which is not a Temporal CLI that runs here.`, {
      path: configured,
    });
  }
  const onPath = await lookUp('temporal', env);
  if (onPath && (await runs(onPath))) return onPath;
  const cached = join(options.cacheDir ?? cacheDirectory(env), `temporal-${TEMPORAL_CLI_VERSION}`, 'temporal');
  if (await isExecutable(cached)) return cached;
  if (options.make === false) throw missing(['nothing was downloaded or built, because that was not asked for']);
  return make(cached, env, options.say ?? (() => undefined));
}

const isExecutable = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );

async function runs(path: string): Promise<boolean> {
  try {
    const { stdout } = await promisify(execFile)(path, ['--version'], { timeout: ANSWER_MS, env: { HOME: '/nonexistent' } });
    return stdout.startsWith('temporal version');
  } catch {
    return false;
  }
}

async function lookUp(program: string, env: ProcessEnvironment): Promise<string | null> {
  for (const directory of (env.PATH ?? '').split(delimiter)) {
    const path = join(directory, program);
    if (directory !== '' && (await isExecutable(path))) return path;
  }
  return null;
}

async function make(target: string, env: ProcessEnvironment, say: (line: string) => void): Promise<string> {
  const folder = join(target, '..');
  await mkdir(folder, { recursive: true, mode: 0o755 });
  const release = await lockOrArrival(target, say);
  if (!release) return target;
  const staging = join(folder, `.part-${process.pid}-${randomUUID()}`);
  try {
    if (await isExecutable(target)) return target;
    await mkdir(staging);
    const tried: string[] = [];
    for (const way of [download, build]) {
      const problem = await way({ staging, env, say }).then(
        () => null,
        (thrown: Error) => thrown.message,
      );
      const made = join(staging, 'temporal');
      if (problem === null && (await runs(made))) {
        await rename(made, target);
        say(`The Temporal CLI is in ${target}.`);
        return target;
      }
      tried.push(problem ?? `${way.name}: what came does not run here`);
    }
    throw missing(tried);
  } finally {
    await rm(staging, { recursive: true, force: true });
    release();
  }
}

/** The right to make the file, or null when somebody else made it while this one waited. */
async function lockOrArrival(target: string, say: (line: string) => void): Promise<(() => void) | null> {
  for (let told = false, by = Date.now() + DOWNLOAD_MS + BUILD_MS; Date.now() < by; await delay(300)) {
    const release = await takeLock(`${target}.lock`);
    if (release) return release;
    if (await isExecutable(target)) return null;
    if (!told) say('Another process is getting the Temporal CLI; waiting for it …');
    told = true;
  }
  throw missing(['another process did not finish getting it']);
}

const missing = (tried: readonly string[]): Fault =>
  new Fault(
    'unavailable',
    'temporal_cli.missing',
    `No Temporal CLI was found or could be made (${tried.join('; ')}). Do one of these: put \`temporal\` on PATH; set EVERTHREAD_TEMPORAL_CLI to its path; ` +
      `allow the download from temporal.download; install Go, so that it can be built; or set EVERTHREAD_TEMPORAL_ADDRESS to a Temporal cluster.`,
    { tried, version: TEMPORAL_CLI_VERSION },
  );

interface Making {
  readonly staging: string;
  readonly env: ProcessEnvironment;
  readonly say: (line: string) => void;
}

const platformOf = (): string => `${process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}`;

async function download({ staging, env, say }: Making): Promise<void> {
  const [platform, arch] = platformOf().split('-');
  say(`Downloading the Temporal CLI ${TEMPORAL_CLI_VERSION} (about 60 MB, once) …`);
  const url = `https://temporal.download/cli/archive/v${TEMPORAL_CLI_VERSION}?platform=${platform}&arch=${arch}`;
  const response = await fetch(url, { signal: AbortSignal.timeout(DOWNLOAD_MS) }).catch((problem: Error) =>
    refuse(`download: ${(problem.cause as Error | undefined)?.message ?? problem.message}`),
  );
  if (!response.ok || !response.body) return refuse(`download: the server answered ${response.status}`);
  const archive = join(staging, 'archive.tar.gz');
  const sum = await save(response.body, archive, say);
  const wanted = ARCHIVES[platformOf()];
  if (wanted && sum !== wanted) return refuse(`download: the archive's SHA-256 is ${sum}, expected ${wanted}`);
  await promisify(execFile)('tar', ['-xzf', archive, '-C', staging, 'temporal'], { env: { PATH: env.PATH ?? '/usr/bin:/bin' }, timeout: 120_000 });
}

/** Writes the body to a file, tells how far it is, returns the SHA-256. */
async function save(body: ReadableStream<Uint8Array>, path: string, say: (line: string) => void): Promise<string> {
  const hash = createHash('sha256');
  let size = 0;
  let toldAt = Date.now();
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
      size += chunk.byteLength;
      if (size > ARCHIVE_MAX_BYTES) return refuse('download: the archive is larger than any Temporal CLI');
      hash.update(chunk);
      if (Date.now() - toldAt > 3_000) {
        toldAt = Date.now();
        say(`  … ${Math.round(size / 1_000_000)} MB`);
      }
      yield chunk;
    }
  }
  await writeFile(path, counted());
  return hash.digest('hex');
}

async function build({ staging, env, say }: Making): Promise<void> {
  const go = await lookUp('go', env);
  if (!go) return refuse('build: no Go on PATH');
  say(`Building the Temporal CLI ${TEMPORAL_CLI_VERSION} with Go (about 4 minutes on two cores, once) …`);
  const started = Date.now();
  const ticking = setInterval(() => say(`  … still building, ${Math.round((Date.now() - started) / 1000)} s`), 15_000);
  try {
    const passed = Object.entries(env).filter(([name]) =>
      /^(PATH|HOME|TMPDIR|XDG_CACHE_HOME|(GO|CGO_)[A-Z0-9_]*|https?_proxy|HTTPS?_PROXY|no_proxy|NO_PROXY|SSL_CERT_(FILE|DIR))$/.test(name),
    );
    await finish(go, ['install', '-trimpath', '-ldflags=-s -w', MODULE], { ...Object.fromEntries(passed), GOBIN: staging });
  } finally {
    clearInterval(ticking);
  }
}

/** Runs to the end. Go itself ends its compilers when it is interrupted, so it is asked first and killed five seconds later. */
function finish(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
    const interrupt = (): boolean => child.kill('SIGINT');
    const timers = [setTimeout(interrupt, BUILD_MS), setTimeout(() => child.kill('SIGKILL'), BUILD_MS + 5_000)];
    process.once('exit', interrupt);
    let problem = '';
    child.stderr.on('data', (data: Buffer) => (problem = (problem + data.toString()).slice(-2_000)));
    child.on('error', reject);
    child.on('close', (code) => {
      timers.forEach(clearTimeout);
      process.off('exit', interrupt);
      if (code === 0) resolve();
      else reject(new Fault('unavailable', 'temporal_cli.build', `build: go ended with ${code}: ${problem.trim().split('\n').slice(-3).join(' ')}`));
    });
  });
}

function refuse(reason: string): never {
  throw new Fault('unavailable', 'temporal_cli.unavailable', reason);
}
