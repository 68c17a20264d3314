/** Under root, the system user that runs Postgres, and places that this user can reach. */
import { execFileSync } from 'node:child_process';
import { chownSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { Fault } from '../errors/fault';

export interface SystemUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** Where things go that the other user must reach when the data directory or the checkout is closed to it. Only root writes here. */
export const SYSTEM_DIR = '/var/lib/everthread';
const NAME = 'everthread';

/** Null unless this process is root. Else our own system user, made when it is not there. Fault `postgres.no_user` (unavailable) when none can be had. */
export function postgresUser(): SystemUser | null {
  if (process.getuid?.() !== 0) return null;
  const known = find(NAME);
  if (known) return known;
  for (const [program, ...args] of [
    ['useradd', '--system', '--user-group', '--no-create-home', '--home-dir', '/nonexistent', '--shell', '/usr/sbin/nologin', NAME],
    ['adduser', '-S', '-D', '-H', '-s', '/sbin/nologin', NAME],
  ] as const) {
    try {
      execFileSync(program, args, { stdio: 'ignore', timeout: 15_000, env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' } });
    } catch {
      // No such program, or somebody made the user at the same time.
    }
    const made = find(NAME);
    if (made) return made;
  }
  const spare = find('postgres') ?? find('nobody');
  if (spare) return spare;
  throw new Fault(
    'unavailable',
    'postgres.no_user',
    'Postgres cannot run as root, and no system user could be made for it. Start as another user, or set EVERTHREAD_DATABASE_URL.',
  );
}

function find(name: string): SystemUser | null {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  return uid && gid ? { name, uid: Number(uid), gid: Number(gid) } : null;
}

/** True when the user may walk from the root to this existing folder. */
function reaches({ uid, gid }: SystemUser, path: string): boolean {
  const { mode, uid: owner, gid: group } = statSync(path);
  const bit = owner === uid ? 0o100 : group === gid ? 0o010 : 0o001;
  return (mode & bit) !== 0 && (path === dirname(path) || reaches({ name: '', uid, gid }, dirname(path)));
}

/**
 * The folder for a cluster, owned by whoever runs Postgres: `wanted`, or a folder of its own below {@link SYSTEM_DIR} when the user cannot reach that (its name is made from the
 * wanted path, so the next start finds it again).
 */
export function clusterFolder(wanted: string, user: SystemUser | null, say: (line: string) => void): string {
  if (!user) {
    mkdirSync(wanted, { recursive: true, mode: 0o700 });
    return wanted;
  }
  const within = reaches(user, dirname(wanted));
  const folder = within ? wanted : join(SYSTEM_DIR, `postgres-${createHash('sha256').update(wanted).digest('hex').slice(0, 16)}`);
  if (!within) say(`Postgres runs as the user ${user.name}, who cannot reach ${dirname(wanted)}; its data is kept in ${folder}.`);
  mkdirSync(dirname(folder), { recursive: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chownSync(folder, user.uid, user.gid);
  return folder;
}
