/**
 * What the routes of runs need of the rest: commands through the gateway, the projection and the session of a run, its ledger, and the other things that a tenant has of runs.
 * Ids are bare hex here; the views put the prefixes on.
 */
import type { z } from 'zod';
import type { Principal } from '../../contracts/principal';
import type { ToolDefinition } from '../../contracts/run/ports';
import type { LedgerEntry, RoutingEvidence, Writ } from '../../contracts/run/protocol';
import type { SkillDef, SkillRecord } from '../../contracts/run/skill';
import type { PolicySetInForce } from '../../contracts/run/told-policies';
import type { RunStatus, Termination } from '../../contracts/run/status';
import type { Anchor } from '../../domain/run/ledger/anchor';
import type { RoutedOutcome } from '../../gateway/run-routing';
import type { RunRequest } from '../../gateway/run-start';
import type { AuditFilter, ReplayPins } from '../../store/ledger-reads';
import type { ReplayReport, WorldAt } from './ledger-views';
import type { MarketplacePorts } from './marketplace';
import type { CognitionEvent, Session } from './session-view';

type Json = z.core.util.JSONType;

export interface RunSummary {
  readonly steps_executed: number;
  readonly intents_submitted: number;
  readonly commits: number;
  readonly rejections: number;
  readonly failures: number;
  readonly final_answer: string | null;
  readonly terminated_by: Termination;
}

export interface RunRow {
  readonly runId: string;
  readonly tenant: string;
  readonly trajectoryId: string;
  readonly writId: string;
  /** With the instructions of bound skills. */
  readonly task: string;
  readonly status: RunStatus;
  /** Null until the run has ended. */
  readonly summary: RunSummary | null;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly endedAt: string | null;
  readonly parentRunId: string | null;
  /** To whom alone it is shown: the owner of its thread. Null: whoever reads the runs of the tenant. */
  readonly owner: string | null;
  /** `runId` is null when the run of the source is not there any more. */
  readonly branchedFrom: { readonly runId: string | null; readonly commitId: string } | null;
}

export interface Keyed {
  readonly idempotencyKey: string | null;
  readonly requestId: string;
}

/** `accepted`: it is on its way, for no worker answered in time. */
export interface CommandSent {
  readonly status: 'done' | 'accepted';
}

export interface Verdict {
  readonly channel: string;
  readonly proposalId: string | null;
  readonly approve: boolean;
  readonly comment: string | null;
}

export interface RoutedAction {
  readonly tool: string;
  readonly args: Json;
  readonly rationale: string;
  readonly evidence: RoutingEvidence | null;
}

/**
 * Faults: `run.not_found`, `run.not_running`, `run.completed`, `run.still_running` (conflict), `run.no_pending_approval`, `run.approvals_over`, `run.commit_not_found`,
 * `run.effect_not_found`, `run.tool_failed`, `run.capacity` and `run.tenant_capacity` (exhausted), `run.shutting_down` (unavailable), and of the request `run.invalid` naming the field.
 */
export interface RunGateway {
  create(
    principal: Principal,
    request: RunRequest,
    keyed: Keyed,
  ): Promise<{ readonly run: Pick<RunRow, 'runId' | 'task' | 'trajectoryId'>; readonly replayed: boolean }>;
  cancel(principal: Principal, runId: string, input: { readonly reason: string | null }, keyed: Keyed): Promise<CommandSent>;
  approve(principal: Principal, runId: string, verdict: Verdict, keyed: Keyed): Promise<CommandSent>;
  resume(principal: Principal, runId: string, request: RunRequest, keyed: Keyed): Promise<void>;
  branch(
    principal: Principal,
    runId: string,
    request: { readonly commitId: string; readonly note: string; readonly run: RunRequest | null },
    keyed: Keyed,
  ): Promise<{ readonly runId: string; readonly trajectoryId: string; readonly replayed: boolean }>;
  resolveEffect(
    principal: Principal,
    runId: string,
    effect: { readonly proposalId: string; readonly outcome: 'done' | 'not_done'; readonly output: Json },
    keyed: Keyed,
  ): Promise<CommandSent>;
  routedSubmit(principal: Principal, action: RoutedAction, keyed: Keyed): Promise<RoutedOutcome>;
}

export interface SearchHit {
  readonly runId: string;
  readonly field: 'task' | 'answer' | 'event';
  readonly status: string | null;
  readonly task: string;
  readonly title: string | null;
  readonly snippet: string;
  readonly time: string | null;
}

export interface PendingApproval {
  readonly channel: string;
  readonly proposalId: string;
  readonly tool: string;
  readonly reason: string;
  readonly requestedAt: string;
  readonly needed: number;
  readonly approvedBy: readonly string[];
  /** When it is denied without an answer; null: it waits for ever. */
  readonly deadlineAt: string | null;
}

type Viewer = Pick<Principal, 'tenant' | 'subject' | 'scopes'>;

