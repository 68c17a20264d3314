/**
 * Checking a ledger (digest §4.3): every id is recomputed, every link followed, every signature verified. Nothing is believed of an entry but what its hash covers;
 * `created_at` is covered by none.
 */
import type { CommitBody, LedgerEntry } from '../../../contracts/run/protocol';
import { signers } from './commit-signature';
import { commitId, entryId, skillId } from './ids';

/**
 * `tampered`: an entry is not what was written. `missing`: entries are not there, or none at all. `drift`: the entries are genuine but were made by another compiler or
 * under other policies than asked for, or their changes do not fit one another.
 */
export type Verdict =
  | { readonly status: 'ok' }
  | {
      readonly status: 'tampered' | 'missing' | 'drift';
      /** The entry that shows it; its seq also where it is not there. */
      readonly trajectory_id: string | null;
      readonly seq: number | null;
      readonly entry_id: string | null;
      /** Of the entry, where it is a commit: bare hex. */
      readonly commit_id: string | null;
      /** What differs: `id`, `parent`, `signature`, `compiler_version`, … */
      readonly what: string;
      readonly expected: string | null;
      readonly found: string | null;
      readonly message: string;
    };

export interface Pins {
  /** Public keys whose signatures are good. Without any, signatures are not looked at. */
  readonly publicKeys?: readonly string[];
  /** Every commit must carry a good signature. */
  readonly requireSignature?: boolean;
  readonly requireCompiler?: string;
  readonly requirePolicySet?: string;
}

/** Pins, and who signed a body. */
export interface Checks extends Pins {
  readonly signer: (body: CommitBody) => string | null;
}
export const checksOf = (pins: Pins): Checks => ({ ...pins, signer: signers(pins.publicKeys ?? []) });

export type BadVerdict = Exclude<Verdict, { status: 'ok' }>;
type Difference = Pick<BadVerdict, 'status' | 'what' | 'expected' | 'found'> & { readonly message?: string };

export function verdictAt(entry: LedgerEntry, { message, ...difference }: Difference): BadVerdict {
  const commit = entry.payload.type === 'commit' ? entry.payload.id : null;
  const place = `entry ${entry.seq} (${entry.kind})`;
  return {
    ...difference,
    ...{ trajectory_id: entry.trajectory_id, seq: entry.seq, entry_id: entry.id, commit_id: commit },
    message: message ?? `${place}: ${difference.what} is ${difference.found ?? 'missing'}, expected ${difference.expected ?? 'none'}`,
  };
}

export const missing = (trajectoryId: string | null, seq: number | null, message: string): BadVerdict => ({
  ...{ status: 'missing', trajectory_id: trajectoryId, seq, entry_id: null, commit_id: null, what: 'entry', expected: null, found: null, message },
});

const tampered = (what: string, expected: string | null, found: string | null): Difference => ({ status: 'tampered', what, expected, found });

/** The first that differs of pairs of what is expected and what is found. */
function firstDifference(pairs: readonly (readonly [what: string, expected: string | null, found: string | null])[]): Difference | null {
  const different = pairs.find(([, expected, found]) => expected !== found);
  return different ? tampered(...different) : null;
}

function ofCommit(body: CommitBody, id: string, entry: LedgerEntry): Difference | null {
  const inside = firstDifference([
    ['commit id', commitId(body), id],
    ['commit trajectory', entry.trajectory_id, body.trajectory_id],
    ['commit seq', String(entry.seq), String(body.seq)],
    ['commit parent', entry.parent ?? '', body.parent.join()],
  ]);
  if (inside) return inside;
  return body.compiler_version === '' ? tampered('compiler_version', 'a version', '') : null;
}

function ofPayload(entry: LedgerEntry): Difference | null {
  const { payload } = entry;
  switch (payload.type) {
    case 'root':
      return firstDifference([['root trajectory', entry.trajectory_id, payload.trajectory_id]]);
    case 'commit':
      return ofCommit(payload.body, payload.id, entry);
    case 'skill_bound':
      return firstDifference([['skill id', skillId(payload.skill), payload.skill_id]]);
    default:
      return null;
  }
}

