/**
 * The events of an execution, one schema for each type (seed 001 "Execute with Streaming", digest §2.3 for the names beside the seed's three). Values that may be
 * large are {@link StoredValue}s here; what clients see has the value itself in their place.
 */
import { z } from 'zod';
import { StoredValue } from './value';

const count = z.int().min(0);
const ErrorShape = z.object({ code: z.string(), message: z.string(), details: z.record(z.string(), z.unknown()).optional() });
/** Where in the plan: `steps[2].then[0]`; empty for the pattern's own agents. */
const step = z.string();
const thread = { threadId: z.string(), role: z.string() };
const task = { taskId: z.string(), agentId: z.string(), agentName: z.string(), step, attempt: z.int().min(1) };

export const EXECUTION_EVENTS = {
  started: z.object({
    executionId: z.string(),
    status: z.literal('running'),
    patternName: z.string(),
    patternVersion: z.string(),
    retriedFrom: z.string().nullable(),
    parent: z.object({ executionId: z.string(), step }).nullable(),
  }),
  agents_selected: z.object({ step, count, agents: z.array(z.object({ agentId: z.string(), name: z.string() })) }),
  agent_started: z.object({ ...task, capabilities: z.array(z.string()) }),
  agent_result: z.object({
    ...task,
    result: StoredValue,
    confidence: z.number().nullable(),
    reasoning: z.string().nullable(),
    durationMs: count,
  }),
  /** `reassigned`: another agent is asked in its place. */
  agent_failed: z.object({ ...task, error: ErrorShape, retryable: z.boolean(), reassigned: z.boolean() }),
  /** Of the agents of one step: how many were asked, answered, failed. */
  progress: z.object({ step, total: count, completed: count, failed: count }),
  /** The whole pattern or one step is tried again because its validation failed. */
  retrying: z.object({ step, attempt: z.int(), reason: z.string(), confidence: z.number().nullable() }),
  step_started: z.object({ step, type: z.string(), name: z.string().nullable() }),
  step_completed: z.object({ step, type: z.string(), confidence: z.number().nullable() }),
  step_skipped: z.object({ step, type: z.string(), reason: z.string() }),
  /** `handled`: the step's `onError` took it, and the execution goes on. */
  step_failed: z.object({ step, type: z.string(), error: ErrorShape, handled: z.boolean() }),
  step_confidence: z.object({
    step,
    role: z.string().nullable(),
    confidence: z.number().nullable(),
    action: z.enum(['no_signal', 'retry', 'escalate', 'escalation_unrouted', 'accept', 'accept_with_warning', 'review_verdict']),
    source: z.string(),
    detail: z.string().nullable(),
    /** Without what the history of the role says: what history itself is made of. */
    measured: z.number().nullable().optional(),
    /** Who does the work instead, on `escalate`. */
    supervisor: z.string().optional(),
  }),
  /** A role's instance is a managed thread from now on. */
  thread_spawned: z.object({ ...thread, instance: count, agentType: z.string() }),
  /** A task was sent to the thread, under this request id. */
  turn_started: z.object({ ...thread, step, requestId: z.string() }),
  turn_completed: z.object({ ...thread, step, requestId: z.string(), result: StoredValue, confidence: z.number().nullable(), durationMs: count }),
  /** A prompt of the thread's CLI waits for a person; answer it at the thread. */
  thread_blocked: z.object({ ...thread, step, ask: z.object({ id: z.string(), kind: z.string(), text: z.string() }) }),
  thread_unblocked: z.object({ ...thread, step }),
  /** The routing of the chart names a role for such questions. `answered`: what it said was typed in; else the question waits for a person. */
  question_routed: z.object({ ...thread, step, askId: z.string(), to: z.string(), answered: z.boolean(), reason: z.string().nullable() }),
  /** What the thread has committed is pushed, and a pull request opened (`createPr` of an org chart). */
  workspace_finalizing: z.object(thread),
  /** `existed`: there was one for the branch already. */
  workspace_pr_created: z.object({ ...thread, branch: z.string(), prNumber: z.int(), prUrl: z.string(), existed: z.boolean() }),
  /** The work stays where it is; the execution goes on. */
  workspace_finalize_failed: z.object({ ...thread, error: ErrorShape }),
  subpattern_started: z.object({ step, executionId: z.string(), patternName: z.string(), patternVersion: z.string() }),
  subpattern_ended: z.object({ step, executionId: z.string(), status: z.enum(['completed', 'failed', 'cancelled']) }),
  approval_requested: z.object({
    approvalId: z.string(),
    step,
    to: z.string().nullable(),
    message: z.string(),
    context: StoredValue.nullable(),
    deadlineAt: z.string().nullable(),
  }),
  /** Nobody answered in the time that the definition gives; it goes on waiting. */
  approval_overdue: z.object({ approvalId: z.string(), waitedMs: count }),
  /** `automatic`: nobody answered until the deadline. */
  approval_given: z.object({
    approvalId: z.string(),
    approve: z.boolean(),
    value: z.unknown().optional(),
    comment: z.string().nullable(),
    answeredBy: z.string(),
    answeredAt: z.string(),
    automatic: z.boolean(),
  }),
  /** A result that was good enough is kept for later executions of the pattern (`validation.fallback` previous and cached). */
  result_kept: z.object({ step, input: StoredValue, result: StoredValue, confidence: z.number().nullable() }),
  /** Managed threads of the execution were stopped because it has ended. */
  threads_stopped: z.object({ count }),
  timeout: z.object({ timeoutMs: count }),
  completed: z.object({
    status: z.literal('completed'),
    result: StoredValue,
    confidence: z.number().nullable(),
    durationMs: count,
    agentCount: count,
    /** Why the result is not the plain one: `fallback: default`, `confidence below minConfidence`, … */
    warnings: z.array(z.string()),
    /** The pattern's own `$metrics`. */
    metrics: z.record(z.string(), z.unknown()),
  }),
  failed: z.object({ status: z.literal('failed'), error: ErrorShape, confidence: z.number().nullable(), durationMs: count, agentCount: count }),
  cancelled: z.object({ status: z.literal('cancelled'), reason: z.string().nullable(), cancelledBy: z.string(), durationMs: count, agentCount: count }),
  /** A command that came by signal and could not be done. */
  command_refused: z.object({ command: z.string(), requestId: z.string(), code: z.string(), message: z.string() }),
} as const;

export type ExecutionEventType = keyof typeof EXECUTION_EVENTS;
export type ExecutionEventData<T extends ExecutionEventType> = z.input<(typeof EXECUTION_EVENTS)[T]>;
export type ExecutionEvent = { [T in ExecutionEventType]: { readonly type: T; readonly data: ExecutionEventData<T> } }[ExecutionEventType];
export const EXECUTION_EVENT_TYPES = Object.keys(EXECUTION_EVENTS) as readonly ExecutionEventType[];
export type ExecutionError = z.output<typeof ErrorShape>;

const ENDS: readonly string[] = ['completed', 'failed', 'cancelled'] satisfies ExecutionEventType[];
/** Whether nothing comes after an event of this type but what tells of the clearing up. */
export const endsExecution = (type: string): boolean => ENDS.includes(type);
