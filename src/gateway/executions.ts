/** Executions of patterns, as a caller may use them: started once for each key, waited for by the journal, cancelled, answered, tried again. */
import { WorkflowExecutionAlreadyStartedError, WorkflowIdReusePolicy, type Client } from '@temporalio/client';
import type { z } from 'zod';
import { ORCHESTRATION_QUEUE, type ActorRef, type Cause, type CommandDefinition } from '../contracts/actor';
import * as commands from '../contracts/execution/commands';
import type { SelectAgents, SelectedAgent } from '../contracts/agent/task';
import { EDITION, type ExecutionProjection, type ExecutionStart, type InputSource } from '../contracts/execution/start';
import { hasEnded, PRIORITIES, type ExecutionPriority } from '../contracts/execution/status';
import { fitsInline, jsonBytes, VALUE_MAX, type StoredValue } from '../contracts/execution/value';
import type { Json } from '../contracts/pattern/json';
import type { Plan } from '../contracts/pattern/plan';
import type { Principal } from '../contracts/principal';
import { inputFor } from '../domain/execution/input';
import { readySelection } from '../domain/execution/selection';
import { Fault } from '../errors/fault';
import { DOOR_DEFAULTS, Doors, temporalUnavailable, type Commanded, type DoorOptions } from './doors';
import { attributesOf, newId, pendingExecution } from './execution-start';

/** What the gateway reads of an execution's row. */
interface KnownExecution extends ExecutionProjection {
  readonly id: string;
  readonly lastSeq: number;
}

export interface FoundPattern {
  readonly name: string;
  readonly version: string;
  readonly plan: Plan;
}

/** What the gateway needs of the store. */
export interface ExecutionStore<Row extends KnownExecution> {
  /** The newest version in the range (null: the newest of all). Faults `pattern.not_found`, `pattern.version_range` (invalid). */
  findPattern(tenant: string, name: string, range: string | null): Promise<FoundPattern>;
  get(tenant: string, id: string): Promise<Row | null>;
  /** The row that it would leave where there is none. */
  pendingRow(actor: ActorRef, projection: ExecutionProjection): Row;
  /** The row that is there then. */
  insertPending(actor: ActorRef, projection: ExecutionProjection): Promise<Row | null>;
  claimKey(request: {
    tenant: string;
    route: string;
    key: string;
    body: unknown;
    resultId: string;
  }): Promise<{ readonly first: boolean; readonly resultId: string }>;
  putBlob(tenant: string, value: string): Promise<string>;
  /** Fault `agents.none` (unavailable). */
  select(wanted: SelectAgents): Promise<readonly SelectedAgent[]>;
  waitForSeq(address: string, seq: number, timeoutMs: number): Promise<boolean>;
}

export interface ExecuteRequest {
  readonly pattern: string;
  /** Version or range; null: the newest. */
  readonly version: string | null;
  readonly input: Json;
  readonly timeoutMs: number | null;
  readonly priority: ExecutionPriority;
  readonly metadata: Readonly<Record<string, unknown>>;
}

interface Request {
  readonly requestId: string;
}

interface Keyed extends Request {
  readonly idempotencyKey: string | null;
}

interface Starting extends Keyed {
  /** Runs once the id is known and before anything is started. */
  readonly beforeStart?: (id: string) => Promise<void>;
  /**
   * The row may come so late, for a caller who answers when the execution has ended: most have a row of their first commit by then, and need no other. Who has heard of the end
   * calls `heard`.
   */
  readonly rowWithinMs?: number;
}

interface Started<Row> {
  readonly execution: Row;
  readonly replayed: boolean;
  readonly heard?: () => void;
}

const READ_BACK_MS = 2_000;
/** Bytes of a plan that travel with the start. */
const PLAN_INLINE_MAX = 32 * 1024;

export class Executions<Row extends KnownExecution> {
  private readonly doors: Doors;

  constructor(
    private readonly client: Client,
    private readonly store: ExecutionStore<Row>,
    options: { readonly doors?: DoorOptions } = {},
  ) {
    this.doors = new Doors(client, options.doors ?? DOOR_DEFAULTS);
  }

