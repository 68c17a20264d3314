/**
 * The events of a run, one schema for each type: what its session (digest §2.7) is told from. The ledger is the run's memory; these only tell of it.
 *
 * Events with an `idx` are lines of the session's log, numbered 1, 2, 3 … by the workflow, so that a reader of the newest ones knows their numbers. Ids are bare hex.
 */
import { z } from 'zod';
import { StoredValue } from '../execution/value';
import { Budget, Hash, RejectionReason } from './protocol';
import { Termination } from './status';

const count = z.int().min(0);
const line = { idx: z.int().min(1) };
/** `step` counts from 0 over the whole run, resumed or not. */
const at = { step: count };
const intent = { ...at, tool: z.string(), intentId: Hash };
const proposal = { ...intent, proposalId: Hash };
const Refusal = z.object({ code: z.string(), message: z.string() });

/** Characters of a rationale, of an error, of a task in events. */
export const TEXT_MAX = 2_000;

export const RUN_EVENTS = {
  run_created: z.object({
    ...line,
    runId: z.string(),
    trajectoryId: Hash,
    title: z.string(),
    maxSteps: count,
    parent: z.object({ runId: z.string(), proposalId: Hash }).nullable(),
    branchOf: z.object({ trajectoryId: Hash, commitId: Hash }).nullable(),
  }),
  /** The same trajectory goes on under a writ that is the first one or narrower. `attempt` counts the resumptions from 1. */
  run_resumed: z.object({ ...line, attempt: z.int().min(1), by: z.string(), title: z.string(), maxSteps: count, writId: Hash }),
  /** `fresh`: outcomes that the model has not been told of before. */
  step_started: z.object({ ...line, ...at, fresh: count }),
  /** A model call failed in a way that waiting may mend. */
  retry_scheduled: z.object({ ...line, ...at, retry: z.int().min(1), delayMs: count, error: Refusal }),
  /** `lostCalls`: calls of the model that were made and never heard. `costKnown` false: because of them, or as the model has no price, `usdMillicents` is not all that it cost. */
  usage_updated: z.object({
    ...at,
    ...{ tokensIn: count, tokensOut: count, usdMillicents: count, costKnown: z.boolean().optional(), latencyMs: count, intents: count },
    lostCalls: count.optional(),
  }),
  intent_declared: z.object({ ...line, ...intent, rationale: z.string() }),
  proposal_staged: z.object({ ...line, ...proposal }),
  /** `seq`: of the ledger's entry. */
  proposal_rejected: z.object({ ...line, ...intent, proposalId: Hash.nullable(), reason: RejectionReason, seq: count }),
  approval_requested: z.object({ ...line, ...proposal, channel: z.string(), reason: z.string(), quorum: z.int().min(1), seq: count }),
  /** One verdict; `missing` approvals are still wanted after it. */
  approval_answered: z.object({
    proposalId: Hash,
    channel: z.string(),
    approved: z.boolean(),
    approver: z.string(),
    comment: z.string().nullable(),
    at: z.string(),
    missing: count,
  }),
  approval_resolved: z.object({ ...line, ...proposal, channel: z.string(), approved: z.boolean(), approvers: z.array(z.string()) }),
  /** `key`: of the execution's activity and effect. */
  execution_started: z.object({ ...line, ...proposal, key: z.string().optional() }),
  execution_observed: z.object({ ...line, ...proposal, deltaOps: count, latencyMs: count, cost: Budget }),
  commit_recorded: z.object({ ...line, ...proposal, commitId: Hash, seq: count }),
  /** `unknown`: begun, and nobody can prove how it ended; `resolveEffect` settles it. */
  execution_failed: z.object({ ...line, ...proposal, outcome: z.enum(['failed', 'unknown']), error: z.string(), cost: Budget, seq: count }),
  effect_resolved: z.object({ proposalId: Hash, outcome: z.enum(['done', 'not_done']), by: z.string() }),
  delegation_started: z.object({ ...line, ...proposal, childRunId: z.string(), childTrajectoryId: Hash }),
  /** `cost`: what the child used of the budget, its own children counted. */
  delegation_ended: z.object({
    ...line,
    ...proposal,
    childRunId: z.string(),
    childTrajectoryId: Hash,
    status: z.enum(['completed', 'failed', 'cancelled']),
    terminatedBy: Termination,
    cost: Budget,
    seq: count,
  }),
  cancel_requested: z.object({ by: z.string(), reason: z.string().nullable(), at: z.string() }),
  run_completed: z.object({ status: z.literal('completed'), terminatedBy: z.literal('CognitionDone'), finalAnswer: StoredValue.nullable() }),
  /** With `idx` when the end was an error. */
  run_failed: z.object({
    idx: z.int().min(1).optional(),
    status: z.literal('failed'),
    terminatedBy: Termination,
    finalAnswer: StoredValue.nullable(),
    error: Refusal.nullable(),
  }),
  run_cancelled: z.object({ ...line, status: z.literal('cancelled'), terminatedBy: z.literal('Cancelled'), by: z.string(), reason: z.string().nullable() }),
  /** A command that came by signal and could not be done. */
  command_refused: z.object({ command: z.string(), requestId: z.string(), code: z.string(), message: z.string() }),
} as const;

export type RunEventType = keyof typeof RUN_EVENTS;
export type RunEventData<T extends RunEventType> = z.input<(typeof RUN_EVENTS)[T]>;
export type RunEvent = { [T in RunEventType]: { readonly type: T; readonly data: RunEventData<T> } }[RunEventType];
export const RUN_EVENT_TYPES = Object.keys(RUN_EVENTS) as readonly RunEventType[];

/** Types of the events that are lines of the log; `run_failed` is one where it has an `idx`. */
export const LOG_EVENT_TYPES = RUN_EVENT_TYPES.filter((type) => 'idx' in RUN_EVENTS[type].shape);
/** Newest lines that a session shows. */
export const LOG_MAX = 400;

const ENDS: readonly string[] = ['run_completed', 'run_failed', 'run_cancelled'] satisfies RunEventType[];
/** Whether nothing comes after an event of this type, unless the run is resumed. */
export const endsRun = (type: string): boolean => ENDS.includes(type);
