/** What an execution remembers. Plain JSON; the interpreter's own place in the plan is its code, not here. */
import type { BlockedThread, Cancellation, ExecutionStart, PendingApproval, RoleThread } from '../../contracts/execution/start';
import type { ExecutionError } from '../../contracts/execution/events';
import type { ExecutionStatus } from '../../contracts/execution/status';
import type { StoredValue } from '../../contracts/execution/value';

export interface GivenApproval {
  readonly approvalId: string;
  readonly approve: boolean;
  readonly value?: unknown;
  readonly comment: string | null;
  readonly answeredBy: string;
  readonly answeredAt: string;
  readonly automatic: boolean;
}

/** Approvals that one execution remembers: as many as it may ask for. */
export const APPROVALS_MAX = 100;

export interface ExecutionState {
  readonly start: ExecutionStart;
  readonly status: ExecutionStatus;
  readonly startedAt: string | null;
  readonly completedAt: string | null;
  readonly durationMs: number | null;
  readonly result: StoredValue | null;
  readonly confidence: number | null;
  readonly error: ExecutionError | null;
  readonly warnings: readonly string[];
  readonly cancel: Cancellation | null;
  /** Tasks given to agents, and what became of them. */
  readonly tasks: { readonly asked: number; readonly answered: number; readonly failed: number };
  /** Ids of the agents that were asked, each once; bounded by the tasks. */
  readonly agents: readonly string[];
  /** Where in the plan it is now, for people. */
  readonly step: string;
  readonly approvals: readonly PendingApproval[];
  readonly given: readonly GivenApproval[];
  /** Instances of roles; bounded by what a definition may ask for. */
  readonly threads: readonly RoleThread[];
  /** Threads that wait for a person: meanwhile the execution's own time stands still. */
  readonly blocked: readonly BlockedThread[];
  readonly updatedAt: string;
}

export const openExecution = (start: ExecutionStart): ExecutionState => ({
  start,
  status: 'pending',
  startedAt: null,
  completedAt: null,
  durationMs: null,
  result: null,
  confidence: null,
  error: null,
  warnings: [],
  cancel: null,
  tasks: { asked: 0, answered: 0, failed: 0 },
  agents: [],
  step: '',
  approvals: [],
  given: [],
  threads: [],
  blocked: [],
  updatedAt: start.createdAt,
});

/** Milliseconds from the start, or from the creation of one that was never started. */
export const durationAt = ({ startedAt, start }: Pick<ExecutionState, 'startedAt' | 'start'>, at: string): number =>
  Math.max(0, Date.parse(at) - Date.parse(startedAt ?? start.createdAt));
