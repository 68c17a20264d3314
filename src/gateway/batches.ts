/** Batches, as a caller may use them: started once for each key, cancelled once. What became of each input is read from the store. */
import { WorkflowExecutionAlreadyStartedError, WorkflowIdReusePolicy, type Client } from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import type { z } from 'zod';
import { ORCHESTRATION_QUEUE, type ActorRef } from '../contracts/actor';
import { BATCH_KIND, BATCH_WORKFLOW, batchAddress, batchRef, type BatchProjection, type BatchStart } from '../contracts/execution/batch';
import { cancel } from '../contracts/execution/commands';
import { EDITION } from '../contracts/execution/start';
import { hasEnded, PRIORITIES, type ExecutionPriority } from '../contracts/execution/status';
import { jsonBytes, VALUE_MAX } from '../contracts/execution/value';
import type { Json } from '../contracts/pattern/json';
import type { Plan } from '../contracts/pattern/plan';
import type { Principal } from '../contracts/principal';
import { openBatch } from '../domain/batch/batch';
import { inputFor } from '../domain/execution/input';
import { Fault } from '../errors/fault';
import { DOOR_DEFAULTS, Doors, temporalUnavailable, type Commanded } from './doors';
import { keyword, newId } from './execution-start';
import { causeOf, type FoundPattern } from './executions';

export interface BatchStore<Row extends BatchProjection> {
  get(tenant: string, id: string): Promise<(Row & { readonly lastSeq: number }) | null>;
  insertInputs(tenant: string, id: string, inputs: readonly unknown[]): Promise<void>;
  insertPending(actor: ActorRef, projection: BatchProjection): Promise<void>;
  claimKey(request: {
    tenant: string;
    route: string;
    key: string;
    body: unknown;
    resultId: string;
  }): Promise<{ readonly first: boolean; readonly resultId: string }>;
  waitForSeq(address: string, seq: number, timeoutMs: number): Promise<boolean>;
}

/** What a batch needs of the gateway of executions. */
interface Patterns {
  patternOf(principal: Principal, name: string, range: string | null): Promise<FoundPattern>;
  planOf(tenant: string, plan: Plan): Promise<{ readonly planRef: string }>;
}

export interface BatchRequest {
  readonly pattern: string;
  readonly version: string | null;
  readonly inputs: readonly Json[];
  readonly concurrency: number;
  readonly stopOnError: boolean;
  readonly timeoutMs: number | null;
  readonly priority: ExecutionPriority;
  readonly metadata: Readonly<Record<string, unknown>>;
}

const READ_BACK_MS = 2_000;
const ROUTE = 'POST /api/batch/execute';

export class Batches<Row extends BatchProjection> {
  private readonly doors: Doors;

  constructor(
    private readonly client: Client,
    private readonly store: BatchStore<Row>,
    private readonly patterns: Patterns,
  ) {
    this.doors = new Doors(client, DOOR_DEFAULTS);
  }

  /** Every input is checked before anything is started. Faults: `pattern.not_found`, `execution.input_invalid` with the index of the input, `execution.value_too_large`. */
  async start(
    principal: Principal,
    request: BatchRequest,
    { idempotencyKey, requestId }: { readonly idempotencyKey: string | null; readonly requestId: string },
  ) {
    const { tenant } = principal;
    let id = newId('batch_', { tenant, route: ROUTE, key: idempotencyKey });
    if (idempotencyKey !== null) {
      const claim = await this.store.claimKey({ tenant, route: ROUTE, key: idempotencyKey, body: request, resultId: id });
      id = claim.resultId;
      const known = claim.first ? null : await this.store.get(tenant, id);
      if (known) return { batch: known, replayed: true };
    }
    const pattern = await this.patterns.patternOf(principal, request.pattern, request.version);
    const inputs = request.inputs.map((input, index) => checked(pattern.plan, input, index));
    const { planRef } = await this.patterns.planOf(tenant, pattern.plan);
    await this.store.insertInputs(tenant, id, inputs);
    const { concurrency, stopOnError, timeoutMs, priority, metadata } = request;
    const start: BatchStart = {
      ...{ id, tenant, patternName: pattern.name, patternVersion: pattern.version, planRef, total: inputs.length },
      ...{ concurrency, stopOnError, timeoutMs, priority, metadata, by: causeOf(principal), createdAt: new Date().toISOString() },
      edition: EDITION,
    };
    const actor = batchRef(tenant, id);
    const started = await this.startWorkflow(actor, start, requestId);
    await this.store.insertPending(actor, openBatch(start));
    const batch = await this.store.get(tenant, id);
    if (!batch) throw new Fault('unavailable', 'batch.not_visible', 'The batch was started but cannot be read yet; ask for it by its id.', { batchId: id });
    return { batch, replayed: !started };
  }

