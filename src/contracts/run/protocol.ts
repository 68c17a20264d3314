/**
 * The objects of a run's protocol and ledger (seed 003; digest §4): intents, proposals, commits, writs and entries, in the wire's own snake_case, because their hashes
 * are taken over exactly these fields. Ids stand here as bare hex; what clients read elsewhere has a prefix (`commit:…`).
 */
import { z } from 'zod';

export const EFFECT_CLASSES = ['pure', 'read', 'write', 'external', 'irreversible'] as const;
export const EffectClass = z.enum(EFFECT_CLASSES);
export type EffectClass = z.output<typeof EffectClass>;

export const RISK_CLASSES = ['low', 'medium', 'high', 'critical'] as const;
export const RiskClass = z.enum(RISK_CLASSES);
export type RiskClass = z.output<typeof RiskClass>;

/** BLAKE3-256 as 64 hex digits. */
export const Hash = z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 hex digits');
const count = z.int().min(0);
/** Sixteen bytes. */
const Nonce = z.array(z.int().min(0).max(255)).length(16);

export const IntentBody = z.object({
  parent_commit: Hash.nullable(),
  /** `openai:<model>`, `mock`, … */
  author: z.string(),
  kind: z.enum(['plan', 'act', 'query', 'delegate', 'memory_promote', 'reconcile']),
  /** The tool. */
  target: z.string(),
  args: z.json(),
  rationale: z.string(),
  nonce: Nonce,
});
export const Intent = z.object({ id: Hash, body: IntentBody });
export type Intent = z.output<typeof Intent>;

export const Decision = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('permit') }),
  z.object({ kind: z.literal('deny'), detail: z.string() }),
  /** `approvals`: how many different people must approve, where that is more than one. */
  z.object({ kind: z.literal('require_approval'), detail: z.object({ channel: z.string(), reason: z.string(), approvals: z.int().min(2).optional() }) }),
]);
export type Decision = z.output<typeof Decision>;
export const PolicyTrace = z.object({ rules_evaluated: z.array(z.string()), decision: Decision });
export type PolicyTrace = z.output<typeof PolicyTrace>;

export const RejectionReason = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('authority_void'), detail: z.string() }),
  z.object({ kind: z.literal('policy_denied'), detail: z.string() }),
  z.object({ kind: z.literal('budget_exhausted'), detail: z.string() }),
  z.object({ kind: z.literal('precondition_failed'), detail: z.string() }),
  z.object({ kind: z.literal('unknown_tool'), detail: z.string() }),
  z.object({ kind: z.literal('type_mismatch'), detail: z.object({ tool: z.string(), detail: z.string() }) }),
]);
export type RejectionReason = z.output<typeof RejectionReason>;

export const ProposalBody = z.object({
  intent_id: Hash,
  writ_id: Hash,
  plan: z.object({ tool: z.string(), args: z.json() }),
  policy_trace: PolicyTrace,
  status: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('staged') }),
    z.object({ kind: z.literal('suspended'), channel: z.string(), reason: z.string() }),
    z.object({ kind: z.literal('rejected'), reason: RejectionReason }),
  ]),
});
export const RoutingEvidence = z.object({
  decision_hash: z.string(),
  selected: z.string(),
  alternatives: z.array(z.string()),
  confidence_bps: count,
  reason_codes: z.array(z.string()),
  latency_estimate_ms: count,
  cost_estimate_millicents: count,
  fallback_hint: z.object({ provider: z.string(), model: z.string().optional(), reason: z.string() }).optional(),
});
export type RoutingEvidence = z.output<typeof RoutingEvidence>;
/** `routing_evidence` stands outside of what the id is taken over. */
export const Proposal = z.object({ id: Hash, body: ProposalBody, routing_evidence: RoutingEvidence.optional() });
export type Proposal = z.output<typeof Proposal>;

export const DeltaOp = z.discriminatedUnion('op', [
  z.object({ op: z.literal('create'), kind: z.string(), id: z.string(), value: z.json() }),
  z.object({ op: z.literal('replace'), kind: z.string(), id: z.string(), expected_version: count, value: z.json() }),
  z.object({ op: z.literal('retract'), kind: z.string(), id: z.string(), expected_version: count, reason: z.string() }),
]);
export type DeltaOp = z.output<typeof DeltaOp>;

export const Budget = z.object({ tokens: count, tool_calls: count, wall_clock_ms: count, usd_millicents: count });
export type Budget = z.output<typeof Budget>;

export const Observation = z.object({ tool: z.string(), output: z.json(), latency_ms: count });
export type Observation = z.output<typeof Observation>;

