/** Arguments of the execution's workflow, and the row that sums an execution up. */
import type { Cause } from '../actor';
import type { ReadySelection } from '../agent/task';
import type { ExecutionError } from './events';
import type { ExecutionPriority, ExecutionStatus } from './status';
import type { StoredValue } from './value';

/** Where the input is: with the start, in the blob store, or among the inputs of a batch. */
export type InputSource = StoredValue | { readonly batchId: string; readonly index: number };

/** `plan` is what the definition was compiled to when the execution was started: a later version of the pattern never changes a running one. */
export interface ExecutionStart {
  readonly id: string;
  readonly tenant: string;
  readonly patternName: string;
  readonly patternVersion: string;
  readonly plan: StoredValue;
  /** The plan in the blob store, also when it travels inline: a retry starts from it. */
  readonly planRef: string;
  readonly input: InputSource;
  readonly timeoutMs: number | null;
  readonly priority: ExecutionPriority;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly retriedFrom: string | null;
  /** For a sub-pattern: which execution, and where in its plan. */
  readonly parent: { readonly executionId: string; readonly step: string } | null;
  readonly batch: { readonly id: string; readonly index: number } | null;
  /** 0 for what a client started; sub-patterns count up, to {@link DEPTH_MAX}. */
  readonly depth: number;
  readonly by: Cause;
  readonly createdAt: string;
  /** Absent in starts of before: see {@link EDITION}. */
  readonly edition?: Edition;
  /** Of the agents that its first step asks for, where that could be known at the start. */
  readonly selected?: ReadySelection;
}

/**
 * How the workflow goes about its journal: gathered commits, some of them brought by activities that go out anyway. Part of the start and not a patch of the workflow: a patch
 * costs every execution two events of its history and a write of its search attributes. From 3 on the agents of a step that workers call themselves are asked by one activity; from 4
 * on those that answer at once are asked, and the end is committed, within the task of the workflow at hand (docs/decisions/0028-answer-within-the-workflow-task.md); from 5 on only
 * while nothing else is out.
 */
export const EDITION = 5;
export type Edition = 2 | 3 | 4 | typeof EDITION;

/** Sub-patterns inside each other. */
export const DEPTH_MAX = 8;
/** Tasks for agents in one execution; a loop that would need more fails with `execution.too_many_tasks`. */
export const TASKS_MAX = 1_000;
/** Steps that one execution performs, each iteration of a loop counted. */
export const STEPS_MAX = 2_000;
/** The longest that a client may ask for: 30 days. */
export const TIMEOUT_MAX_MS = 30 * 86_400_000;

/** An approval that waits. Its id is the same however often the step is taken up. */
export interface PendingApproval {
  readonly approvalId: string;
  readonly step: string;
  readonly to: string | null;
  readonly message: string;
  readonly deadlineAt: string | null;
}

/** A thread of the execution that waits for a person. */
export interface BlockedThread {
  readonly threadId: string;
  readonly role: string;
  readonly step: string;
  readonly ask: { readonly id: string; readonly kind: string; readonly text: string };
}

/** An instance of a role of an org chart. */
export interface RoleThread {
  readonly threadId: string;
  readonly role: string;
  readonly instance: number;
}

export interface Cancellation {
  readonly by: string;
  readonly reason: string | null;
  readonly at: string;
}

/** The part of an execution's row that changes, beside its start. */
export interface ExecutionProjection {
  readonly start: Omit<ExecutionStart, 'plan' | 'selected'>;
  readonly status: ExecutionStatus;
  readonly startedAt: string | null;
  readonly completedAt: string | null;
  readonly durationMs: number | null;
  readonly result: StoredValue | null;
  readonly confidence: number | null;
  readonly error: ExecutionError | null;
  readonly warnings: readonly string[];
  readonly cancel: Cancellation | null;
  readonly agentCount: number;
  readonly approvals: readonly PendingApproval[];
  /** Of an org chart; absent in rows of before. */
  readonly threads?: readonly RoleThread[];
  readonly blocked?: readonly BlockedThread[];
  readonly updatedAt: string;
}

/** What the workflow returns; the result itself is in the journal and the row. */
export interface ExecutionOutcome {
  readonly status: ExecutionStatus;
  readonly result: StoredValue | null;
  readonly confidence: number | null;
  readonly error: ExecutionError | null;
}
