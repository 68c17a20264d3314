/**
 * What this machine can enforce on a program, and the argument array that enforces it. Looked at once, by trying it.
 *
 * On Linux with util-linux: namespaces of its own for network, processes and mounts (by root, or by anybody where user namespaces are allowed), an end together with the worker
 * (`setpriv --pdeathsig`), limits (`prlimit`). A namespace of processes is what makes an end certain: when its first process goes, the kernel ends all others, daemons
 * included; and nobody in it sees the worker's environment in /proc. Elsewhere programs run in a process group of their own, and the receipt says what is missing.
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { isWithin } from '../workspace/confined-path';

export interface Enforced {
  /** Without the grant there is no network at all; with `loopback` programs still reach one another on 127.0.0.1. */
  readonly network: boolean;
  readonly loopback: boolean;
  /** Whatever it starts ends with it, also when the worker is killed. */
  readonly processes: boolean;
  /** Directories of Everthread are empty for it. */
  readonly hidden: boolean;
  /** Of memory, processor time and the size of files, for each process. */
  readonly limits: boolean;
}

export interface Wanted {
  readonly network: 'none' | 'open';
  readonly cwd: string;
  /** The workspace, which stays where it is though a directory above it is hidden. */
  readonly workspace: string;
  readonly hidden: readonly string[];
  /** An empty directory for this call alone. */
  readonly stash: string;
  readonly memoryBytes: number;
  /** Infinity: it may take any time, of the processor too. */
  readonly timeoutMs: number;
}

export interface Sandbox {
  readonly enforced: Enforced;
  wrap(argv: readonly string[], wanted: Wanted): readonly string[];
}

const FOLDERS = ['/usr/bin', '/bin', '/usr/sbin', '/sbin'];
const find = (name: string): string | null => FOLDERS.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? null;

const FILE_MAX = 4 * 1_024 ** 3;
const OPEN_FILES_MAX = 4_096;

/**
 * Prepares the namespaces and becomes the program: loopback up, hidden directories covered by empty ones, the workspace put back where it was below one of them. The arguments
 * are positions, never text of the script. `cd` comes last: a folder entered before would still lead to what is covered by now.
 */
const LAUNCHER = `
set -eu
ip=$1 mount=$2 umount=$3 cwd=$4 workspace=$5 stash=$6 covered=$7 hidden=$8
shift 8
if [ -n "$ip" ]; then "$ip" link set lo up; fi
if [ "$covered" = yes ]; then "$mount" --rbind "$workspace" "$stash"; fi
while [ "$hidden" -gt 0 ]; do
  "$mount" -t tmpfs -o size=1m,mode=755 tmpfs "$1"
  shift
  hidden=$((hidden - 1))
done
if [ "$covered" = yes ]; then mkdir -p "$workspace"; "$mount" --rbind "$stash" "$workspace"; "$umount" -l "$stash"; fi
cd "$cwd"
exec "$@"
`;

/** What programs of a container have by default, too: enough for package managers and tests, nothing about mounts, networks, tracing and the kernel. */
const KEPT_CAPABILITIES = ['chown', 'dac_override', 'fowner', 'fsetid', 'kill', 'setgid', 'setuid', 'setpcap', 'net_bind_service', 'setfcap'];

interface Programs {
  readonly unshare: string | null;
  readonly setpriv: string | null;
  readonly prlimit: string | null;
  readonly sh: string | null;
  readonly ip: string | null;
  readonly mount: string | null;
  readonly umount: string | null;
}

/** Becomes the worker's user again, without the rights that made the namespaces. */
function withoutRights({ unshare, setpriv }: Programs): readonly string[] {
  const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
  if (uid !== 0) return [unshare ?? '', '--user', `--map-user=${uid}`, `--map-group=${gid}`, '--', setpriv ?? '', '--no-new-privs', '--'];
  const kept = ['-all', ...KEPT_CAPABILITIES.map((name) => `+${name}`)].join(',');
  return [setpriv ?? '', '--no-new-privs', '--inh-caps=-all', `--bounding-set=${kept}`, '--'];
}

