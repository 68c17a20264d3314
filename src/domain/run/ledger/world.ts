/**
 * Worlds: what the commits of a trajectory made of its resources (digest §4.2).
 *
 * A resource has a kind and an id, and a version that begins at 1 and grows by one with every replacement and retraction. Each change but the first names the version
 * that it expects, so two writers cannot both be right. What is retracted stays, marked, with its last value; a replacement that expects its version brings it back.
 */
import type { DeltaOp, LedgerEntry, Resource } from '../../../contracts/run/protocol';
import type { World } from '../../../contracts/run/ports';
import { byCodePoint, canonicalJson } from '../../canonical-json';
import { contentHash } from './hash';

/** Why a change does not fit the world. */
export interface DeltaProblem {
  /** Place of the operation in its delta, from 0. */
  readonly index: number;
  readonly op: DeltaOp['op'];
  readonly kind: string;
  readonly id: string;
  readonly reason: 'exists' | 'missing' | 'version' | 'retracted';
  /** For people and models. */
  readonly message: string;
}

type Resources = ReadonlyMap<string, Resource>;

const keyOf = (kind: string, id: string): string => canonicalJson([kind, id]);

function problemOf(op: DeltaOp, known: Resource | undefined): Pick<DeltaProblem, 'reason' | 'message'> | null {
  const name = `${op.kind}:${op.id}`;
  if (op.op === 'create') {
    if (!known) return null;
    return { reason: 'exists', message: `${name} is there already${known.retracted ? ', retracted' : ''}, at version ${known.version}` };
  }
  if (!known) return { reason: 'missing', message: `${name} is not there` };
  if (known.version !== op.expected_version) {
    return { reason: 'version', message: `${name} is at version ${known.version}, not at ${op.expected_version}` };
  }
  return op.op === 'retract' && known.retracted ? { reason: 'retracted', message: `${name} was retracted at version ${known.version}` } : null;
}

function after(op: DeltaOp, known: Resource | undefined, commit: string): Resource {
  const named = { kind: op.kind, id: op.id, version: (known?.version ?? 0) + 1, last_commit: commit };
  if (op.op === 'retract') return { ...named, value: known?.value ?? null, retracted: true };
  return { ...named, value: op.value, retracted: false };
}

function changes(known: Resources, commit: string, delta: readonly DeltaOp[]): Map<string, Resource> | DeltaProblem {
  const made = new Map<string, Resource>();
  for (const [index, op] of delta.entries()) {
    const key = keyOf(op.kind, op.id);
    const before = made.get(key) ?? known.get(key);
    const problem = problemOf(op, before);
    if (problem) return { index, op: op.op, kind: op.kind, id: op.id, ...problem };
    made.set(key, after(op, before, commit));
  }
  return made;
}

export class LedgerWorld implements World {
  constructor(private readonly byKey: Resources = new Map<string, Resource>()) {}

  get(kind: string, id: string): Resource | null {
    return this.byKey.get(keyOf(kind, id)) ?? null;
  }

  /** By kind and id, in the order of their bytes; with those that were retracted. */
  get resources(): readonly Resource[] {
    return [...this.byKey.values()].sort((a, b) => byCodePoint(a.kind, b.kind) || byCodePoint(a.id, b.id));
  }

  /** The first operation of a delta that does not fit this world; those before it in the delta count. All of a delta holds or none of it. */
  problemWith(delta: readonly DeltaOp[]): DeltaProblem | null {
    const made = changes(this.byKey, '', delta);
    return made instanceof Map ? null : made;
  }

  /** Hash over `{"resources": {"[\"kind\",\"id\"]": {last_commit, retracted, value, version}}}`; that of the empty world is the peer's. */
  hash(): string {
    const members = this.resources.map(({ kind, id, version, value, retracted, last_commit }) => [keyOf(kind, id), { version, value, retracted, last_commit }]);
    return contentHash({ resources: Object.fromEntries(members) as object });
  }
}

/** A commit whose delta does not fit what came before it. */
export interface FoldProblem extends DeltaProblem {
  readonly entry: LedgerEntry;
  readonly commit: string;
}

export interface Fold {
  readonly world: LedgerWorld;
  /** Commits that it was folded from. */
  readonly commits: number;
  readonly lastCommit: string | null;
  /** The first commit that does not fit; it and those after it are left out. */
  readonly problem: FoldProblem | null;
}

/** The world of a lineage (entries oldest first, ancestors before their branches). */
export function foldWorld(lineage: readonly LedgerEntry[]): Fold {
  const byKey = new Map<string, Resource>();
  let [commits, lastCommit, problem] = [0, null as string | null, null as FoldProblem | null];
  for (const entry of lineage) {
    if (entry.payload.type !== 'commit') continue;
    const made = changes(byKey, entry.payload.id, entry.payload.body.delta);
    if (!(made instanceof Map)) {
      problem = { ...made, entry, commit: entry.payload.id };
      break;
    }
    for (const [key, resource] of made) byKey.set(key, resource);
    commits += 1;
    lastCommit = entry.payload.id;
  }
  return { world: new LedgerWorld(byKey), commits, lastCommit, problem };
}
