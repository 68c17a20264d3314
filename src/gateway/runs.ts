/** Runs, as a caller may use them: created once for each key, answered, cancelled, resumed, branched. */
import type { Client } from '@temporalio/client';
import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import type { CommandDefinition } from '../contracts/actor';
import type { MakeOnce } from '../contracts/idempotency';
import type { Principal } from '../contracts/principal';
import * as commands from '../contracts/run/commands';
import { runGrantOf, type Grant } from '../domain/run/authority/grant';
import { taskWithHistory } from '../domain/run/cognition/history';
import { trajectoryId } from '../domain/run/ledger/ids';
import { openRun, type RunState } from '../domain/run/state';
import { runHasEnded, type RunStatus } from '../contracts/run/status';
import type { CognitionChoice } from '../contracts/run/ports';
import type { RoutedIntent } from '../contracts/run/start';
import { Fault } from '../errors/fault';
import { DOOR_DEFAULTS, Doors, type Commanded, type DoorOptions } from './doors';
import { causeOf } from './executions';
import { launchRun, type AdmittedRun } from './run-launch';
import { choiceOf, defaultChoice, firstEntries, specOf, startOf, type BoundSkills, type RunPreparation, type RunRequest } from './run-start';

/** What the gateway reads of a run's row. */
export interface KnownRun {
  readonly id: string;
  readonly tenant: string;
  readonly task: string;
  readonly status: RunStatus;
  readonly state: RunState;
  readonly lastSeq: number;
  /** Of the thread that it is part of, itself or through the run that delegated to it. */
  readonly owner: string | null;
}

export interface RunLimits {
  readonly global: number;
  readonly tenant: number;
}

export interface RunStore<Row extends KnownRun> {
  /** By id, or by the bare hex of its trajectory. */
  get(tenant: string, id: string): Promise<Row | null>;
  /** Faults `run.capacity`, `run.tenant_capacity` (exhausted). */
  admit(start: RunState['start'], state: RunState, options: { readonly task: string; readonly limits: RunLimits }): Promise<void>;
  insertCreated(state: RunState, task: string): Promise<void>;
  readmit(before: Row, admitted: AdmittedRun, limits: RunLimits): Promise<boolean>;
  dismiss(tenant: string, id: string): Promise<void>;
  once: MakeOnce;
  getBlob(tenant: string, ref: string): Promise<string | null>;
  waitForSeq(address: string, seq: number, timeoutMs: number): Promise<boolean>;
  /** Whether the run came to its end in that time. */
  waitForEnd(address: string, timeoutMs: number): Promise<boolean>;
}

export interface RunDependencies<Row extends KnownRun> extends RunPreparation {
  readonly client: Client;
  readonly store: RunStore<Row>;
  readonly limits: RunLimits;
  /** The process refuses new runs because it stops. */
  stopping(): boolean;
  readonly doors?: DoorOptions;
}

export interface Keyed {
  readonly idempotencyKey: string | null;
  readonly requestId: string;
}

/** `routed`: an action that somebody else chose. `route`: where the key counts. */
export interface Creation {
  readonly routed?: RoutedIntent | null;
  readonly route?: string;
}

interface Making {
  readonly id: string;
  readonly routed: RoutedIntent | null;
  readonly requestId: string;
}

/** A created run, and what was asked for under its key before. */
export interface CreatedRun<Row> {
  readonly run: Row;
  readonly replayed: boolean;
}

const READ_BACK_MS = 2_000;

export class Runs<Row extends KnownRun> {
  private readonly doors: Doors;

  constructor(readonly deps: RunDependencies<Row>) {
    this.doors = new Doors(deps.client, deps.doors ?? DOOR_DEFAULTS);
  }