export interface RunReads {
  /** By run id, or by the bare hex of its trajectory. */
  find(tenant: string, id: string): Promise<RunRow | null>;
  /** Without those that are of somebody else, except for administrators, who see that they are there. */
  list(
    principal: Viewer,
    filter: {
      readonly statuses: readonly RunStatus[];
      readonly limit: number;
      readonly offset: number;
      readonly cursor: string | null;
      readonly parentRunId: string | null;
    },
  ): Promise<{ readonly runs: readonly RunRow[]; readonly total: number; readonly nextCursor: string | null }>;
  /** Those that wait, oldest first. */
  approvals(tenant: string, runId: string): Promise<readonly PendingApproval[]>;
  session(tenant: string, runId: string): Promise<Session | null>;
  /** Something is told whenever the run's session may have changed, once at first; does not end by itself. */
  changes(tenant: string, runId: string, signal: AbortSignal): AsyncIterable<unknown>;
  /** What the model says: that which is kept of the run, then what comes. Ends with the run. */
  cognition(tenant: string, runId: string, signal: AbortSignal): AsyncIterable<CognitionEvent>;
  /** Only in what the principal may read. */
  search(principal: Viewer, query: string, limit: number): Promise<readonly SearchHit[]>;
  usage(tenant: string): Promise<UsageReport>;
}

export interface KeyUsage {
  readonly keyName: string | null;
  readonly tenant: string;
  readonly requestsThisWindow: number;
  readonly rateLimitRpm: number;
  readonly windowStartedSecsAgo: number;
  readonly runs: number;
  readonly tokensIn: number;
  readonly tokensOut: number;
  readonly toolCalls: number;
  readonly usdMillicents: number;
  readonly costKnown: boolean;
}
/** `keys` is null while no keys are made: then there is nobody to tell apart. */
export interface UsageReport {
  readonly keys: readonly KeyUsage[] | null;
  readonly total: Omit<KeyUsage, 'keyName' | 'requestsThisWindow' | 'rateLimitRpm' | 'windowStartedSecsAgo'>;
}

export interface LedgerReads {
  /** Folded with the entries of its ancestors; to the head without `toSeq`. Fault `ledger.not_found`. */
  world(tenant: string, trajectoryId: string, toSeq: number | null): Promise<WorldAt>;
  /** With a verdict also of a ledger that is not there. */
  replay(row: Pick<RunRow, 'tenant' | 'runId' | 'trajectoryId'>, pins: ReplayPins): Promise<ReplayReport>;
  /** Of the entries up to `toSeq`, or of all. Fault `ledger.not_found`. */
  anchor(tenant: string, trajectoryId: string, toSeq: number | null): Promise<Anchor>;
  /** Keys that sign commits here, or did; oldest first. */
  publicKeys(): Promise<readonly { readonly publicKey: string; readonly createdAt: string; readonly retiredAt: string | null }[]>;
  /** Of one trajectory, by seq, those of a kind. */
  entries(tenant: string, trajectoryId: string, filter: { readonly kind: string; readonly limit: number }): Promise<readonly LedgerEntry[]>;
  head(tenant: string, trajectoryId: string): Promise<{ readonly seq: number } | null>;
  /** History after `afterSeq`, then what is appended; does not end by itself. */
  watch(tenant: string, trajectoryId: string, afterSeq: number, signal: AbortSignal): AsyncIterable<LedgerEntry>;
  /** Ordered by time, then seq. */
  audit(tenant: string, filter: AuditFilter, page: { readonly limit: number; readonly offset: number }): Promise<readonly LedgerEntry[]>;
  count(tenant: string, filter: AuditFilter): Promise<number>;
}

export interface WritRow {
  readonly writ: Writ;
  readonly revokedAt: string | null;
  readonly revokedBy: string | null;
}
export interface WritAdmin {
  find(tenant: string, writId: string): Promise<WritRow | null>;
  /** Null when there is no such writ. */
  revoke(tenant: string, writId: string, by: string): Promise<WritRow | null>;
  restore(tenant: string, writId: string, by: string): Promise<WritRow | null>;
}

export interface SkillCatalogue {
  list(tenant: string): Promise<readonly SkillRecord[]>;
  /** By name, or by id with or without its prefix. Fault `skill.not_found`. */
  get(tenant: string, nameOrId: string): Promise<SkillRecord>;
  /** The same name with another content is the next version. */
  put(principal: Principal, skill: SkillDef, idempotencyKey: string | null): Promise<SkillRecord>;
}

export interface RunHealth {
  readonly version: string;
  /** `production` while keys or tokens are asked for. */
  mode(): Promise<'reference' | 'production'>;
  readonly defaultProvider: string;
  stopping(): boolean;
  /** A check that rejects or is late has failed. */
  readonly checks: { readonly store: () => Promise<void>; readonly temporal: () => Promise<void> };
}

export interface RunPorts {
  readonly health: RunHealth;
  readonly gateway: RunGateway;
  readonly reads: RunReads;
  readonly ledger: LedgerReads;
  readonly tools: { list(tenant: string): Promise<readonly ToolDefinition[]> };
  readonly writs: WritAdmin;
  readonly policies: { inForce(): Promise<readonly PolicySetInForce[]> };
  readonly skills: SkillCatalogue;
  readonly marketplace: MarketplacePorts;
}