export const CommitBody = z.object({
  /** Id of the ledger entry before it (not of the commit before it). */
  parent: z.array(Hash),
  trajectory_id: Hash,
  proposal_id: Hash,
  intent_id: Hash,
  writ_id: Hash,
  seq: count,
  delta: z.array(DeltaOp),
  observations: z.array(Observation),
  policy_trace: PolicyTrace,
  compiler_version: z.string(),
  policy_set_hash: Hash,
  budget_cost: Budget,
  compensates: Hash.optional(),
  routing_evidence: RoutingEvidence.optional(),
  /** Hex of an ed25519 signature over the body with `signature: null`; null in entries of peers. */
  signature: z.string().nullable(),
});
export type CommitBody = z.output<typeof CommitBody>;

export const EffectCeiling = z.object({ read: z.boolean(), write: z.boolean(), external: z.boolean(), irreversible: z.boolean() });
export type EffectCeiling = z.output<typeof EffectCeiling>;
/** Seconds since 1970. */
export const TimeWindow = z.object({ not_before: count, expires_at: count });

export const WritBody = z.object({
  issuer: z.string(),
  issuer_pubkey: z.string(),
  subject: z.string(),
  subject_pubkey: z.string(),
  nonce: Nonce,
  parent: Hash.nullable(),
  tenant_id: z.string(),
  tool_scopes: z.array(z.object({ tool: z.string() })),
  budget: Budget,
  effect_ceiling: EffectCeiling,
  time_window: TimeWindow,
  delegation: z.object({ max_depth: count, may_subdivide: z.boolean() }),
});
export type WritBody = z.output<typeof WritBody>;
/** `signature`: hex, ed25519 over the canonical body, by the issuer. */
export const Writ = z.object({ id: Hash, body: WritBody, signature: z.string() });
export type Writ = z.output<typeof Writ>;

/** What an entry says. The first seven kinds are the peer's, byte for byte; the others are ours and only ever added to. */
export const EntryPayload = z.discriminatedUnion('type', [
  z.object({ type: z.literal('root'), trajectory_id: Hash, note: z.string() }),
  z.object({ type: z.literal('commit'), id: Hash, body: CommitBody }),
  z.object({ type: z.literal('rejection'), intent_id: Hash, reason: RejectionReason }),
  z.object({ type: z.literal('pending_approval'), proposal: Proposal, channel: z.string(), reason: z.string() }),
  z.object({ type: z.literal('delegation'), child_trajectory_id: Hash, task: z.string(), final_answer: z.string().nullable() }),
  z.object({ type: z.literal('branch'), source_trajectory_id: Hash, source_commit_id: Hash, note: z.string() }),
  z.object({ type: z.literal('skill_bound'), skill_id: Hash, skill: z.json(), params: z.array(z.tuple([z.string(), z.string()])) }),
  /** One verdict of one person (or of a deadline). */
  z.object({
    type: z.literal('approval'),
    ...{ proposal_id: Hash, channel: z.string(), approved: z.boolean(), approver: z.string(), comment: z.string().nullable(), at: z.string() },
  }),
  /** `unknown`: begun, and nobody can prove how it ended. */
  z.object({
    type: z.literal('execution_failed'),
    intent_id: Hash,
    proposal_id: Hash,
    tool: z.string(),
    outcome: z.enum(['failed', 'unknown']),
    error: z.string(),
  }),
  z.object({
    type: z.literal('effect_resolved'),
    ...{ proposal_id: Hash, outcome: z.enum(['done', 'not_done']), output: z.json(), resolved_by: z.string(), at: z.string() },
  }),
  z.object({ type: z.literal('cancel'), by: z.string(), reason: z.string().nullable(), at: z.string() }),
  z.object({ type: z.literal('resume'), by: z.string(), task: z.string(), writ_id: Hash, at: z.string() }),
  z.object({ type: z.literal('final_answer'), text: z.string().nullable(), terminated_by: z.string() }),
  /** `cost_known` false: a model without a price was asked, or a call was lost, and `usd_millicents` is not all that the run cost. Entries from before do not say. */
  z.object({
    type: z.literal('usage'),
    ...{ tokens_in: count, tokens_out: count, tool_calls: count, wall_clock_ms: count, usd_millicents: count, cost_known: z.boolean().optional() },
  }),
]);
export type EntryPayload = z.output<typeof EntryPayload>;

/** One link of a trajectory. `id` is the hash of the payload; `parent` the id of the entry before it, null for the first. */
export const LedgerEntry = z.object({
  id: Hash,
  trajectory_id: Hash,
  parent: Hash.nullable(),
  seq: count,
  kind: z.string(),
  payload: EntryPayload,
  /** Seconds since 1970; outside of the hash. */
  created_at: count,
});
export type LedgerEntry = z.output<typeof LedgerEntry>;

/** One resource of a world: what the commits of a trajectory (and of its ancestors) made of it. */
export interface Resource {
  readonly kind: string;
  readonly id: string;
  readonly version: number;
  readonly value: z.core.util.JSONType;
  readonly retracted: boolean;
  readonly last_commit: string;
}