  /**
   * The writ is minted, the trajectory begun, the row written and the workflow started, in this order. Faults: those of grants, skills and cognition (invalid, naming the field),
   * `run.capacity`, `run.tenant_capacity` (exhausted), `run.shutting_down` (unavailable), `idempotency.key_reused`.
   */
  async create(principal: Principal, request: RunRequest, keyed: Keyed, { routed = null, route = 'POST /runs' }: Creation = {}): Promise<CreatedRun<Row>> {
    this.assertOpen();
    const { tenant } = principal;
    const made = await this.deps.store.once({ tenant, route, key: keyed.idempotencyKey, body: { request, routed } }, randomUUID(), {
      find: (id) => this.deps.store.get(tenant, id),
      make: (id) => this.make(principal, request, { id, routed, requestId: keyed.requestId }),
    });
    return { run: made.row, replayed: made.replayed };
  }

  private async make(principal: Principal, request: RunRequest, { id, routed, requestId }: Making): Promise<Row> {
    const { tenant } = principal;
    const { skills, grant } = await this.asked(principal, request);
    const spec = specOf(request, skills, this.choice(request, skills), routed);
    const writ = await this.deps.writs.mint({ tenant, runId: id, userId: request.userId ?? null, grant, parent: null });
    const specRef = await this.deps.putBlob(tenant, JSON.stringify(spec));
    const start = startOf({
      ...{ principal, id, trajectoryId: trajectoryId(writ.id), specRef, task: this.deps.redact(spec.task), writ },
      ...{ maxSteps: request.maxSteps, routed: routed !== null, branchOf: null, approvalTimeoutMs: this.deps.approvalTimeoutMs },
    });
    const { trajectoryId: trajectory_id } = start;
    await this.deps.store.admit(start, openRun(start), { task: this.deps.redact(spec.task), limits: this.deps.limits });
    await this.orDismissed(start, async () => {
      await this.deps.writs.keep(id, writ);
      const root = { type: 'root' as const, trajectory_id, note: this.deps.redact(taskWithHistory(spec.task, spec.history)) };
      await this.begin(start, firstEntries(root, spec.skills, this.deps.redact));
      await launchRun(this.deps.client, { start, carried: null }, requestId);
    });
    return this.known(tenant, id);
  }

  /** Throws what a creation would be refused with for ever. */
  async checkRequest(principal: Principal, request: RunRequest): Promise<void> {
    const { skills } = await this.asked(principal, request);
    this.choice(request, skills);
  }

  /** What a run that begins is granted, and the skills that it is bound to. */
  async asked(principal: Principal, request: RunRequest): Promise<{ readonly skills: BoundSkills; readonly grant: Grant }> {
    const { tenant } = principal;
    const skills = await this.deps.skills.bind(tenant, { names: [...request.skills], params: request.skillParams.map(([key, value]) => [key, value]) });
    const names = (await this.deps.tools.list(tenant)).map(({ name }) => name);
    const grant = runGrantOf(
      {
        tool_scopes: [...request.toolScopes],
        ...(request.effectCeiling && { effect_ceiling: request.effectCeiling }),
        ...(request.budget && { budget: request.budget }),
        ...(request.timeWindow && { time_window: request.timeWindow }),
        ...(request.maxDelegationDepth !== null && { max_delegation_depth: request.maxDelegationDepth }),
      },
      { limits: this.deps.grants, tools: names.length === 0 ? null : names, skills: skills.map(({ skill }) => skill), now: Math.floor(Date.now() / 1_000) },
    );
    return { skills, grant };
  }

  /** Faults of kind `invalid` for a provider or model that cannot think here. */
  choice(request: RunRequest, skills: BoundSkills, fallback?: CognitionChoice): CognitionChoice {
    const choice = choiceOf(request, skills, fallback ?? defaultChoice(this.deps.cognition.defaultProvider));
    this.deps.cognition.check(choice);
    return choice;
  }

  /** The entries with which the trajectory begins. */
  async begin({ tenant, id, trajectoryId: trajectory }: RunState['start'], entries: ReturnType<typeof firstEntries>): Promise<void> {
    for (const { requestId, payload } of entries)
      await this.deps.ledger.append({ tenant, trajectoryId: trajectory, runId: id, requestId, build: () => payload });
  }

