/** What the thread of a script is started with, and the row that sums it up. */
import type { Cause } from '../actor';
import type { StoredValue } from '../execution/value';
import type { IrPrimitive, IrType, ScriptIr } from './ir';
import type { ScriptExecutionMode, ScriptThreadStatus } from './status';

/** Arguments of the workflow. The script is that of the version when the thread was made: a later one never changes a running thread. */
export interface ScriptStart {
  /** `thr_…`. */
  readonly id: string;
  readonly tenant: string;
  readonly scriptName: string;
  /** 0: a draft under test, or the plan of another thread. */
  readonly version: number;
  readonly ir: ScriptIr;
  /** Checked against the contract, defaults filled in. */
  readonly input: StoredValue;
  /** Whether the thread has an environment. Its values are kept sealed beside the row (secrets never stand in histories); only activities read them. */
  readonly hasEnv: boolean;
  readonly executionMode: ScriptExecutionMode;
  /** LOCAL: the host whose tools act. */
  readonly hostId: string | null;
  /** ISO 8601; null: none. Paused time counts. */
  readonly deadlineAt: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  /** Of a script that another one runs. */
  readonly parent: { readonly threadId: string; readonly path: string } | null;
  readonly depth: number;
  readonly keyId: string | null;
  readonly by: Cause;
  readonly createdAt: string;
  /** Absent in starts of before: see {@link SCRIPT_EDITION}. */
  readonly edition?: ScriptEdition;
}

/**
 * How the workflow goes about its steps. Part of the start and not a patch of the workflow: a patch costs every thread two events of its history and a write of its search attributes. From 2 on, tools that only
 * compute are called within the task of the workflow at hand.
 */
export const SCRIPT_EDITION = 2;
export type ScriptEdition = 2;

/** Scripts inside each other. */
export const SCRIPT_DEPTH_MAX = 8;
/** Steps that one thread performs, each of an iteration counted. */
export const SCRIPT_STEPS_MAX = 1_000_000;
/** Rounds, items or lanes at one time. */
export const PARALLEL_MAX = 64;
/** Items of one `each` or `pipe`. */
export const ITEMS_MAX = 100_000;

export interface ScriptError {
  /** `step.…`, `ask.expired`, `ask.retries_used_up`, `thread.timeout`, the code of a tool's fault, …. */
  readonly code: string;
  readonly message: string;
  /** Path and label of the step, where it was one. */
  readonly step?: string;
  readonly label?: string;
  readonly tool?: string;
}

/** A step that waits for a person: an answer, or corrected input after an error that nobody handled. */
export type ScriptPause = {
  readonly path: string;
  readonly label: string | null;
  /** ISO 8601. */
  readonly since: string;
} & (
  | {
      readonly kind: 'ask';
      readonly prompt: string;
      readonly type: IrType;
      readonly options: readonly unknown[] | null;
      readonly default: StoredValue | null;
      /** 1 for the first. */
      readonly attempt: number;
      /** Wrong answers that are still allowed. */
      readonly retriesLeft: number;
      readonly expiresAt: string | null;
      /** What was wrong with the last answer. */
      readonly refused: string | null;
    }
  | { readonly kind: 'error'; readonly primitive: IrPrimitive; readonly error: ScriptError }
);

/** The part of a thread's row that changes, beside its start. */
export interface ScriptThreadProjection {
  readonly start: Omit<ScriptStart, 'ir'>;
  readonly status: ScriptThreadStatus;
  readonly error: ScriptError | null;
  /** The step that began last and has not ended. */
  readonly current: { readonly path: string; readonly name: string } | null;
  /** Steps that have begun; every one of an iteration counts. */
  readonly stepsStarted: number;
  readonly stepsCompleted: number;
  /** Steps that the script has, as it is written. */
  readonly totalSteps: number;
  /** The oldest first; at most {@link PARALLEL_MAX} at one time. */
  readonly pauses: readonly ScriptPause[];
  readonly yielded: number;
  readonly output: StoredValue | null;
  readonly tokensIn: number;
  readonly tokensOut: number;
  readonly cancel: { readonly by: string; readonly reason: string | null; readonly at: string } | null;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly updatedAt: string;
}

/** What the workflow returns: to the thread that ran it. */
export interface ScriptOutcome {
  readonly status: 'COMPLETED' | 'FAILED' | 'CANCELLED';
  readonly output: StoredValue | null;
  readonly error: ScriptError | null;
}
