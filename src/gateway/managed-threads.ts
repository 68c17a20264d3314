/** Managed threads, as a caller may use them: every verb checks the tenant, goes through a door, and answers when reads can see it. */
import { WorkflowExecutionAlreadyStartedError, WorkflowIdReusePolicy, type Client } from '@temporalio/client';
import { TypedSearchAttributes, defineSearchAttributeKey } from '@temporalio/common';
import type { z } from 'zod';
import { ORCHESTRATION_QUEUE, type ActorRef, type Cause, type CommandDefinition } from '../contracts/actor';
import type { Answer } from '../contracts/managed-thread/ask';
import * as commands from '../contracts/managed-thread/commands';
import type { ThreadEventData } from '../contracts/managed-thread/events';
import type { SpawnThread, ThreadSpec, WorkspaceSpec } from '../contracts/managed-thread/spawn';
import { isTerminal, type ThreadStatus } from '../contracts/managed-thread/status';
import type { ReleaseWorkspaceInput } from '../contracts/managed-thread/terminal';
import type { MakeOnce } from '../contracts/idempotency';
import type { Principal } from '../contracts/principal';
import { keyBytes } from '../domain/managed-thread/keys';
import { previewOf } from '../domain/managed-thread/preview';
import { storedMark, storedRef } from '../domain/managed-thread/stored-text';
import { Fault } from '../errors/fault';
import { DOOR_DEFAULTS, Doors, temporalUnavailable, type Commanded, type DoorOptions } from './doors';
import { newThreadId, specOf, startOf, type SpawnDefaults } from './thread-start';

/** What the gateway reads of a thread's row. */
interface KnownThread {
  readonly status: ThreadStatus;
  readonly specRef: string;
  readonly workspace: WorkspaceSpec | null;
  readonly hostId: string | null;
  readonly lastSeq: number;
}

/** What the gateway needs of the store. `Row` is the store's own thread row. */
export interface ThreadStore<Row extends KnownThread> {
  getThread(tenant: string, id: string): Promise<Row | null>;
  /** Adds the row of a thread that no worker has taken up yet; does nothing when there is one. */
  insertPending(spec: ThreadSpec, specRef: string): Promise<void>;
  writeSpec(spec: ThreadSpec): Promise<string>;
  sealEnvironment(actor: ActorRef, env: Readonly<Record<string, string>>, options: { readonly chosen: boolean }): Promise<void>;
  /** Replaces the secrets of this thread (those sealed for it, and what has the shape of one) in anything. */
  redactionFor(actor: ActorRef): Promise<Redact>;
  readonly once: MakeOnce;
  putBlob(tenant: string, value: string): Promise<string>;
  /** True when the journal holds this seq (false: not within the time). */
  waitForSeq(address: string, seq: number, timeoutMs: number): Promise<boolean>;
  /** The newest event of this type whose data has this ask id. */
  findAnswer(tenant: string, id: string, askId: string): Promise<ThreadEventData<'thread_answered'> | null>;
}

export interface ManagedThreadsOptions {
  readonly defaults: SpawnDefaults;
  readonly agentTypes: () => readonly string[];
  readonly doors?: DoorOptions;
  /** How long a command waits until reads can see what it did. */
  readonly readBackMs?: number;
}

type PlainInput = { readonly message: string } | { readonly raw: string } | { readonly keys: readonly string[] };
type Redact = <T>(value: T) => T;
interface Request {
  readonly requestId: string;
}

const READ_BACK_MS = 2_000;

export class ManagedThreads<Row extends KnownThread> {
  private readonly doors: Doors;

  constructor(
    private readonly client: Client,
    private readonly store: ThreadStore<Row>,
    private readonly options: ManagedThreadsOptions,
  ) {
    this.doors = new Doors(client, options.doors ?? DOOR_DEFAULTS);
  }

  /**
   * Starts the thread's workflow, then leaves a `pending` row, so that a read right after it sees the thread also while no worker is up. Two
   * spawns with one key at once make one thread: the key's id is the workflow's id.
   */
  async spawn(
    principal: Principal,
    body: SpawnThread,
    { idempotencyKey, requestId }: { readonly idempotencyKey: string | null; readonly requestId: string },
  ): Promise<{ thread: Row; replayed: boolean }> {
    const { tenant } = principal;
    this.assertAgentType(body.agentType);
    const keyed = { tenant, route: 'POST /api/managed-threads', key: idempotencyKey, body };
    const { row, replayed } = await this.store.once(keyed, body.id ?? newThreadId(tenant, idempotencyKey), {
      find: async (id) => {
        const thread = await this.store.getThread(tenant, id);
        return thread && { thread, started: false };
      },
      make: (id, first) => this.spawnAs(principal, id, body, { requestId, first, keyed: idempotencyKey !== null }),
    });
    return { thread: row.thread, replayed: replayed || !row.started };
  }

