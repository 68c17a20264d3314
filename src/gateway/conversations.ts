/** Threads, as a caller may use them: opened, run, published to, compacted, changed, deleted. The port `Conversations`. */
import type { Client } from '@temporalio/client';
import { randomUUID } from 'node:crypto';
import type { AgentRecord } from '../contracts/conversation/agent';
import * as commands from '../contracts/conversation/commands';
import type { ExportedEvent, ThreadFrame } from '../contracts/conversation/events';
import { METADATA_BYTES_MAX } from '../contracts/conversation/ports';
import type { Conversations, Done, KeyedCall, OpenRequest, StartedRun, StartRunRequest, Thread, ThreadRun } from '../contracts/conversation/ports';
import type { RunInput } from '../contracts/conversation/start';
import type { MakeOnce } from '../contracts/idempotency';
import type { Principal } from '../contracts/principal';
import { maySee } from '../domain/conversation/access';
import type { ImportedThread } from '../domain/conversation/imported';
import { openConversation, type ConversationState } from '../domain/conversation/state';
import { Fault } from '../errors/fault';
import { checkAgent, derivedId, existingAgent, madeId, type AgentChecks, type AgentStore } from './conversation-agents';
import { ConversationCommands, runNotFound, threadNotFound, type CommandStore, type KnownConversation } from './conversation-commands';
import { importThread } from './conversation-import';
import { ConversationPublisher, type PublishStore } from './conversation-publisher';
import type { Commanded, DoorOptions } from './doors';
import { causeOf } from './executions';
import type { Runs, KnownRun } from './runs';

export interface ConversationGatewayStore extends CommandStore, PublishStore {
  /** False when the id is taken. */
  insert(made: NewConversation): Promise<boolean>;
  import(made: NewConversation, imported: ImportedThread, options: { readonly agent: AgentRecord; readonly newId: () => string }): Promise<boolean>;
  annotate(tenant: string, threadId: string, metadata: Readonly<Record<string, unknown>>, maxBytes: number): Promise<boolean>;
  run(tenant: string, runId: string): Promise<{ readonly run: ThreadRun; readonly ownerUserId: string } | null>;
  putBlob(tenant: string, value: string): Promise<string>;
  /** Takes secrets out of what Temporal keeps. Pure. */
  redact<T>(value: T): T;
  once: MakeOnce;
}

export interface NewConversation {
  readonly state: ConversationState;
  readonly owner: string;
  readonly executionMode: AgentRecord['definition']['executionMode'];
  readonly metadata: Readonly<Record<string, unknown>>;
}

export interface ConversationGatewayDependencies {
  readonly client: Client;
  readonly store: ConversationGatewayStore;
  readonly agents: Pick<AgentStore, 'find'>;
  readonly checks: AgentChecks;
  readonly runs: Pick<Runs<KnownRun>, 'approve'>;
  sendFrame(tenant: string, threadId: string, frame: ThreadFrame): void;
  readonly doors?: DoorOptions;
  /** The process refuses new runs because it stops. */
  stopping(): boolean;
}

const done = ({ status }: Commanded<unknown>): Done => ({ status });

export class ConversationGateway implements Conversations {
  private readonly commands: ConversationCommands;
  private readonly publisher: ConversationPublisher;

  constructor(private readonly deps: ConversationGatewayDependencies) {
    this.commands = new ConversationCommands(deps.client, deps.store, deps.doors);
    this.publisher = new ConversationPublisher(this.commands, deps.store, (tenant, id, frame) => deps.sendFrame(tenant, id, frame));
  }

  async open(principal: Principal, request: OpenRequest, call: KeyedCall): Promise<{ readonly thread: Thread; readonly replayed: boolean }> {
    const { tenant } = principal;
    const agent = await existingAgent(this.deps.agents, tenant, request.agent);
    const keyed = { tenant, route: 'POST /v1/threads', key: call.idempotencyKey, body: request };
    const { row, replayed } = await this.deps.store.once(keyed, request.id ?? madeId('thr_'), {
      find: async (id) => (await this.deps.store.find(tenant, id))?.thread ?? null,
      make: async (id) => {
        if (!(await this.insert(principal, agent, { ...request, id })))
          throw new Fault('conflict', 'conversation.exists', 'A thread of this id exists already, or did.', { field: 'id', id });
        return (await this.commands.known(principal, id)).thread;
      },
    });
    return { thread: row, replayed };
  }