  /**
   * Starts the workflow, then leaves a `pending` row, so that a read right after it sees the execution also while no worker is up. Faults: `pattern.not_found`,
   * `execution.input_invalid` (invalid), `execution.value_too_large` (invalid), `execution.not_allowed` (forbidden), `idempotency.key_reused`.
   */
  async start(principal: Principal, request: ExecuteRequest, { idempotencyKey, requestId, beforeStart, rowWithinMs = 0 }: Starting): Promise<Started<Row>> {
    const { tenant } = principal;
    const route = 'POST /api/patterns/:name/execute';
    let id = newId('exec_', { tenant, route, key: idempotencyKey });
    if (idempotencyKey !== null) {
      const claim = await this.store.claimKey({ tenant, route, key: idempotencyKey, body: request, resultId: id });
      id = claim.resultId;
      const known = claim.first ? null : await this.store.get(tenant, id);
      if (known) return { execution: known, replayed: true };
    }
    const pattern = await this.patternOf(principal, request.pattern, request.version);
    const input = inputFor(pattern.plan, request.input);
    const createdAt = new Date().toISOString();
    const [{ plan, planRef }, kept, selected] = await Promise.all([
      this.planOf(tenant, pattern.plan),
      this.stored(tenant, input),
      readySelection(this.store, { tenant, executionId: id, plan: pattern.plan, input, at: createdAt }),
    ]);
    await beforeStart?.(id);
    return this.launch(
      {
        ...{ id, tenant, patternName: pattern.name, patternVersion: pattern.version, plan, planRef, input: kept },
        ...{ timeoutMs: request.timeoutMs, priority: request.priority, metadata: request.metadata },
        ...{ retriedFrom: null, parent: null, batch: null, depth: 0, by: causeOf(principal), createdAt, edition: EDITION, ...(selected && { selected }) },
      },
      { requestId, rowWithinMs },
    );
  }

  /** A new execution of the recorded plan with the same input. Fault `execution.running` (conflict) while the one before has not ended. */
  async retry(principal: Principal, id: string, { idempotencyKey, requestId }: Keyed): Promise<{ readonly execution: Row; readonly replayed: boolean }> {
    const { tenant } = principal;
    const before = await this.known(tenant, id);
    if (!hasEnded(before.status))
      throw new Fault('conflict', 'execution.running', `The execution is ${before.status}; only one that has ended is tried again.`, { status: before.status });
    const route = `POST /api/executions/${id}/retry`;
    let newExecutionId = newId('exec_', { tenant, route, key: idempotencyKey });
    if (idempotencyKey !== null) {
      const claim = await this.store.claimKey({ tenant, route, key: idempotencyKey, body: null, resultId: newExecutionId });
      newExecutionId = claim.resultId;
      const known = claim.first ? null : await this.store.get(tenant, newExecutionId);
      if (known) return { execution: known, replayed: true };
    }
    const { start } = before;
    return this.launch(
      {
        ...start,
        ...{ id: newExecutionId, plan: { ref: start.planRef, bytes: 0 }, retriedFrom: id, parent: null, batch: null, depth: 0 },
        ...{ by: causeOf(principal), createdAt: new Date().toISOString(), edition: EDITION },
      },
      { requestId, rowWithinMs: 0 },
    );
  }

  /** Twice is a no-op that shows the first cancellation. */
  async cancel(
    principal: Principal,
    id: string,
    input: { readonly reason?: string },
    request: Request,
  ): Promise<Commanded<z.output<typeof commands.cancel.reply>>> {
    const { cancel, lastSeq } = await this.known(principal.tenant, id);
    if (cancel) return { status: 'done', reply: { seq: lastSeq, cancelledAt: cancel.at, reason: cancel.reason, repeated: true } };
    return this.command(principal, id, commands.cancel, input, request);
  }

  approve(principal: Principal, id: string, input: z.input<typeof commands.approve.input>, request: Request) {
    return this.command(principal, id, commands.approve, input, request);
  }

  /** Faults: `pattern.not_found`, `execution.not_allowed` (forbidden). */
  async patternOf(principal: Pick<Principal, 'tenant' | 'subject' | 'scopes'>, name: string, range: string | null): Promise<FoundPattern> {
    const pattern = await this.store.findPattern(principal.tenant, name, range);
    assertAllowed(principal, pattern.plan);
    return pattern;
  }

  /** The plan as it travels, and its place in the blob store. */
  async planOf(tenant: string, plan: Plan): Promise<{ readonly plan: StoredValue; readonly planRef: string }> {
    const planRef = await this.store.putBlob(tenant, JSON.stringify(plan));
    const bytes = jsonBytes(plan);
    return { plan: bytes <= PLAN_INLINE_MAX ? { value: plan } : { ref: planRef, bytes }, planRef };
  }