function namespaces(programs: Programs, { network, cwd, workspace, hidden, stash }: Wanted): readonly string[] {
  const { unshare, sh, ip, mount, umount } = programs;
  const user = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'];
  const net = network === 'none' ? ['--net'] : [];
  const covered = hidden.some((folder) => isWithin(folder, workspace));
  const own = [unshare ?? '', ...user, ...net, '--pid', '--fork', '--kill-child', '--mount', '--mount-proc', '--'];
  const positions = [
    network === 'none' ? (ip ?? '') : '',
    mount ?? '',
    umount ?? '',
    cwd,
    workspace,
    stash,
    covered ? 'yes' : 'no',
    String(hidden.length),
    ...hidden,
  ];
  return [...own, sh ?? '', '-c', LAUNCHER, 'launcher', ...positions, ...withoutRights(programs)];
}

const limits = ({ prlimit }: Programs, { memoryBytes, timeoutMs }: Wanted): readonly string[] => {
  const cpu = Number.isFinite(timeoutMs) ? String(Math.ceil(timeoutMs / 1_000) * availableParallelism()) : 'unlimited';
  // Not the address space: programs with a garbage collector reserve far more of it than they use.
  return [prlimit ?? '', `--data=${memoryBytes}`, `--cpu=${cpu}`, `--fsize=${FILE_MAX}`, `--nofile=${OPEN_FILES_MAX}`, '--core=0', '--'];
};

interface Able {
  readonly namespaces: boolean;
  readonly limits: boolean;
  readonly lifeline: boolean;
}

const wrapper =
  (programs: Programs, able: Able): Sandbox['wrap'] =>
  (argv, wanted) => [
    ...(able.lifeline ? [programs.setpriv ?? '', '--pdeathsig', 'KILL', '--'] : []),
    ...(able.limits ? limits(programs, wanted) : []),
    ...(able.namespaces ? namespaces(programs, wanted) : []),
    ...argv,
  ];

const PROBE_MS = 10_000;

/** Whether a program in it runs as it should. */
async function works(argv: readonly string[]): Promise<boolean> {
  try {
    const [program = '', ...args] = argv;
    await promisify(execFile)(program, args, { env: { PATH: FOLDERS.join(':') }, timeout: PROBE_MS, killSignal: 'SIGKILL' });
    return true;
  } catch {
    return false;
  }
}

/** Tries what there is. Never throws. */
export async function detectSandbox(): Promise<Sandbox> {
  const names = { unshare: find('unshare'), setpriv: find('setpriv'), prlimit: find('prlimit'), sh: find('sh'), mount: find('mount'), umount: find('umount') };
  const programs: Programs = { ...names, ip: find('ip') };
  const nothing: Able = { namespaces: false, limits: false, lifeline: false };
  const trial = mkdtempSync(join(tmpdir(), 'everthread-probe-'));
  try {
    for (const folder of ['data/workspace', 'stash']) mkdirSync(join(trial, folder), { recursive: true });
    const workspace = join(trial, 'data', 'workspace');
    const wanted: Wanted = {
      ...{ network: 'none', cwd: workspace, workspace, stash: join(trial, 'stash'), hidden: [join(trial, 'data')] },
      ...{ memoryBytes: 512 * 1_024 ** 2, timeoutMs: PROBE_MS },
    };
    const linux = process.platform === 'linux';
    const tries = (able: Able, given: Programs): Promise<boolean> => works(wrapper(given, able)([find('true') ?? 'true'], wanted));
    const complete = Object.values(names).every((path) => path !== null);
    const spaces = { ...nothing, namespaces: true };
    const loopback = linux && complete && programs.ip !== null && (await tries(spaces, programs));
    const apart = loopback || (linux && complete && (await tries(spaces, { ...programs, ip: null })));
    const able: Able = {
      namespaces: apart,
      limits: linux && programs.prlimit !== null && (await tries({ ...nothing, limits: true }, programs)),
      lifeline: linux && programs.setpriv !== null && (await tries({ ...nothing, lifeline: true }, programs)),
    };
    const enforced: Enforced = { network: apart, loopback, processes: apart && able.lifeline, hidden: apart, limits: able.limits };
    return { enforced, wrap: wrapper(loopback ? programs : { ...programs, ip: null }, able) };
  } finally {
    rmSync(trial, { recursive: true, force: true });
  }
}