  /** Twice is a no-op that shows the first cancellation. Faults: `batch.not_found`, `batch.ended` (conflict). */
  async cancel(
    principal: Principal,
    id: string,
    input: { readonly reason?: string },
    { requestId }: { readonly requestId: string },
  ): Promise<Commanded<z.output<typeof cancel.reply>>> {
    const row = await this.store.get(principal.tenant, id);
    if (!row) throw batchNotFound(id);
    if (row.cancel) return { status: 'done', reply: { seq: row.lastSeq, cancelledAt: row.cancel.at, reason: row.cancel.reason, repeated: true } };
    const address = batchAddress(principal.tenant, id);
    if (hasEnded(row.status)) return this.doors.toldBefore(address, cancel, requestId, ended(row.status));
    try {
      const result = await this.doors.send(address, cancel, { input, requestId, by: causeOf(principal) });
      if (result.status === 'done') await this.store.waitForSeq(address, result.reply.seq, READ_BACK_MS);
      return result;
    } catch (thrown) {
      if (!(thrown instanceof Fault)) throw thrown;
      if (thrown.code === 'actor.not_found') throw batchNotFound(id);
      if (thrown.code === 'actor.closed') throw ended('over');
      throw thrown;
    }
  }

  private async startWorkflow(actor: ActorRef, start: BatchStart, requestId: string): Promise<boolean> {
    try {
      await this.client.workflow.start(BATCH_WORKFLOW, {
        ...{ workflowId: actor.address, taskQueue: ORCHESTRATION_QUEUE, args: [start] },
        workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
        typedSearchAttributes: new TypedSearchAttributes([
          ...[keyword('EverthreadKind', BATCH_KIND), keyword('EverthreadTenant', start.tenant), keyword('EverthreadStatus', 'running')],
          keyword('EverthreadPattern', start.patternName),
        ]),
        priority: { priorityKey: PRIORITIES[start.priority] },
        memo: { requestId },
        staticSummary: `${start.total} × ${start.patternName} ${start.patternVersion}`,
      });
      return true;
    } catch (thrown) {
      if (thrown instanceof WorkflowExecutionAlreadyStartedError) return false;
      throw temporalUnavailable(thrown);
    }
  }
}

function checked(plan: Plan, input: Json, index: number): Json {
  const bytes = jsonBytes(input);
  if (bytes > VALUE_MAX)
    throw new Fault('invalid', 'execution.value_too_large', `inputs.${index}: has ${bytes} bytes of JSON; at most ${VALUE_MAX} are taken`, {
      field: `inputs.${index}`,
      bytes,
      max: VALUE_MAX,
    });
  return inputFor(plan, input, `inputs.${index}`);
}

export const batchNotFound = (id: string): Fault => new Fault('not_found', 'batch.not_found', 'There is no batch of this id.', { batchId: id });
const ended = (status: string): Fault => new Fault('conflict', 'batch.ended', `The batch is ${status}; it takes no more commands.`, { status });
