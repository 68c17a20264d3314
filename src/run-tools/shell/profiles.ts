/**
 * What the tool `shell` may run (digest §5): four profiles, each with the programs of the one before. It is a first fence, which says early what a call is for; what a program can do
 * then is bounded by the sandbox. So programs that only run others (env, xargs, sh) are in none of them, and options by which a reading program writes or runs something are refused.
 */
import { refused } from '../tool';

export const PROFILES = ['inspect', 'build', 'mutate', 'networked'] as const;
export type Profile = (typeof PROFILES)[number];

const words = (text: string): readonly string[] => text.split(' ');

const ADDED: Readonly<Record<Profile, readonly string[]>> = {
  inspect: words(
    'ls cat head tail wc grep rg find sort uniq cut tr paste nl diff cmp comm stat file du df tree pwd echo printf basename dirname realpath readlink sha256sum md5sum cksum ' +
      'date jq od strings column fold git true false sleep uname nproc which',
  ),
  build: words(
    'node npm npx pnpm yarn tsc eslint prettier jest vitest cargo rustc go gofmt make cmake ninja python python3 pytest uv pip pip3 ruff mypy gcc g++ cc clang ' +
      'java javac mvn gradle dotnet ruby bundle rake php composer perl awk gawk mawk',
  ),
  mutate: words('mkdir touch cp mv rm rmdir ln chmod sed tee patch tar gzip gunzip zip unzip truncate'),
  networked: words('curl wget'),
};

const PROGRAMS: Readonly<Record<Profile, ReadonlySet<string>>> = {
  inspect: new Set(ADDED.inspect),
  build: new Set([...ADDED.inspect, ...ADDED.build]),
  mutate: new Set([...ADDED.inspect, ...ADDED.build, ...ADDED.mutate]),
  networked: new Set([...ADDED.inspect, ...ADDED.build, ...ADDED.mutate, ...ADDED.networked]),
};

/** Commands of git that change nothing, and those that reach for the network. */
const GIT_READS = new Set(words('status log diff show blame ls-files ls-tree rev-parse rev-list cat-file describe shortlog grep merge-base name-rev version'));
const GIT_NETWORK = new Set(words('push fetch pull clone ls-remote remote submodule'));

/** In the profiles `inspect` and `build`: options with which a reading program writes, runs or waits. */
const REFUSED_OPTIONS: Readonly<Record<string, RegExp>> = {
  find: /^-(exec|execdir|ok|okdir|delete|fprint|fprint0|fprintf|fls)$/,
  sort: /^(-o|--output|--compress-program)/,
  rg: /^--(pre|pre-glob|hostname-bin)/,
  tree: /^-o/,
  date: /^(-s|--set)/,
  file: /^(-C|--compile)/,
  tail: /^(-[A-Za-z]*[fF]|--follow|--retry)/,
};

/** In every profile: what would damage the machine where nothing else stops it. */
const NEVER: readonly { readonly programs: ReadonlySet<string>; readonly args: RegExp; readonly why: string }[] = [
  { programs: new Set(['rm', 'chmod', 'mv']), args: /^\/+\.?$/, why: 'the root of the file system is not touched' },
];

/** Fault `tool.refused` when the profile does not have the program, or not with these arguments. */
export function assertAllowed(stages: readonly (readonly string[])[], profile: Profile): void {
  for (const [program = '', ...args] of stages) {
    if (!PROGRAMS[profile].has(program)) throw refused(notHere(program, profile), { field: 'command', program, profile });
    if (program === 'git') assertGit(args, profile);
    const options = profile === 'inspect' || profile === 'build' ? REFUSED_OPTIONS[program] : undefined;
    const found = options && args.find((arg) => options.test(arg));
    if (found !== undefined) throw refused(`${program} ${found} is not part of the profile ${profile}.`, { field: 'command', program, profile });
    for (const { programs, args: pattern, why } of NEVER)
      if (programs.has(program) && args.some((arg) => pattern.test(arg))) throw refused(`${program}: ${why}.`);
  }
}

function notHere(program: string, profile: Profile): string {
  const first = PROFILES.find((each) => PROGRAMS[each].has(program));
  const hint = first === undefined ? 'No profile has it.' : `The profile ${first} has it.`;
  return `${program} is not part of the profile ${profile}. ${hint}`;
}

function assertGit(args: readonly string[], profile: Profile): void {
  const command = args[0] ?? '';
  // `-c`, `--exec-path`, `-C`: settings that run programs, and other places.
  if (command.startsWith('-') && command !== '--version') throw refused(`git ${command}: options stand after the command here.`, { field: 'command' });
  if (args.some((arg) => /^--(ext-diff|textconv|open-files-in-pager|output|upload-pack|receive-pack|exec)\b/.test(arg) || /^-O/.test(arg)))
    throw refused('git: options that run programs or write files are not allowed.', { field: 'command' });
  if (GIT_NETWORK.has(command) && profile !== 'networked') throw refused(`git ${command} is part of the profile networked.`, { field: 'command', profile });
  if ((profile === 'inspect' || profile === 'build') && !GIT_READS.has(command) && command !== '--version')
    throw refused(`git ${command} is part of the profile mutate.`, { field: 'command', profile });
}

/** Put before the arguments of git: what a repository's own configuration could have run is switched off. */
export const GIT_SETTINGS = ['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null', '-c', 'diff.external=', '-c', 'safe.directory=*'] as const;