function ofLink(entry: LedgerEntry, before: LedgerEntry | null): Difference | null {
  const opens = entry.payload.type === 'root' || entry.payload.type === 'branch';
  return firstDifference([
    ['id', entryId(entry.payload), entry.id],
    ['kind', entry.payload.type, entry.kind],
    ['trajectory', before?.trajectory_id ?? entry.trajectory_id, entry.trajectory_id],
    ['parent', before?.id ?? null, entry.parent],
    ['place', before ? 'after the first entry' : 'the first entry', opens ? 'the first entry' : 'after the first entry'],
  ]);
}

function ofSignature(body: CommitBody, { publicKeys, requireSignature, signer }: Checks): Difference | null {
  if (body.signature === null) return requireSignature ? tampered('signature', 'a signature', null) : null;
  if (publicKeys === undefined || signer(body) !== null) return null;
  return tampered('signature', 'one by a key of this server', body.signature);
}

function ofPins(body: CommitBody, commit: string, { requireCompiler, requirePolicySet }: Pins): Difference | null {
  const pinned = (what: string, expected: string | undefined, found: string): Difference | null =>
    expected === undefined || expected === found
      ? null
      : {
          ...{ status: 'drift', what, expected, found },
          message: `invariant violated: ${what.replaceAll('_', ' ')} drift at commit commit:${commit}: pinned ${expected} got ${found}`,
        };
  return pinned('compiler_version', requireCompiler, body.compiler_version) ?? pinned('policy_set_hash', requirePolicySet, body.policy_set_hash);
}

/** Work that can be laid aside after each entry, so that a long ledger does not keep a process from everything else. */
export type Steps<T> = Generator<undefined, T, undefined>;

/** Does all of it at once. */
export function atOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** The entries of one trajectory from its first, by seq, up to any later one. Null: all is as it was written. */
export const verifyTrajectory = (entries: readonly LedgerEntry[], pins: Pins = {}): BadVerdict | null => atOnce(trajectorySteps(entries, checksOf(pins)));

/** A lineage: each trajectory as {@link verifyTrajectory} does, and each branch by the commit that it grew from. */
export const verifyLineage = (lineage: readonly LedgerEntry[], pins: Pins = {}): BadVerdict | null => atOnce(lineageSteps(lineage, checksOf(pins)));

function* trajectorySteps(entries: readonly LedgerEntry[], checks: Checks): Steps<BadVerdict | null> {
  let before: LedgerEntry | null = null;
  for (const [seq, entry] of entries.entries()) {
    if (entry.seq !== seq) return missing(entry.trajectory_id, seq, `entry ${seq} is missing: entry ${entry.seq} stands in its place`);
    const difference = ofLink(entry, before) ?? ofPayload(entry) ?? ofChecks(entry, checks);
    if (difference) return verdictAt(entry, difference);
    before = entry;
    yield;
  }
  return null;
}

const ofChecks = ({ payload }: LedgerEntry, checks: Checks): Difference | null =>
  payload.type === 'commit' ? (ofSignature(payload.body, checks) ?? ofPins(payload.body, payload.id, checks)) : null;

export function* lineageSteps(lineage: readonly LedgerEntry[], checks: Checks): Steps<BadVerdict | null> {
  const first = lineage[0];
  if (!first) return missing(null, null, 'the ledger has no entry of this trajectory');
  if (first.payload.type === 'branch') {
    return missing(first.payload.source_trajectory_id, null, `the trajectory that ${first.trajectory_id} branched from is missing`);
  }
  let trajectory: LedgerEntry[] = [];
  for (const entry of lineage) {
    const last = trajectory.at(-1);
    if (last && entry.seq === 0 && entry.trajectory_id !== last.trajectory_id) {
      const problem = (yield* trajectorySteps(trajectory, checks)) ?? ofJoint(entry, last);
      if (problem) return problem;
      trajectory = [];
    }
    trajectory.push(entry);
  }
  return yield* trajectorySteps(trajectory, checks);
}

function ofJoint(entry: LedgerEntry, last: LedgerEntry): BadVerdict | null {
  const source = entry.payload.type === 'branch' ? entry.payload : null;
  const difference = firstDifference([
    ['kind', 'branch', entry.payload.type],
    ['branch source', source?.source_trajectory_id ?? null, last.trajectory_id],
    ['branch commit', source?.source_commit_id ?? null, last.payload.type === 'commit' ? last.payload.id : null],
  ]);
  return difference && verdictAt(entry, difference);
}
