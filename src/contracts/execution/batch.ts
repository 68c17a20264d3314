/** Batches (seed 001 "Batch Operations"): one pattern, many inputs, each an execution of its own; what may be said to one, what it tells, what it is started with. */
import { z } from 'zod';
import type { ActorRef, Cause } from '../actor';
import { cancel } from './commands';
import type { ExecutionError } from './events';
import type { Cancellation, Edition } from './start';
import type { ExecutionPriority, ExecutionStatus } from './status';
import type { StoredValue } from './value';

export const BATCH_KIND = 'batch';
export const BATCH_WORKFLOW = 'patternBatch';

export const batchAddress = (tenant: string, id: string): string => (tenant === 'default' ? `${BATCH_KIND}/${id}` : `${BATCH_KIND}/${tenant}/${id}`);
export const batchRef = (tenant: string, id: string): ActorRef => ({ address: batchAddress(tenant, id), kind: BATCH_KIND, tenant, id });

/** Inputs of one batch, executions of one batch at a time, and how many where nobody says. */
export const BATCH_INPUTS_MAX = 10_000;
export const BATCH_CONCURRENCY_MAX = 50;
export const BATCH_CONCURRENCY_DEFAULT = 5;

/** The execution of one input: `exec_` instead of `batch_`, and the index. */
export const itemExecutionId = (batchId: string, index: number): string => `exec_${batchId.replace(/^batch_/, '')}_${index}`;

export const BATCH_COMMANDS = [cancel] as const;

const count = z.int().min(0);
const ErrorShape = z.object({ code: z.string(), message: z.string() });
const counts = { total: count, completed: count, failed: count };

export const BATCH_EVENTS = {
  started: z.object({
    batchId: z.string(),
    status: z.literal('running'),
    patternName: z.string(),
    patternVersion: z.string(),
    total: count,
    concurrency: count,
  }),
  /** The counts are those after it. */
  item_ended: z.object({
    index: count,
    executionId: z.string(),
    status: z.enum(['completed', 'failed', 'cancelled']),
    error: ErrorShape.nullable(),
    ...counts,
  }),
  completed: z.object({ status: z.literal('completed'), durationMs: count, ...counts }),
  /** `stopOnError`, and an input failed: what ran was let finish, the rest was not started. */
  failed: z.object({ status: z.literal('failed'), error: ErrorShape, durationMs: count, ...counts }),
  cancelled: z.object({ status: z.literal('cancelled'), reason: z.string().nullable(), cancelledBy: z.string(), durationMs: count, ...counts }),
  command_refused: z.object({ command: z.string(), requestId: z.string(), code: z.string(), message: z.string() }),
} as const;

export type BatchEventType = keyof typeof BATCH_EVENTS;
export type BatchEventData<T extends BatchEventType> = z.output<(typeof BATCH_EVENTS)[T]>;
export type BatchEvent = { [T in BatchEventType]: { readonly type: T; readonly data: BatchEventData<T> } }[BatchEventType];
export const BATCH_EVENT_TYPES = Object.keys(BATCH_EVENTS) as readonly BatchEventType[];

export interface BatchStart {
  readonly id: string;
  readonly tenant: string;
  readonly patternName: string;
  readonly patternVersion: string;
  /** By reference only: it goes to every execution, and their starts stand in this workflow's history. */
  readonly planRef: string;
  readonly total: number;
  readonly concurrency: number;
  readonly stopOnError: boolean;
  /** Of each execution. */
  readonly timeoutMs: number | null;
  readonly priority: ExecutionPriority;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly by: Cause;
  readonly createdAt: string;
  /** Of the batch and of its executions (./start.ts); absent in starts of before. */
  readonly edition?: Edition;
}

export interface BatchProjection {
  readonly start: BatchStart;
  readonly status: ExecutionStatus;
  readonly completed: number;
  readonly failed: number;
  /** Executions that somebody cancelled one by one. */
  readonly cancelledItems: number;
  readonly startedAt: string | null;
  readonly completedAt: string | null;
  readonly error: Pick<ExecutionError, 'code' | 'message'> | null;
  readonly cancel: Cancellation | null;
  readonly updatedAt: string;
}

/** One input and what became of it. `status` of an input that was never started is that of a batch which has ended without it: `cancelled`. */
export interface BatchItem {
  readonly index: number;
  readonly executionId: string;
  readonly status: ExecutionStatus;
  readonly result: StoredValue | null;
  readonly confidence: number | null;
  readonly error: ExecutionError | null;
  readonly durationMs: number | null;
}
