/** What the routes of executions need of the rest: commands through the gateway, reads from the store, the journal as it grows. */
import type { z } from 'zod';
import type { Cause } from '../../contracts/actor';
import type { approve, cancel } from '../../contracts/execution/commands';
import type { ExecutionError } from '../../contracts/execution/events';
import type { ExecutionProjection, InputSource } from '../../contracts/execution/start';
import type { ExecutionPriority, ExecutionStatus } from '../../contracts/execution/status';
import type { StoredValue } from '../../contracts/execution/value';
import type { Json } from '../../contracts/pattern/json';
import type { Principal } from '../../contracts/principal';
import type { Commanded } from '../../gateway/doors';

export interface ExecutionRow extends ExecutionProjection {
  readonly id: string;
  readonly lastSeq: number;
}

export interface TaskRow {
  readonly taskId: string;
  readonly agentId: string;
  readonly agentName: string;
  readonly step: string;
  readonly attempt: number;
  readonly status: 'running' | 'completed' | 'failed' | 'cancelled';
  readonly result: StoredValue | null;
  readonly confidence: number | null;
  readonly reasoning: string | null;
  readonly error: ExecutionError | null;
  readonly durationMs: number | null;
}

export interface EventRow {
  readonly seq: number;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly at: string;
  readonly by: Cause;
  readonly requestId: string | null;
}

export interface Counts {
  readonly total: number;
  readonly successful: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly averageMs: number | null;
  readonly averageConfidence: number | null;
}

interface ExecuteRequest {
  readonly pattern: string;
  readonly version: string | null;
  readonly input: Json;
  readonly timeoutMs: number | null;
  readonly priority: ExecutionPriority;
  readonly metadata: Readonly<Record<string, unknown>>;
}

interface Keyed {
  readonly idempotencyKey: string | null;
  readonly requestId: string;
}

interface Starting extends Keyed {
  /** Runs once the id is known and before anything is started. */
  readonly beforeStart?: (id: string) => Promise<void>;
  /** The row may come so late; `heard` is to be called when the end was heard of. */
  readonly rowWithinMs?: number;
}

interface Started {
  readonly execution: ExecutionRow;
  readonly replayed: boolean;
  readonly heard?: () => void;
}

/** Stop it in the end. */
export interface Listening {
  readonly heard: Promise<unknown>;
  stop(): void;
}

/** Faults: `execution.not_found`, `execution.ended` and `execution.running` (conflict), `pattern.not_found`, `execution.input_invalid`. */
export interface ExecutionGateway {
  start(principal: Principal, request: ExecuteRequest, keyed: Starting): Promise<Started>;
  retry(principal: Principal, id: string, keyed: Keyed): Promise<Started>;
  cancel(
    principal: Principal,
    id: string,
    input: { readonly reason?: string },
    request: { readonly requestId: string },
  ): Promise<Commanded<z.output<typeof cancel.reply>>>;
  approve(
    principal: Principal,
    id: string,
    input: z.input<typeof approve.input>,
    request: { readonly requestId: string },
  ): Promise<Commanded<z.output<typeof approve.reply>>>;
}

export interface ExecutionReads {
  get(tenant: string, id: string): Promise<ExecutionRow | null>;
  tasks(tenant: string, id: string): Promise<readonly TaskRow[]>;
  list(
    tenant: string,
    filter: {
      readonly pattern?: string | undefined;
      readonly status?: ExecutionStatus | undefined;
      readonly since?: string | undefined;
      readonly until?: string | undefined;
      readonly batchId?: string | undefined;
      readonly parentId?: string | undefined;
      readonly limit: number;
      readonly offset: number;
    },
  ): Promise<{ readonly executions: readonly ExecutionRow[]; readonly total: number }>;
  summary(tenant: string, pattern?: string): Promise<Counts & { readonly inProgress: number }>;
  periods(tenant: string, unit: 'hour' | 'day', count: number): Promise<readonly (Counts & { readonly from: string })[]>;
  /** The value itself, also where it is kept apart. Null for one that is not kept any more. */
  value(tenant: string, stored: InputSource): Promise<unknown>;
  /** Oldest first. */
  events(tenant: string, id: string, page: { readonly after: number; readonly limit: number; readonly types: readonly string[] }): Promise<readonly EventRow[]>;
  /** History after `after`, then what is recorded; does not end by itself. */
  follow(tenant: string, id: string, after: number, signal: AbortSignal): AsyncIterable<EventRow>;
  /** Listens from now on; `heard` resolves when the execution has ended, or may have: look then. */
  ending(tenant: string, id: string): Promise<Listening>;
}

export interface ExecutionPorts {
  readonly gateway: ExecutionGateway;
  readonly reads: ExecutionReads;
  /** How long a synchronous call waits before it answers that the execution goes on. */
  readonly syncWaitMs: number;
}
