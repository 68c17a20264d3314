/** What a trajectory comes to when it is read from its beginning: the report of `GET /runs/:id/replay` and the worlds of `/world` and `/world/at` (digest §2.11 to 2.13). */
import type { LedgerEntry, Resource } from '../../../contracts/run/protocol';
import { prefixedId } from './ids';
import { atOnce, checksOf, lineageSteps, missing, verdictAt, type BadVerdict, type Pins, type Steps, type Verdict } from './verify';
import { foldWorld, type Fold } from './world';

export interface WorldAt {
  /** The seq of the trajectory itself that was reached. */
  readonly seq: number;
  /** With those of ancestors. */
  readonly commits_replayed: number;
  /** `commit:<hex>`. */
  readonly head_commit: string | null;
  readonly resources: readonly Resource[];
}

const headCommit = ({ lastCommit }: Fold): string | null => (lastCommit === null ? null : prefixedId('commit', lastCommit));

/** The world after the last entry of a lineage. */
export function worldAt(lineage: readonly LedgerEntry[]): WorldAt {
  const fold = foldWorld(lineage);
  return { seq: lineage.at(-1)?.seq ?? 0, commits_replayed: fold.commits, head_commit: headCommit(fold), resources: fold.world.resources };
}

/** Counts are over the whole lineage; seqs are those of the trajectory that an entry belongs to. */
export interface ReplayReport {
  readonly run_id: string;
  readonly trajectory_id: string;
  readonly entries_seen: number;
  readonly commits_replayed: number;
  readonly head_commit: string | null;
  readonly head_seq: number;
  readonly compiler_versions_seen: readonly string[];
  readonly policy_set_hashes_seen: readonly string[];
  readonly final_world_hash: string;
  readonly resources: number;
  readonly rejected_proposals: number;
  readonly pending_approvals: number;
  readonly executions_failed: number;
  readonly delegations: number;
  readonly branches: number;
  readonly tool_calls: readonly { readonly seq: number; readonly commit_id: string; readonly tool: string; readonly latency_ms: number }[];
  /** Of commits: `valid` by a given key, `unknown` by none of them. */
  readonly signatures: { readonly valid: number; readonly unknown: number; readonly unsigned: number };
  readonly verdict: Verdict;
}

export interface Replayed {
  readonly runId: string;
  /** Bare hex. */
  readonly trajectoryId: string;
  readonly lineage: readonly LedgerEntry[];
  /** The head that the store remembers beside the entries: what ends before it was cut off. */
  readonly head?: { readonly id: string; readonly seq: number } | null;
  readonly pins?: Pins;
}

function verdictOf({ trajectoryId, lineage, head }: Replayed, fold: Fold, problem: BadVerdict | null): Verdict {
  const last = lineage.at(-1);
  if (problem) return { ...problem, trajectory_id: problem.trajectory_id ?? trajectoryId };
  if (last && last.trajectory_id !== trajectoryId) return missing(trajectoryId, 0, `the ledger has no entry of trajectory ${trajectoryId}`);
  if (head && last && last.seq < head.seq) return missing(trajectoryId, last.seq + 1, `entries ${last.seq + 1} to ${head.seq} are missing`);
  const atHead = head && lineage.find(({ trajectory_id, seq }) => trajectory_id === trajectoryId && seq === head.seq);
  if (atHead && atHead.id !== head.id) return verdictAt(atHead, { status: 'tampered', what: 'id', expected: head.id, found: atHead.id });
  if (!fold.problem) return { status: 'ok' };
  const { entry, message, commit } = fold.problem;
  const told = `invariant violated: the changes of commit commit:${commit} do not fit the world before it: ${message}`;
  return verdictAt(entry, { status: 'drift', what: 'delta', expected: null, found: message, message: told });
}

export const replay = (replayed: Replayed): ReplayReport => atOnce(replaySteps(replayed));

export function* replaySteps(replayed: Replayed): Steps<ReplayReport> {
  const { runId, trajectoryId, lineage } = replayed;
  const checks = checksOf(replayed.pins ?? {});
  const problem = yield* lineageSteps(lineage, checks);
  const fold = foldWorld(lineage);
  const commits = lineage.flatMap(({ payload, seq }) => (payload.type === 'commit' ? [{ ...payload, seq }] : []));
  const ofKind = (kind: LedgerEntry['payload']['type']): number => lineage.filter(({ payload }) => payload.type === kind).length;
  const signed = commits.filter(({ body }) => body.signature !== null);
  let valid = 0;
  for (const { body } of signed) {
    if (checks.signer(body) !== null) valid += 1;
    yield;
  }
  return {
    run_id: runId,
    trajectory_id: prefixedId('trajectory', trajectoryId),
    entries_seen: lineage.length,
    commits_replayed: fold.commits,
    head_commit: headCommit(fold),
    head_seq: lineage.at(-1)?.seq ?? 0,
    compiler_versions_seen: [...new Set(commits.map(({ body }) => body.compiler_version))],
    policy_set_hashes_seen: [...new Set(commits.map(({ body }) => body.policy_set_hash))],
    final_world_hash: fold.world.hash(),
    resources: fold.world.resources.length,
    ...{ rejected_proposals: ofKind('rejection'), pending_approvals: ofKind('pending_approval'), executions_failed: ofKind('execution_failed') },
    ...{ delegations: ofKind('delegation'), branches: ofKind('branch') },
    tool_calls: commits.flatMap(({ id, seq, body }) =>
      body.observations.map(({ tool, latency_ms }) => ({ seq, commit_id: prefixedId('commit', id), tool, latency_ms })),
    ),
    signatures: { valid, unknown: signed.length - valid, unsigned: commits.length - signed.length },
    verdict: verdictOf(replayed, fold, problem),
  };
}