  private async spawnAs(
    principal: Principal,
    id: string,
    body: SpawnThread,
    { requestId, first, keyed }: { readonly requestId: string; readonly first: boolean; readonly keyed: boolean },
  ): Promise<{ readonly thread: Row; readonly started: boolean }> {
    const { tenant } = principal;
    const { spec, env } = specOf(tenant, id, body, new Date().toISOString());
    const actor = commands.threadRef(tenant, id);
    if (first && body.id !== undefined && (await this.store.getThread(tenant, id))) throw exists(id);
    const specRef = await this.store.writeSpec(spec);
    await this.store.sealEnvironment(actor, env, { chosen: body.id !== undefined });
    const redact = await this.store.redactionFor(actor);
    const shown = { ...spec, name: redact(spec.name), objective: redact(spec.objective) };
    const started = await this.start(actor, shown, specRef, { by: causeOf(principal), requestId });
    if (!started && !keyed) throw exists(id);
    // The one that lost the race waits for the winner's row; if the winner died before it wrote one, this writes it.
    const won = started ? null : await this.patiently(() => this.store.getThread(tenant, id));
    if (!won) await this.store.insertPending(spec, specRef);
    const thread = won ?? (await this.store.getThread(tenant, id));
    if (!thread) throw new Fault('unavailable', 'thread.not_visible', 'The thread was started but cannot be read yet; ask for it by its id.', { id });
    return { thread, started };
  }

  async send(principal: Principal, id: string, input: PlainInput, request: Request) {
    return this.command(principal, id, commands.send, await this.inputOf(commands.threadRef(principal.tenant, id), input), request);
  }

  async approve(principal: Principal, id: string, input: Answer & { readonly askId?: string }, request: Request) {
    const safe = 'text' in input ? { ...input, text: await this.withoutSecrets(commands.threadRef(principal.tenant, id), input.text) } : input;
    try {
      return await this.command(principal, id, commands.approve, safe, request);
    } catch (thrown) {
      // Answering twice stays a no-op that shows the first answer after the thread has ended.
      const given =
        thrown instanceof Fault && thrown.code === 'thread.stopped' && input.askId !== undefined
          ? await this.store.findAnswer(principal.tenant, id, input.askId)
          : null;
      if (!given) throw thrown;
      return {
        status: 'done' as const,
        reply: { seq: 0, askId: given.askId, answer: given.answer, answeredBy: given.answeredBy, answeredAt: given.answeredAt, repeated: true },
      };
    }
  }

  async cancel(principal: Principal, id: string, input: { readonly reason?: string }, request: Request) {
    const redact = await this.store.redactionFor(commands.threadRef(principal.tenant, id));
    return this.command(principal, id, commands.cancel, redact(input), request);
  }

  resume(principal: Principal, id: string, request: Request) {
    return this.command(principal, id, commands.resume, {}, request);
  }

  /** A thread that has ended by itself has no more to stop; what is left of it, its worktree, is given back. */
  async stop(
    principal: Principal,
    id: string,
    input: { readonly force?: boolean; readonly timeoutMs?: number; readonly reason?: string },
    request: Request,
  ): Promise<Commanded<{ readonly seq: number }>> {
    const row = await this.known(principal, id);
    if (!isTerminal(row.status)) return this.deliver(principal, id, commands.stop, input, request);
    if (row.status !== 'stopped' && row.workspace?.workspaceId && row.workspace.path && row.hostId) {
      const actor = commands.threadRef(principal.tenant, id);
      const release: ReleaseWorkspaceInput = { actor, specRef: row.specRef, workspace: { ...row.workspace, path: row.workspace.path } };
      await this.release(row.hostId, release);
    }
    return { status: 'done', reply: { seq: row.lastSeq } };
  }

  private async release(hostId: string, release: ReleaseWorkspaceInput): Promise<void> {
    try {
      await this.client.workflow.start(commands.RELEASE_WORKFLOW, {
        workflowId: `${release.actor.address}/release`,
        taskQueue: ORCHESTRATION_QUEUE,
        args: [hostId, release],
        workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
      });
    } catch (thrown) {
      if (!(thrown instanceof WorkflowExecutionAlreadyStartedError)) throw temporalUnavailable(thrown);
    }
  }

  private async known({ tenant }: Principal, id: string): Promise<Row> {
    const row = await this.store.getThread(tenant, id);
    if (!row) throw notFound(id);
    return row;
  }

  private async command<I extends z.ZodType, R extends z.ZodType>(
    principal: Principal,
    id: string,
    definition: CommandDefinition<I, R>,
    input: z.input<I>,
    request: Request,
  ): Promise<Commanded<z.output<R>>> {
    const { status } = await this.known(principal, id);
    const over = () => new Fault('conflict', 'thread.stopped', `The thread is ${status}; it takes no more commands.`, { status });
    if (isTerminal(status)) return this.doors.toldBefore(commands.threadAddress(principal.tenant, id), definition, request.requestId, over());
    return this.deliver(principal, id, definition, input, request);
  }