  /** Whoever cannot start a run that was admitted takes the admission back. */
  async orDismissed({ tenant, id }: RunState['start'], work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (thrown) {
      await this.deps.store.dismiss(tenant, id).catch(() => undefined);
      throw thrown;
    }
  }

  assertOpen(): void {
    if (this.deps.stopping()) throw new Fault('unavailable', 'run.shutting_down', 'server is shutting down', {});
  }

  /** Twice is a no-op. Waits a moment for the end, so that who reads next sees it. Fault `run.not_running` (conflict). */
  async cancel(
    principal: Principal,
    runId: string,
    { reason }: { readonly reason: string | null },
    { requestId }: Keyed,
  ): Promise<{ readonly status: 'done' | 'accepted' }> {
    const row = await this.known(principal.tenant, runId);
    const { id } = row;
    if (runHasEnded(row.status)) {
      const { status } = await this.doors.toldBefore(commands.runAddress(principal.tenant, id), commands.cancel, requestId, notRunning(row));
      return { status };
    }
    if (row.status === 'created') throw notRunning(row);
    const sent = await this.command(principal, id, commands.cancel, { input: reason === null ? {} : { reason: this.deps.redact(reason) }, requestId });
    if (sent.status === 'done') await this.deps.store.waitForEnd(commands.runAddress(principal.tenant, id), READ_BACK_MS);
    return { status: sent.status };
  }

  /** Faults: `run.no_pending_approval` (not_found), `run.approvals_over` (conflict) once the run has ended. */
  async approve(
    principal: Principal,
    runId: string,
    verdict: { readonly channel: string; readonly proposalId: string | null; readonly approve: boolean; readonly comment: string | null },
    { requestId }: Keyed,
  ): Promise<{ readonly status: 'done' | 'accepted' }> {
    const { id, status } = await this.known(principal.tenant, runId);
    if (runHasEnded(status)) {
      const over = new Fault('conflict', 'run.approvals_over', 'agent loop already terminated', { status });
      const told = await this.doors.toldBefore(commands.runAddress(principal.tenant, id), commands.approve, requestId, over);
      return { status: told.status };
    }
    const { channel, proposalId, approve, comment } = verdict;
    const input = {
      channel,
      approve,
      ...(proposalId !== null && { proposal_id: proposalId }),
      ...(comment !== null && { comment: this.deps.redact(comment) }),
    };
    const { status: sent } = await this.command(principal, id, commands.approve, { input, requestId });
    return { status: sent };
  }

  async known(tenant: string, runId: string): Promise<Row> {
    const row = await this.deps.store.get(tenant, runId);
    if (!row) throw new Fault('not_found', 'run.not_found', 'run not found', { runId: runId.slice(0, 200) });
    return row;
  }

  async command<I extends z.ZodType, R extends z.ZodType>(
    principal: Principal,
    id: string,
    definition: CommandDefinition<I, R>,
    { input, requestId }: { readonly input: z.input<I>; readonly requestId: string },
  ): Promise<Commanded<z.output<R>>> {
    const address = commands.runAddress(principal.tenant, id);
    try {
      const result = await this.doors.send(address, definition, { input, requestId, by: causeOf(principal) });
      if (result.status === 'done') await this.deps.store.waitForSeq(address, (result.reply as { seq: number }).seq, READ_BACK_MS);
      return result;
    } catch (thrown) {
      if (!(thrown instanceof Fault)) throw thrown;
      if (thrown.code === 'actor.closed' || thrown.code === 'run.ended')
        throw new Fault('conflict', 'run.not_running', 'run is not in running state', thrown.facts);
      throw thrown;
    }
  }
}

const notRunning = ({ status }: KnownRun): Fault => new Fault('conflict', 'run.not_running', 'run is not in running state', { status });
