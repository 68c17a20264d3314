/**
 * The activities of runs. Each may run again at any time: what it keeps, it keeps under `key` (`<attempt>.<step>` of a step, `<attempt>.<step>.<n>` of an intent), so the second time
 * answers as the first. Large values go by reference to the blob store; histories hold ids and short texts.
 */
import type { StoredValue } from '../execution/value';
import type { Budget, EntryPayload, RejectionReason } from './protocol';
import type { RunStart } from './start';
import type { Termination } from './status';

export interface RunIdentity {
  readonly tenant: string;
  readonly runId: string;
  readonly trajectoryId: string;
}

export interface ThinkInput {
  readonly run: RunIdentity;
  readonly specRef: string;
  readonly writId: string;
  readonly key: string;
  /** Of this attempt, from 0: what a script is read by. */
  readonly step: number;
  readonly maxSteps: number;
  /** The call is given up when its `wall_clock_ms` is over: outcome `failed`, and the run ends by its budget. */
  readonly budgetLeft: Budget;
  /** How often this step's call failed before: the first retry waits 1 s, then 2 s, then 4 s, unless the provider says when. */
  readonly retry: number;
}

/** An intent of the protocol is a blob; the workflow sees this. */
export interface IntentRef {
  readonly intentId: string;
  /** The blob: JSON of an `Intent`. */
  readonly ref: string;
  readonly tool: string;
  /** At most TEXT_MAX characters, redacted. */
  readonly rationale: string;
}

export type ThinkOutput =
  | {
      readonly outcome: 'thought';
      /** At most INTENTS_MAX; none means that the run is done. Ids are unique within the run. */
      readonly intents: readonly IntentRef[];
      readonly finalAnswer: StoredValue | null;
      /**
       * `latencyMs`: of the model call, without what it waited for. `lostCalls`: calls of this step that were made and never heard, at a cost that nobody knows. `costKnown` false: the
       * model has no price or a call was lost, so `usdMillicents` is less than what it cost.
       */
      readonly usage: {
        readonly tokensIn: number;
        readonly tokensOut: number;
        readonly usdMillicents: number;
        readonly costKnown?: boolean;
        readonly latencyMs: number;
        readonly lostCalls?: number;
      };
    }
  /** The provider failed. The workflow waits `retryInMs` on a timer of its own, so that the wait is in the log and can be cancelled; null: another try does not help. */
  | {
      readonly outcome: 'failed';
      readonly error: { readonly code: string; readonly message: string };
      readonly retryInMs: number | null;
      readonly latencyMs: number;
      /** False: the provider may charge for what it began, and nobody knows how much. */
      readonly costKnown?: boolean;
      /** What a person is told as the final answer. */
      readonly sentence: string;
    };

export interface CompileInput {
  readonly run: RunIdentity;
  readonly writId: string;
  readonly key: string;
  readonly intentRef: string;
  /** The spec, where it holds the evidence of a routing. */
  readonly routingRef: string | null;
  /** Of the run's budget so far, delegated runs counted. */
  readonly used: Budget;
  /** The proposal that people were asked about, and the channels on which they have approved it: only these count as answered. */
  readonly approval: { readonly proposalRef: string; readonly channels: readonly string[] } | null;
}

export type CompileOutput =
  /** `delegates`: it is a delegation, which the workflow performs. */
  | { readonly outcome: 'staged'; readonly proposalId: string; readonly proposalRef: string; readonly delegates: boolean; readonly timeoutMs: number }
  /** A `pending_approval` entry stands in the ledger. */
  | {
      readonly outcome: 'suspended';
      readonly proposalId: string;
      readonly proposalRef: string;
      readonly channel: string;
      readonly reason: string;
      readonly quorum: number;
      readonly seq: number;
    }
  /** A `rejection` entry stands in the ledger. */
  | { readonly outcome: 'rejected'; readonly proposalId: string | null; readonly reason: RejectionReason; readonly seq: number };

/** Writ, revocation, budget, policy, preconditions and versions are looked at again before anything is done. */
export interface ExecuteInput extends CompileInput {
  readonly proposalId: string;
  readonly proposalRef: string;
  /** Nothing is begun any more: it only says, and has the ledger say, what is known of an execution that was cut off. */
  readonly abandoned?: boolean;
}

export type ExecuteOutput =
  | {
      readonly outcome: 'committed';
      readonly commitId: string;
      readonly seq: number;
      readonly deltaOps: number;
      readonly latencyMs: number;
      readonly cost: Budget;
    }
  | { readonly outcome: 'failed' | 'unknown'; readonly error: string; readonly seq: number; readonly cost: Budget }
  /** It does not hold any longer: the writ has expired, the world has changed, … */
  | { readonly outcome: 'rejected'; readonly reason: RejectionReason; readonly seq: number }
  /** Only of what was abandoned: it was never begun, and the ledger says nothing of it. */
  | { readonly outcome: 'not_started' };

export interface DelegateInput extends ExecuteInput {
  readonly specRef: string;
  readonly budgetLeft: Budget;
  readonly parent: Pick<RunStart, 'maxSteps' | 'approvalTimeoutMs' | 'keyId' | 'by'>;
}
/** The child's trajectory stands, its writ is a strict subset of the parent's; the workflow starts it. */
export type DelegateOutput = { readonly outcome: 'prepared'; readonly start: RunStart } | Exclude<ExecuteOutput, { readonly outcome: 'committed' }>;

export interface RunActivities {
  /** The effect is claimed before the call; a call whose worker was lost is made again. Cancelled: it ends within a second. */
  think(input: ThinkInput): Promise<ThinkOutput>;
  compileIntent(input: CompileInput): Promise<CompileOutput>;
  /** Claims, acts, and appends the entry with the receipt in one transaction. Cancelled: the tool is interrupted, and the entry says so. */
  executeProposal(input: ExecuteInput): Promise<ExecuteOutput>;
  prepareDelegation(input: DelegateInput): Promise<DelegateOutput>;
  /** One entry of a plain kind (approval, cancel, resume, rejection of what was denied). */
  appendEntry(input: {
    readonly run: RunIdentity;
    readonly requestId: string;
    readonly payload: EntryPayload;
  }): Promise<{ readonly id: string; readonly seq: number }>;
  /** The `delegation` entry, with the child's answer. */
  endDelegation(input: {
    readonly run: RunIdentity;
    readonly key: string;
    readonly proposalRef: string;
    readonly childTrajectoryId: string;
    readonly finalAnswer: StoredValue | null;
  }): Promise<{ readonly seq: number }>;
  /** The `final_answer` and the `usage` entry of an attempt. */
  closeTrajectory(input: {
    readonly run: RunIdentity;
    readonly attempt: number;
    readonly finalAnswer: StoredValue | null;
    readonly terminatedBy: Termination;
    readonly usage: { readonly tokensIn: number; readonly tokensOut: number; readonly costKnown?: boolean; readonly used: Budget };
  }): Promise<{ readonly seq: number }>;
}

/** Model calls and tools work on a queue of their own: what takes minutes must not hold the slot of a commit. Every worker polls it. */
export const RUNS_QUEUE = 'everthread-runs';