  /** Through a door, to a thread that is known to be there. */
  private async deliver<I extends z.ZodType, R extends z.ZodType>(
    principal: Principal,
    id: string,
    definition: CommandDefinition<I, R>,
    input: z.input<I>,
    request: Request,
  ): Promise<Commanded<z.output<R>>> {
    const address = commands.threadAddress(principal.tenant, id);
    try {
      const result = await this.doors.send(address, definition, { input, requestId: request.requestId, by: causeOf(principal) });
      if (result.status === 'done') await this.store.waitForSeq(address, (result.reply as { seq: number }).seq, this.options.readBackMs ?? READ_BACK_MS);
      return result;
    } catch (thrown) {
      if (!(thrown instanceof Fault)) throw thrown;
      if (thrown.code === 'actor.not_found') throw notFound(id);
      if (thrown.code === 'actor.closed') throw new Fault('conflict', 'thread.stopped', 'The thread has ended; it takes no more commands.', thrown.facts);
      throw thrown;
    }
  }

  /** A message that is too long for a command, or holds a secret, is stored first and travels by reference: Temporal's history never has it. */
  private async inputOf(actor: ActorRef, input: PlainInput): Promise<commands.SendInput> {
    if ('raw' in input) return { raw: await this.withoutSecrets(actor, input.raw) };
    if ('keys' in input) return { keys: knownKeys(input.keys) };
    const text = input.message;
    const shown = (await this.store.redactionFor(actor))(text);
    if (text.length <= commands.MESSAGE_INLINE_MAX && shown === text) return { message: { text } };
    return { message: { ref: await this.store.putBlob(actor.tenant, text), preview: previewOf({ plain: shown }), length: text.length } };
  }

  /** The text itself, or the mark of where it is stored. A text that looks like a mark is stored too: else it would be taken for one. */
  private async withoutSecrets(actor: ActorRef, text: string): Promise<string> {
    const redact = await this.store.redactionFor(actor);
    return redact(text) === text && storedRef(text) === null ? text : storedMark(await this.store.putBlob(actor.tenant, text));
  }

  /** `spec` without secrets: what Temporal keeps of it is read by people. */
  private async start(
    actor: ActorRef,
    spec: ThreadSpec,
    specRef: string,
    { by, requestId }: { readonly by: Cause; readonly requestId: string },
  ): Promise<boolean> {
    const keyword = (name: string, value: string) => ({ key: defineSearchAttributeKey(name, 'KEYWORD'), value });
    const pairs = [
      keyword('EverthreadKind', commands.THREAD_KIND),
      keyword('EverthreadTenant', spec.tenant),
      keyword('EverthreadStatus', 'pending'),
      keyword('EverthreadExecution', spec.executionId),
    ];
    try {
      await this.client.workflow.start(commands.THREAD_WORKFLOW, {
        workflowId: actor.address,
        taskQueue: ORCHESTRATION_QUEUE,
        args: [startOf(spec, specRef, by, this.options.defaults)],
        workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
        typedSearchAttributes: new TypedSearchAttributes(spec.role === null ? pairs : [...pairs, keyword('EverthreadRole', spec.role)]),
        // So that a person who looks at the workflow finds the request in the logs, and back.
        memo: { requestId },
        staticSummary: `${spec.name} (${spec.agentType})`,
        staticDetails: previewOf({ plain: spec.objective }),
      });
      return true;
    } catch (thrown) {
      if (thrown instanceof WorkflowExecutionAlreadyStartedError) return false;
      throw temporalUnavailable(thrown);
    }
  }

  private async patiently<T>(read: () => Promise<T | null>): Promise<T | null> {
    for (let attempt = 0; attempt < 20; attempt++) {
      const found = await read();
      if (found) return found;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return null;
  }

  private assertAgentType(type: string): void {
    const known = this.options.agentTypes();
    if (!known.includes(type))
      throw new Fault('invalid', 'thread.unknown_agent_type', `agentType: expected one of ${known.join(', ')}`, { field: 'agentType', known });
  }
}

function knownKeys(keys: readonly string[]): string[] {
  const unknown = keys.find((key) => keyBytes(key) === null);
  if (unknown === undefined) return [...keys];
  throw new Fault('invalid', 'thread.unknown_key', `keys: there is no key named ${unknown}`, { field: 'keys', key: unknown });
}

const causeOf = ({ subject, via }: Principal): Cause => ({ subject, via: via ?? 'api' });
const notFound = (id: string): Fault => new Fault('not_found', 'thread.not_found', 'Thread not found', { id });
const exists = (id: string): Fault => new Fault('conflict', 'thread.exists', 'A thread of this id exists already.', { field: 'id', id });