  private insert(
    principal: Principal,
    agent: AgentRecord,
    { id, title, metadata }: { id: string } & Pick<OpenRequest, 'title' | 'metadata'>,
  ): Promise<boolean> {
    assertMetadata(metadata);
    return this.deps.store.insert({
      state: openConversation({
        ...{ id, tenant: principal.tenant, agentId: agent.id, title: this.deps.store.redact(title).slice(0, commands.TITLE_MAX) },
        ...{ rolloutId: derivedId('rol_', id), by: causeOf(principal), createdAt: new Date().toISOString() },
      }),
      ...{ owner: principal.subject, executionMode: agent.definition.executionMode, metadata },
    });
  }

  async startRun(principal: Principal, request: StartRunRequest, call: KeyedCall): Promise<StartedRun> {
    if (this.deps.stopping()) throw new Fault('unavailable', 'run.shutting_down', 'server is shutting down', {});
    const { tenant } = principal;
    const keyed = { tenant, route: 'POST /v1/run', key: call.idempotencyKey, body: request };
    const { row, replayed } = await this.deps.store.once<StartedRun>(keyed, randomUUID(), {
      find: async (runId) => {
        const found = await this.deps.store.run(tenant, runId);
        return found && maySee(principal, found) ? this.startedBefore(tenant, found.run) : null;
      },
      make: (runId) => this.beginRun(principal, runId, request),
    });
    return { ...row, replayed };
  }

  private async startedBefore(tenant: string, { runId, threadId, rolloutId, agentId, executionMode, status }: ThreadRun): Promise<StartedRun> {
    const targetDeviceId = (await this.deps.agents.find(tenant, agentId))?.definition.targetDeviceId ?? null;
    return {
      ...{ runId, threadId, rolloutId, agentId, executionMode, targetDeviceId, replayed: true, afterSequence: 0 },
      ...{ status: status === 'queued' ? 'queued' : 'started', position: status === 'queued' ? 1 : 0 },
    };
  }

  private async beginRun(principal: Principal, runId: string, request: StartRunRequest): Promise<StartedRun> {
    const { tenant } = principal;
    const before = request.threadId === null ? null : await this.commands.owned(principal, request.threadId);
    const agent = await existingAgent(this.deps.agents, tenant, request.agent ?? before?.thread.agentId ?? '');
    const { definition, id: agentId, version } = agent;
    await checkAgent(this.deps.checks, tenant, definition, request.config);
    const known = before ?? (await this.opened(principal, agent, { runId, request }));
    const threadId = known.thread.id;
    const input: RunInput = { threadId, runId, messages: request.messages, config: request.config, metadata: request.metadata };
    const sent = await this.commands.send(principal, known, commands.startRun, {
      input: {
        ...{ runId, inputRef: await this.deps.store.putBlob(tenant, JSON.stringify(input)), agent: { id: agentId, slug: definition.slug, version } },
        ...{ executionMode: definition.executionMode, autoCompactTokens: definition.autoCompactTokens, whenBusy: request.whenBusy, keyId: principal.keyId },
      },
      requestId: `run-${runId}`,
    });
    const { rolloutId, position } = sent.status === 'done' ? sent.reply : { rolloutId: known.thread.activeRolloutId, position: 0 };
    return {
      ...{ runId, threadId, rolloutId, agentId, position, executionMode: definition.executionMode, targetDeviceId: definition.targetDeviceId },
      ...{ status: sent.status === 'accepted' ? 'accepted' : position > 0 ? 'queued' : 'started', replayed: false },
      afterSequence: known.thread.lastSequence,
    };
  }

  /** The thread of a run that named none; the same for the same run. */
  private async opened(principal: Principal, agent: AgentRecord, { runId, request }: { runId: string; request: StartRunRequest }): Promise<KnownConversation> {
    const id = derivedId('thr_', runId);
    const title = (request.messages.at(-1)?.text ?? '').split('\n', 1)[0] ?? '';
    await this.insert(principal, agent, { id, title: title.slice(0, 80), metadata: {} });
    return this.commands.known(principal, id);
  }

