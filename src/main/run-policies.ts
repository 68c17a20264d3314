/** Policies of runs from folders of JSON bundles, read again when a file changes. A worker decides by them, and says so in Postgres, where API processes read what is in force. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { ToldPolicies } from '../contracts/run/told-policies';
import { isSignedBy } from '../domain/ed25519';
import { ledgerJson } from '../domain/run/ledger/hash';
import { toldPolicy, type PolicySet } from '../domain/run/authority/policies';
import { readBundle, type PolicyBundle, type PolicyTrust } from '../domain/run/authority/policy-bundle';
import { Fault, faultFrom } from '../errors/fault';
import type { Log } from '../surfaces/http/log';
import { watchFolders, type FoundFile, type FoundFiles } from './watched-folders';

/** One file, as people are told of it. */
export interface PolicyFile {
  readonly path: string;
  /** `<name>@<version>`; null: nothing of the file is in force. */
  readonly bundle: string | null;
  /** What is wrong with the file as it is now; its bundle is then the one from before. */
  readonly problem: { readonly code: string; readonly reason: string } | null;
}

export interface Policies {
  /** In force now, in the order of the folders and of the names of their files. */
  current(): PolicySet;
  files(): readonly PolicyFile[];
  stop(): Promise<void>;
}

/** Who may sign: keys as 64 hex digits; none: nobody has to. */
export const policyTrust = (keys: readonly string[]): PolicyTrust => ({
  keys,
  verify: ({ policy, publicKey, signature }) => isSignedBy(publicKey, ledgerJson(policy), signature),
});

/** One file. Faults `policy.invalid`, `policy.untrusted`, and `policy.unreadable` (invalid) for one that cannot be read. */
export async function readPolicyFile(path: string, trust: PolicyTrust): Promise<PolicyBundle> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (problem) {
    throw new Fault('invalid', 'policy.unreadable', `${path}: ${problem instanceof Error ? problem.message : String(problem)}`, { path });
  }
  return readBundle(text, trust);
}

export interface PolicyOptions {
  readonly folders: readonly string[];
  readonly trustedKeys: readonly string[];
  readonly log: Log;
  readonly everyMs?: number;
  /** Told what is in force at first and after every change. */
  readonly changed?: (said: ToldPolicies) => void;
}

/**
 * Reads all files, then watches. At the start a bad file or a folder that cannot be read is a fault (`policy.invalid`, `policy.untrusted`, `policy.unreadable`): a process must not run
 * without rules that somebody wrote for it. Later what is wrong is logged and shown, and what was in force before stays.
 */
export async function watchPolicies({ folders, trustedKeys, log, everyMs, changed = () => undefined }: PolicyOptions): Promise<Policies> {
  const loaded = new LoadedPolicies(folders, policyTrust(trustedKeys), log);
  if (folders.length === 0) {
    changed(loaded.said());
    return { current: () => [], files: () => [], stop: () => Promise.resolve() };
  }
  let isStarted = false;
  const take = async (found: FoundFiles): Promise<void> => {
    await loaded.take(found);
    if (isStarted) changed(loaded.said());
  };
  const watch = await watchFolders({ folders, ending: '.json', changed: take, ...(everyMs !== undefined && { everyMs }) });
  const { problem } = loaded;
  if (problem !== null) {
    await watch.stop();
    throw problem;
  }
  isStarted = true;
  changed(loaded.said());
  return { current: () => loaded.inForce, files: () => loaded.files, stop: () => watch.stop() };
}

interface Kept {
  readonly folder: string;
  readonly mark: string;
  readonly bundle: PolicyBundle | null;
  readonly problem: Fault | null;
}

class LoadedPolicies {
  inForce: PolicySet = [];
  files: readonly PolicyFile[] = [];
  /** The first thing that was wrong when files were last taken. */
  problem: Fault | null = null;
  private kept: ReadonlyMap<string, Kept> = new Map();

  constructor(
    private readonly folders: readonly string[],
    private readonly trust: PolicyTrust,
    private readonly log: Log,
  ) {}

  async take({ files, unreadable }: FoundFiles): Promise<void> {
    this.problem = null;
    for (const { folder, reason } of unreadable) this.report(new Fault('invalid', 'policy.unreadable', `${folder}: ${reason}`, { path: folder }), folder, null);
    // A folder that cannot be read says nothing about its rules: they stay in force.
    const silent = unreadable.map(({ folder }) => folder);
    const kept = new Map([...this.kept].filter(([path, { folder }]) => silent.includes(folder) && !files.some((file) => file.path === path)));
    for (const file of files) kept.set(file.path, await this.read(file, kept));
    const place = ({ folder }: Kept): number => this.folders.indexOf(folder);
    this.kept = new Map([...kept].sort(([a, one], [b, other]) => place(one) - place(other) || (a < b ? -1 : 1)));
    this.tell();
  }

  private tell(): void {
    this.inForce = [...this.kept.values()].flatMap(({ bundle }) => bundle ?? []);
    this.files = [...this.kept].map(([path, { bundle, problem }]) => ({
      path,
      bundle: bundle && nameOf(bundle),
      problem: problem && { code: problem.code, reason: problem.message },
    }));
    this.log.info({ policies: this.inForce.map(nameOf), refused: this.files.filter(({ problem }) => problem !== null).length }, 'policies are in force');
  }

  /** Without the folders: where files of the server lie is nobody's business. */
  said(): ToldPolicies {
    const refused = this.files.flatMap(({ path, bundle, problem }) => (problem === null ? [] : [{ file: basename(path), policy: bundle, ...shown(problem) }]));
    return { policies: this.inForce.map(toldPolicy), refused };
  }

  private async read({ folder, path, mark }: FoundFile, before: ReadonlyMap<string, Kept>): Promise<Kept> {
    const known = this.kept.get(path);
    if (known?.mark === mark && known.problem === null) return known;
    try {
      const bundle = await readPolicyFile(path, this.trust);
      // Traces name a rule by its bundle and version: two of one name could not be told apart.
      if ([...before.values()].some((other) => other.bundle?.name === bundle.name)) {
        throw new Fault('invalid', 'policy.invalid', `name: another file has a policy ${bundle.name} already`, {
          field: 'name',
          reason: 'expected a name of its own',
        });
      }
      return { folder, mark, bundle, problem: null };
    } catch (thrown) {
      const problem = faultFrom(thrown);
      this.report(problem, path, known?.bundle ?? null);
      return { folder, mark, bundle: known?.bundle ?? null, problem };
    }
  }

  private report(problem: Fault, path: string, before: PolicyBundle | null): void {
    this.problem ??= problem;
    const stays = before ? `${nameOf(before)} from before stays in force` : 'nothing of it is in force';
    this.log.error({ path, code: problem.code, reason: problem.message, issues: problem.facts['issues'] }, `a policy is refused; ${stays}`);
  }
}

/** Faults of files that cannot be read name their path. */
const shown = ({ code, reason }: NonNullable<PolicyFile['problem']>): { readonly code: string; readonly reason: string } => ({
  code,
  reason: code === 'policy.unreadable' ? 'the file cannot be read' : reason,
});

const nameOf = ({ name, version }: PolicyBundle): string => `${name}@${version}`;