  private async stored(tenant: string, value: Json): Promise<InputSource> {
    if (fitsInline(value)) return { value };
    const bytes = jsonBytes(value);
    if (bytes > VALUE_MAX)
      throw new Fault('invalid', 'execution.value_too_large', `input: has ${bytes} bytes of JSON; at most ${VALUE_MAX} are taken`, {
        field: 'input',
        bytes,
        max: VALUE_MAX,
      });
    return { ref: await this.store.putBlob(tenant, JSON.stringify(value)), bytes };
  }

  private async launch(start: ExecutionStart, { requestId, rowWithinMs }: { readonly requestId: string; readonly rowWithinMs: number }): Promise<Started<Row>> {
    const actor = commands.executionRef(start.tenant, start.id);
    const started = await this.startWorkflow(actor, start, requestId);
    const pending = pendingExecution(start);
    if (rowWithinMs > 0) {
      // Where it cannot be written the first commit brings it.
      const timer = setTimeout(() => void this.store.insertPending(actor, pending).catch(() => undefined), rowWithinMs);
      return { execution: this.store.pendingRow(actor, pending), replayed: !started, heard: () => clearTimeout(timer) };
    }
    const execution = await this.store.insertPending(actor, pending);
    if (!execution)
      throw new Fault('unavailable', 'execution.not_visible', 'The execution was started but cannot be read yet; ask for it by its id.', {
        executionId: start.id,
      });
    return { execution, replayed: !started };
  }

  private async startWorkflow(actor: ActorRef, start: ExecutionStart, requestId: string): Promise<boolean> {
    try {
      await this.client.workflow.start(commands.EXECUTION_WORKFLOW, {
        ...{ workflowId: actor.address, taskQueue: ORCHESTRATION_QUEUE, args: [start] },
        workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
        typedSearchAttributes: attributesOf(start),
        priority: { priorityKey: PRIORITIES[start.priority] },
        // So that a person who looks at the workflow finds the request in the logs, and back.
        memo: { requestId },
        staticSummary: `${start.patternName} ${start.patternVersion}`,
      });
      return true;
    } catch (thrown) {
      if (thrown instanceof WorkflowExecutionAlreadyStartedError) return false;
      throw temporalUnavailable(thrown);
    }
  }

  private async known(tenant: string, id: string): Promise<Row> {
    const row = await this.store.get(tenant, id);
    if (!row) throw notFound(id);
    return row;
  }

  private async command<I extends z.ZodType, R extends z.ZodType>(
    principal: Principal,
    id: string,
    definition: CommandDefinition<I, R>,
    input: z.input<I>,
    { requestId }: Request,
  ): Promise<Commanded<z.output<R>>> {
    const { status } = await this.known(principal.tenant, id);
    const address = commands.executionAddress(principal.tenant, id);
    const over = () => new Fault('conflict', 'execution.ended', `The execution is ${status}; it takes no more commands.`, { status });
    if (hasEnded(status)) return this.doors.toldBefore(address, definition, requestId, over());
    try {
      const result = await this.doors.send(address, definition, { input, requestId, by: causeOf(principal) });
      if (result.status === 'done') await this.store.waitForSeq(address, (result.reply as { seq: number }).seq, READ_BACK_MS);
      return result;
    } catch (thrown) {
      if (!(thrown instanceof Fault)) throw thrown;
      if (thrown.code === 'actor.not_found') throw notFound(id);
      if (thrown.code === 'actor.closed') throw new Fault('conflict', 'execution.ended', 'The execution has ended; it takes no more commands.', thrown.facts);
      throw thrown;
    }
  }
}

/** `security` of a pattern: by subject, or by a scope that is named as a role. Whoever holds `admin` or `*` may start everything. */
function assertAllowed({ subject, scopes }: Pick<Principal, 'subject' | 'scopes'>, plan: Plan): void {
  if (plan.kind !== 'pattern' || plan.security === null) return;
  const { allowedUsers, allowedRoles } = plan.security;
  if (allowedUsers.includes(subject) || scopes.some((scope) => scope === '*' || scope === 'admin' || allowedRoles.includes(scope))) return;
  throw new Fault('forbidden', 'execution.not_allowed', 'This pattern may be started only by those whom it names.', {});
}

export const causeOf = ({ subject, via }: Principal): Cause => ({ subject, via: via ?? 'api' });
const notFound = (id: string): Fault => new Fault('not_found', 'execution.not_found', 'There is no execution of this id.', { executionId: id });