  async cancelRun(
    principal: Principal,
    { threadId, runId, reason }: { readonly threadId: string | null; readonly runId: string | null; readonly reason: string | null },
    { requestId }: KeyedCall,
  ): Promise<Done & { readonly runId: string; readonly threadId: string }> {
    const run = runId === null ? null : await this.knownRun(principal, runId);
    if (run && threadId !== null && run.threadId !== threadId) throw runNotFound(run.runId);
    const known = await this.commands.known(principal, threadId ?? run?.threadId ?? '');
    if (run?.status === 'cancelled') return { status: 'done', runId: run.runId, threadId: run.threadId };
    const input = { ...(run && { runId: run.runId }), ...(reason !== null && { reason: this.deps.store.redact(reason) }) };
    const sent = await this.commands.send(principal, known, commands.cancelRun, { input, requestId });
    const cancelled = sent.status === 'done' ? sent.reply.runId : (run?.runId ?? known.state.run?.runId ?? '');
    return { status: sent.status, runId: cancelled, threadId: known.thread.id };
  }

  private async knownRun(principal: Principal, runId: string): Promise<ThreadRun> {
    const found = await this.deps.store.run(principal.tenant, runId);
    if (!found || !maySee(principal, found)) throw runNotFound(runId);
    return found.run;
  }

  async compact(principal: Principal, threadId: string, { requestId }: KeyedCall): Promise<Done & { readonly compactionId: string | null }> {
    const sent = await this.commands.send(principal, await this.commands.owned(principal, threadId), commands.compact, { input: {}, requestId });
    return { status: sent.status, compactionId: sent.status === 'done' ? sent.reply.compactionId : null };
  }

  async rename(principal: Principal, threadId: string, title: string, { requestId }: KeyedCall): Promise<Done> {
    const input = { title: this.deps.store.redact(title) };
    return done(await this.commands.send(principal, await this.commands.known(principal, threadId), commands.rename, { input, requestId }));
  }

  async archive(principal: Principal, threadId: string, archived: boolean, { requestId }: KeyedCall): Promise<Done> {
    return done(await this.commands.send(principal, await this.commands.known(principal, threadId), commands.archive, { input: { archived }, requestId }));
  }

  async annotate(principal: Principal, threadId: string, metadata: Readonly<Record<string, unknown>>): Promise<Thread> {
    await this.commands.known(principal, threadId);
    if (!(await this.deps.store.annotate(principal.tenant, threadId, metadata, METADATA_BYTES_MAX))) throw metadataTooLarge();
    return (await this.commands.known(principal, threadId)).thread;
  }

  async delete(principal: Principal, threadId: string, { requestId }: KeyedCall): Promise<Done> {
    return done(await this.commands.send(principal, await this.commands.known(principal, threadId), commands.deleteThread, { input: {}, requestId }));
  }

  append: Conversations['append'] = (principal, publish, call) => this.publisher.append(principal, publish, call);
  publishTransient: Conversations['publishTransient'] = (principal, frame) => this.publisher.publishTransient(principal, frame);

  async answer(principal: Principal, threadId: string, verdict: Parameters<Conversations['answer']>[2], call: KeyedCall): Promise<Done> {
    const { thread } = await this.commands.known(principal, threadId);
    const runId = verdict.runId ?? (thread.holder?.kind === 'run' ? thread.holder.id : null);
    const run = runId === null ? null : await this.knownRun(principal, runId);
    if (run && run.threadId !== threadId) throw runNotFound(run.runId);
    const channel = verdict.channel ?? run?.pending?.channel;
    if (!run || channel === undefined) throw new Fault('not_found', 'run.no_pending_approval', 'no approval is pending on this thread', { threadId });
    const { proposalId, approve, comment } = verdict;
    return this.deps.runs.approve(principal, run.runId, { channel, proposalId, approve, comment }, call);
  }

  async import(
    principal: Principal,
    request: { readonly agent: string; readonly title: string; readonly events: readonly ExportedEvent[] },
    call: KeyedCall,
  ): Promise<{ readonly thread: Thread; readonly events: number; readonly replayed: boolean }> {
    const agent = await existingAgent(this.deps.agents, principal.tenant, request.agent);
    const made = await importThread(this.deps.store, { principal, agent, request, call });
    const found = await this.deps.store.find(principal.tenant, made.id);
    if (!found) throw threadNotFound(made.id);
    return { thread: found.thread, events: request.events.length, replayed: made.replayed };
  }
}

const metadataTooLarge = (): Fault =>
  new Fault('invalid', 'conversation.metadata', `metadata: expected at most ${METADATA_BYTES_MAX} bytes of JSON`, {
    ...{ field: 'metadata', reason: `expected at most ${METADATA_BYTES_MAX} bytes of JSON` },
  });

function assertMetadata(metadata: Readonly<Record<string, unknown>>): void {
  if (Buffer.byteLength(JSON.stringify(metadata)) > METADATA_BYTES_MAX) throw metadataTooLarge();
}
