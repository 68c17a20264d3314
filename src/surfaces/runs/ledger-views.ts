/** What clients read of the ledger of a run (digest §2.10–2.13, §2.18–2.20). Fields of the peer come first, in its order; those after them are ours. */
import { z } from 'zod';
import { EntryPayload, Hash, type LedgerEntry, type Resource } from '../../contracts/run/protocol';
import { prefixedId, type IdKind } from '../../domain/run/ledger/ids';

const count = z.int().min(0);

const ResourceView = z
  .object({
    ...{ kind: z.string(), id: z.string(), version: count, value: z.json() },
    retracted: z.literal(true).optional().describe('It was taken back; the value is the last one.'),
  })
  .meta({ id: 'WorldResource' });
export const World = z.object({ resources: z.array(ResourceView) }).meta({ id: 'World' });
export const WorldAtSeq = z
  .object({ seq: count, commits_replayed: count, head_commit: z.string().nullable(), resources: z.array(ResourceView) })
  .meta({ id: 'WorldAt' });

/** A world as the ledger folds it. */
export interface WorldAt {
  readonly seq: number;
  readonly commits_replayed: number;
  readonly head_commit: string | null;
  readonly resources: readonly Resource[];
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const inOrder = (a: Resource, b: Resource): number => compare(a.kind, b.kind) || compare(a.id, b.id);

export const resourcesView = ({ resources }: Pick<WorldAt, 'resources'>): z.output<typeof ResourceView>[] =>
  [...resources].sort(inOrder).map(({ kind, id, version, value, retracted }) => ({ kind, id, version, value, ...(retracted && { retracted }) }));
export const worldAtView = ({ resources, ...world }: WorldAt): z.output<typeof WorldAtSeq> => ({ ...world, resources: resourcesView({ resources }) });

const Verdict = z
  .discriminatedUnion('status', [
    z.object({ status: z.literal('ok') }),
    z.object({
      status: z.enum(['tampered', 'missing', 'drift']),
      trajectory_id: z.string().nullable(),
      seq: count.nullable(),
      entry_id: z.string().nullable(),
      commit_id: z.string().nullable(),
      what: z.string().describe('What differs: `id`, `parent`, `signature`, `compiler_version`, …'),
      expected: z.string().nullable(),
      found: z.string().nullable(),
      message: z.string(),
    }),
  ])
  .meta({ id: 'ReplayVerdict' });

export const Replay = z
  .object({
    run_id: z.string(),
    trajectory_id: z.string(),
    entries_seen: count,
    commits_replayed: count,
    head_commit: z.string().nullable(),
    head_seq: count,
    compiler_versions_seen: z.array(z.string()).readonly(),
    final_world_hash: z.string(),
    resources: count,
    ...{ rejected_proposals: count, pending_approvals: count, delegations: count, branches: count },
    tool_calls: z.array(z.object({ seq: count, commit_id: z.string(), tool: z.string(), latency_ms: count })).readonly(),
    policy_set_hashes_seen: z.array(z.string()).readonly(),
    executions_failed: count,
    signatures: z.object({ valid: count, unknown: count, unsigned: count }).describe('Of commits.'),
    verdict: Verdict,
  })
  .meta({ id: 'ReplayReport' });
export type ReplayReport = z.output<typeof Replay>;

export const AnchorView = z
  .object({
    trajectory_id: z.string(),
    entries: count.describe('So many, from the first.'),
    head_seq: count,
    head_id: Hash.describe('The id of the last of them.'),
    root: Hash.describe('The root of a Merkle tree over their ids: docs/run-ledger.md has the recipe.'),
  })
  .meta({ id: 'LedgerAnchor' });
export const SigningKeysView = z
  .object({ keys: z.array(z.object({ public_key: Hash, created_at: z.iso.datetime(), retired_at: z.iso.datetime().nullable() })) })
  .meta({ id: 'LedgerKeys' });

export const Delegations = z
  .object({
    delegations: z.array(
      z.object({
        ...{ child_trajectory_id: z.string(), task: z.string(), final_answer: z.string().nullable(), seq: count },
        run_id: z.string().nullable().describe('The run of the child.'),
      }),
    ),
  })
  .meta({ id: 'Delegations' });

export const RoutingOutcomes = z
  .object({ outcomes: z.array(z.object({ decision_hash: z.string(), selected: z.string(), status: z.literal('committed'), latency_ms: count })) })
  .meta({ id: 'RoutingOutcomes' });

export function outcomesView(entries: readonly LedgerEntry[]): z.output<typeof RoutingOutcomes>['outcomes'] {
  return entries.flatMap(({ payload }) => {
    if (payload.type !== 'commit' || !payload.body.routing_evidence) return [];
    const { routing_evidence: evidence, observations } = payload.body;
    const latency_ms = observations.reduce((total, observation) => total + observation.latency_ms, 0);
    return [{ decision_hash: evidence.decision_hash, selected: evidence.selected, status: 'committed' as const, latency_ms }];
  });
}

export const AuditEntry = z
  .object({ id: Hash, trajectory_id: Hash, seq: count, kind: z.string(), payload: EntryPayload, created_at: count.describe('Seconds since 1970.') })
  .meta({ id: 'LedgerEntry' });
export const AuditEntries = z.object({ entries: z.array(AuditEntry), count }).meta({ id: 'LedgerEntries' });

export const entryView = ({ id, trajectory_id, seq, kind, payload, created_at }: LedgerEntry): z.output<typeof AuditEntry> => ({
  ...{ id, trajectory_id, seq, kind, payload, created_at },
});

/** What the stream of entries says: a summary of the payload. */
export const EntryEvent = z
  .object({
    seq: count,
    kind: z.string(),
    id: z.string().describe('The first eight digits.'),
    detail: z.record(z.string(), z.json()).describe('By kind.'),
    commit_id: z.string().optional(),
  })
  .meta({ id: 'LedgerEntryEvent' });

type Detail = z.output<typeof EntryEvent>['detail'];

function peerDetail(payload: EntryPayload): Detail | null {
  switch (payload.type) {
    case 'root':
      return { note: payload.note };
    case 'commit':
      return {
        proposal_id: prefixedId('proposal', payload.body.proposal_id),
        delta_ops: payload.body.delta.length,
        observations: payload.body.observations.length,
      };
    case 'rejection':
      return { intent_id: prefixedId('intent', payload.intent_id), reason: `${payload.reason.kind}: ${reasonText(payload.reason)}` };
    case 'pending_approval':
      return { channel: payload.channel, reason: payload.reason, proposal: prefixedId('proposal', payload.proposal.id) };
    case 'delegation':
      return { child_trajectory_id: prefixedId('trajectory', payload.child_trajectory_id), task: payload.task, final_answer: payload.final_answer };
    case 'branch':
      return {
        source_trajectory_id: prefixedId('trajectory', payload.source_trajectory_id),
        source_commit_id: prefixedId('commit', payload.source_commit_id),
        note: payload.note,
      };
    case 'skill_bound': {
      const { name = null, version = null } = payload.skill as { name?: string; version?: number };
      return { skill_id: prefixedId('skill', payload.skill_id), name, version, params: payload.params };
    }
    default:
      return null;
  }
}

const ID_FIELDS: Readonly<Record<string, IdKind>> = { proposal_id: 'proposal', intent_id: 'intent', writ_id: 'writ' };

/** Of the kinds that are ours alone, the payload itself without its tag: they are small. */
function ownDetail({ type: _tag, ...rest }: EntryPayload): Detail {
  const shown = ([name, value]: [string, unknown]): [string, unknown] => [name, ID_FIELDS[name] ? prefixedId(ID_FIELDS[name], String(value)) : value];
  return Object.fromEntries(Object.entries(rest).map(shown)) as Detail;
}

export const eventView = ({ seq, kind, id, payload }: LedgerEntry): z.output<typeof EntryEvent> => ({
  ...{ seq, kind, id: id.slice(0, 8), detail: peerDetail(payload) ?? ownDetail(payload) },
  ...(payload.type === 'commit' && { commit_id: prefixedId('commit', payload.id) }),
});

type Reason = Extract<EntryPayload, { readonly type: 'rejection' }>['reason'];
const reasonText = (reason: Reason): string => (reason.kind === 'type_mismatch' ? `${reason.detail.tool}: ${reason.detail.detail}` : reason.detail);
