/** What a run is started with, and the row that sums it up. */
import type { z } from 'zod';
import type { Cause } from '../actor';
import type { StoredValue } from '../execution/value';
import type { CognitionChoice } from './ports';
import type { Budget, RoutingEvidence } from './protocol';
import type { SaidTurn } from './said';
import type { RunPhase, RunStatus, Termination } from './status';

type Json = z.core.util.JSONType;

export interface BoundSkill {
  readonly skillId: string;
  readonly skill: Json;
  readonly params: readonly (readonly [string, string])[];
}

export interface RoutedIntent {
  readonly tool: string;
  readonly args: Json;
  readonly rationale: string;
  readonly evidence: RoutingEvidence | null;
}

/** What of a run is too large to travel: a blob, read by the activities and the projector. */
export interface RunSpec {
  /** With the instructions of bound skills; what the root entry notes and the model is told. */
  readonly task: string;
  readonly cognition: CognitionChoice;
  readonly history: readonly { readonly role: string; readonly text: string }[];
  readonly skills: readonly BoundSkill[];
  /** One action that came with the request in place of a model (`POST /routed-submit`); why it was chosen goes with the proposal and the commit. */
  readonly routed: RoutedIntent | null;
  /** Of a run of a thread: the prompt of its agent, and what was said before, as turns of their own. */
  readonly instructions?: string;
  readonly turns?: readonly SaidTurn[];
  readonly conversation?: RunConversation;
}

/** The thread that a run belongs to. */
export interface RunConversation {
  readonly threadId: string;
  readonly rolloutId: string;
}

/** Arguments of the workflow. `attempt` 0 is the first; each resumption counts one up and has a spec, a writ and a maximum of steps of its own. */
export interface RunStart {
  readonly id: string;
  readonly tenant: string;
  readonly trajectoryId: string;
  readonly specRef: string;
  /** The beginning of the task, for people. */
  readonly title: string;
  readonly attempt: number;
  /** Of this attempt. */
  readonly maxSteps: number;
  readonly writId: string;
  /** Of the writ; what earlier attempts used counts. */
  readonly budget: Budget;
  /** Of the writ, seconds since 1970. */
  readonly expiresAt: number;
  /** After this long without an answer an approval is denied; null: it waits for as long as it takes. */
  readonly approvalTimeoutMs: number | null;
  readonly parent: { readonly runId: string; readonly proposalId: string } | null;
  readonly branchOf: { readonly trajectoryId: string; readonly commitId: string } | null;
  /** What it does was chosen by somebody else, and the spec says why. */
  readonly routed: boolean;
  /** Of a run of a thread: what it does is told there too. */
  readonly conversation?: RunConversation;
  /** The API key that asked for it, for usage. */
  readonly keyId: string | null;
  readonly by: Cause;
  readonly createdAt: string;
}

/** Bounds of one run. */
export const MAX_STEPS = 256;
export const MAX_STEPS_DEFAULT = 16;
export const TASK_MAX_BYTES = 10_000;
/** Intents of one step that are taken up; a model that sends more is told so by what comes of the first ones. */
export const INTENTS_MAX = 32;
export const TITLE_MAX = 200;

export interface Counters {
  readonly steps_started: number;
  readonly intents_declared: number;
  readonly proposals_staged: number;
  readonly commits: number;
  readonly rejections: number;
  readonly failures: number;
  readonly recoveries: number;
  readonly retries: number;
  readonly approvals_pending: number;
}

/** One verdict of one person. */
export interface RunVerdict {
  readonly approved: boolean;
  readonly approver: string;
  readonly comment: string | null;
  /** ISO 8601. */
  readonly at: string;
}

/** What waits for people. One at a time: intents are handled in order. */
export interface PendingRunApproval {
  readonly proposalId: string;
  readonly intentId: string;
  readonly tool: string;
  readonly step: number;
  readonly channel: string;
  readonly reason: string;
  /** Different people who must approve. */
  readonly quorum: number;
  readonly verdicts: readonly RunVerdict[];
  readonly since: string;
}

/** What it does now, for `operator_state`. */
export interface Doing {
  readonly what:
    | 'booting'
    | 'planning'
    | 'declared'
    | 'staged'
    | 'rejected'
    | 'awaiting'
    | 'resolved'
    | 'executing'
    | 'observed'
    | 'committed'
    | 'failed'
    | 'retrying'
    | 'ended';
  readonly tool: string | null;
}

/** The part of a run's row that changes, beside its start. */
export interface RunProjection {
  readonly start: RunStart;
  readonly status: RunStatus;
  readonly phase: RunPhase;
  readonly doing: Doing;
  /** Steps started over all attempts, and the most that may be. */
  readonly currentStep: number;
  readonly maxSteps: number;
  readonly activeTool: string | null;
  readonly counters: Counters;
  readonly tokensIn: number;
  readonly tokensOut: number;
  /** Of the budget, delegated runs counted; `wall_clock_ms` is time in model calls and tools: people and queues take none of it. */
  readonly used: Budget;
  /** The part of it that delegated runs used. */
  readonly usedByChildren: Budget;
  /** False: `usd_millicents` of what it used itself is not all that it cost. Absent in rows from before. */
  readonly costKnown?: boolean;
  readonly pending: PendingRunApproval | null;
  readonly cancel: { readonly by: string; readonly reason: string | null; readonly at: string } | null;
  /** Proposals whose effect nobody could prove. */
  readonly unknownEffects: readonly string[];
  readonly terminatedBy: Termination | null;
  readonly finalAnswer: StoredValue | null;
  readonly error: { readonly code: string; readonly message: string } | null;
  /** Lines of the log so far. */
  readonly logged: number;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly updatedAt: string;
}

/** What the workflow returns: to the run that delegated. */
export interface RunOutcome {
  readonly status: 'completed' | 'failed' | 'cancelled';
  readonly terminatedBy: Termination;
  readonly finalAnswer: StoredValue | null;
  readonly used: Budget;
}
