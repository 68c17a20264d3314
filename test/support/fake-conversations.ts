/** Conversations in memory, for tests of what stands on their ports: a test says what happens to them. */
import { randomUUID } from 'node:crypto';
import { isLocal, type AgentDefinition, type AgentRecord } from '../../src/contracts/conversation/agent';
import type { ExportedEvent, PublishedEvent, ThreadEvent, ThreadEventType, ThreadFrame, TRANSIENT_TYPES } from '../../src/contracts/conversation/events';
import type {
  ConversationAgents,
  ConversationFeed,
  ConversationReads,
  Conversations,
  ListPlace,
  Published,
  PublishRequest,
  Rollout,
  StartedRun,
  StartRunRequest,
  Thread,
  ThreadActivity,
  ThreadRun,
} from '../../src/contracts/conversation/ports';
import type { Holder } from '../../src/contracts/conversation/start';
import type { Principal } from '../../src/contracts/principal';
import { maySee, seesAll } from '../../src/domain/conversation/access';
import { Fault } from '../../src/errors/fault';
import { ownerOnly } from '../../src/gateway/conversation-commands';

type Json = ThreadEvent['payload'];

export interface KeptThread {
  thread: Thread;
  readonly events: ThreadEvent[];
  readonly rollouts: Rollout[];
  readonly activity: ThreadActivity[];
  readonly lastNumbers: Map<string, number>;
  deleted: boolean;
}

const BASE = Date.parse('2026-05-01T08:00:00.000Z');
const USAGE = { inputTokens: 3, outputTokens: 2, totalTokens: 5, toolCalls: 0, usdMillicents: 0 };
const notFound = (threadId: string): Fault =>
  new Fault('not_found', 'conversation.not_found', 'There is no such thread.', { threadId: threadId.slice(0, 200) });

export class FakeConversations {
  readonly kept: KeptThread[] = [];
  readonly threadRuns: ThreadRun[] = [];
  readonly agentRows: AgentRecord[] = [];
  /** What was asked, in order. */
  readonly asked: { readonly what: string; readonly principal: Principal; readonly request: unknown }[] = [];
  private readonly keys = new Map<string, unknown>();
  private readonly waiting = new Set<() => void>();
  private readonly listeners = new Map<string, Set<(frame: ThreadFrame) => void>>();
  private ticks = 0;
  /** Called with each run that begins here; without it the run answers at once. */
  onRun: (run: ThreadRun, request: StartRunRequest) => void = (run) => this.end(run.runId, 'completed', 'Hello.');

  private now = (): string => new Date(BASE + 1_000 * (this.ticks += 1)).toISOString();
  private wake(): void {
    for (const wake of [...this.waiting]) wake();
  }
  private changed(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.waiting.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      this.waiting.add(done);
      signal.addEventListener('abort', done, { once: true });
      if (signal.aborted) done();
    });
  }

  addAgent(definition: Partial<AgentDefinition> = {}, tenant = 'default'): AgentRecord {
    const at = this.now();
    const agent: AgentRecord = {
      ...{ id: `agt_${randomUUID()}`, tenant, version: 1, createdBy: 'local', createdAt: at, updatedAt: at },
      definition: {
        ...{ slug: 'writer', name: 'Writer', description: '', model: 'mock', systemPrompt: '', tools: [], executionMode: 'in_sandbox', targetDeviceId: null },
        ...{ maxIterations: 16, maxTokens: null, temperature: null, topP: null, topK: null, autoCompactTokens: null, script: null },
        ...definition,
      },
    };
    this.agentRows.push(agent);
    return agent;
  }

  add(more: Partial<Thread> = {}): KeptThread {
    const at = this.now();
    const id = more.id ?? `thr_${randomUUID()}`;
    const rolloutId = more.activeRolloutId ?? `rol_${id}_1`;
    const thread: Thread = {
      ...{ id, tenant: 'default', ownerUserId: 'local', agentId: 'agt_1', title: 'A thread', executionMode: 'in_sandbox', archived: false },
      ...{ activeRolloutId: rolloutId, status: 'idle', holder: null, queued: 0, lastSequence: 0, metadata: {}, createdAt: at, updatedAt: at },
      ...more,
    };
    const rollout: Rollout = { rolloutId, threadId: id, startedAt: at, completedAt: null, eventCount: 0 };
    const kept: KeptThread = { thread, events: [], rollouts: [rollout], activity: [], lastNumbers: new Map(), deleted: false };
    this.kept.unshift(kept);
    return kept;
  }

  /** A durable event of the active rollout. */
  tell(kept: KeptThread, type: ThreadEventType, payload: Json = {}, runId: string | null = null): ThreadEvent {
    const { thread, rollouts, events } = kept;
    const sequence = thread.lastSequence + 1;
    const event: ThreadEvent = { sequence, rolloutId: thread.activeRolloutId, threadId: thread.id, runId, type, payload, createdAt: this.now() };
    events.push(event);
    rollouts[rollouts.length - 1] = { ...(rollouts.at(-1) as Rollout), eventCount: (rollouts.at(-1) as Rollout).eventCount + 1 };
    kept.thread = { ...thread, lastSequence: sequence, updatedAt: event.createdAt };
    this.wake();
    return event;
  }

  /** A frame to those who watch now. */
  say(kept: KeptThread, frame: ThreadFrame): void {
    for (const listener of this.listeners.get(`${kept.thread.tenant}/${kept.thread.id}`) ?? []) listener(frame);
  }
  watchers({ thread }: KeptThread): number {
    return this.listeners.get(`${thread.tenant}/${thread.id}`)?.size ?? 0;
  }

  hold(kept: KeptThread, holder: Holder | null): void {
    const status = holder === null ? 'idle' : holder.kind === 'compaction' ? 'compacting' : 'running';
    kept.thread = { ...kept.thread, holder, status };
  }

  addRun(kept: KeptThread, more: Partial<ThreadRun> = {}): ThreadRun {
    const { thread } = kept;
    const at = this.now();
    const run: ThreadRun = {
      ...{ runId: randomUUID(), threadId: thread.id, rolloutId: thread.activeRolloutId, agentId: thread.agentId, agentSlug: 'writer', agentVersion: 1 },
      ...{ executionMode: thread.executionMode, status: 'running', userId: thread.ownerUserId, metadata: {}, result: null, error: null, usage: null },
      ...{ iterations: 0, pending: null, createdAt: at, startedAt: at, endedAt: null },
      ...more,
    };
    this.threadRuns.unshift(run);
    this.hold(kept, { kind: isLocal(run.executionMode) ? 'local_run' : 'run', id: run.runId, since: at });
    this.tell(
      kept,
      'run_started',
      { agentId: run.agentId, agentSlug: run.agentSlug, agentVersion: 1, executionMode: run.executionMode, by: run.userId },
      run.runId,
    );
    return run;
  }

  private change(runId: string, more: Partial<ThreadRun>): ThreadRun {
    const at = this.threadRuns.findIndex((run) => run.runId === runId);
    return (this.threadRuns[at] = { ...(this.threadRuns[at] as ThreadRun), ...more });
  }
  waitFor(runId: string, pending: NonNullable<ThreadRun['pending']>): void {
    const { threadId } = this.change(runId, { status: 'waiting_approval', pending });
    const kept = this.kept.find(({ thread }) => thread.id === threadId) as KeptThread;
    kept.thread = { ...kept.thread, status: 'waiting_approval' };
  }

  end(runId: string, status: 'completed' | 'failed' | 'cancelled', result: string | null): void {
    const run = this.change(runId, { status, result, usage: USAGE, iterations: 1, pending: null, endedAt: this.now() });
    const kept = this.kept.find(({ thread }) => thread.id === run.threadId) as KeptThread;
    if (result !== null) this.tell(kept, 'assistant_message', { text: result }, runId);
    this.hold(kept, null);
    this.tell(kept, 'run_completed', { status, terminatedBy: null, error: null, usage: USAGE, iterations: 1 }, runId);
  }

  private find(principal: Principal, threadId: string): KeptThread {
    const kept = this.kept.find(({ thread }) => thread.tenant === principal.tenant && thread.id === threadId);
    if (!kept || kept.deleted || !maySee(principal, kept.thread)) throw notFound(threadId);
    return kept;
  }
  /** Who sees somebody else's thread says nothing in it. */
  private owned(principal: Principal, threadId: string): KeptThread {
    const kept = this.find(principal, threadId);
    if (kept.thread.ownerUserId !== principal.subject) throw ownerOnly(threadId);
    return kept;
  }
  private agentOf({ tenant }: Principal, slugOrId: string): AgentRecord {
    const agent = this.agentRows.find((one) => one.tenant === tenant && (one.id === slugOrId || one.definition.slug === slugOrId));
    if (!agent) throw new Fault('not_found', 'conversation.agent_not_found', 'There is no such agent.', { agent: slugOrId.slice(0, 200) });
    return agent;
  }
  /** The second time of a key is answered as the first. */
  private once<T extends object>(principal: Principal, operation: string, key: string | null, make: () => T): T & { readonly replayed: boolean } {
    const at = `${principal.tenant} ${operation} ${key}`;
    if (key !== null && this.keys.has(at)) return { ...(this.keys.get(at) as T), replayed: true };
    const made = make();
    this.keys.set(at, made);
    return { ...made, replayed: false };
  }
  private note(what: string, principal: Principal, request: unknown): void {
    this.asked.push({ what, principal, request });
  }

  private assertPublishes(kept: KeptThread, { runId, rolloutId }: PublishRequest): void {
    const { holder, activeRolloutId } = kept.thread;
    if (holder !== null && holder.kind !== 'local_run') throw busy(holder);
    if (holder?.id !== runId) throw new Fault('conflict', 'conversation.run_not_active', 'No such local run holds the thread.', { runId });
    if (rolloutId !== activeRolloutId) throw new Fault('conflict', 'conversation.rollout_inactive', 'The rollout is not the active one.', { activeRolloutId });
  }

  readonly conversations: Conversations = {
    open: async (principal, request, { idempotencyKey }) => {
      const agent = this.agentOf(principal, request.agent);
      const isTaken = this.kept.some(({ thread }) => thread.tenant === principal.tenant && thread.id === request.id);
      if (isTaken && idempotencyKey === null) throw new Fault('conflict', 'conversation.exists', 'There is such a thread already.', { threadId: request.id });
      const { thread, replayed } = this.once(principal, 'open', idempotencyKey, () => ({
        thread: this.add({
          ...{ tenant: principal.tenant, ownerUserId: principal.subject, agentId: agent.id, title: request.title, metadata: request.metadata },
          ...(request.id !== null && { id: request.id }),
        }).thread,
      }));
      return { thread, replayed };
    },
    startRun: async (principal, request, { idempotencyKey }) => {
      this.note('startRun', principal, request);
      const known = request.threadId === null ? null : this.owned(principal, request.threadId);
      const agent = this.agentOf(principal, request.agent ?? known?.thread.agentId ?? '');
      const started = this.once(principal, 'startRun', idempotencyKey, () => {
        const { executionMode, targetDeviceId, slug } = agent.definition;
        const kept = known ?? this.add({ tenant: principal.tenant, ownerUserId: principal.subject, agentId: agent.id, executionMode });
        if (kept.thread.holder !== null && request.whenBusy === 'refuse') throw busy(kept.thread.holder);
        if (kept.thread.holder !== null) return this.queued(principal, kept, agent);
        const afterSequence = kept.thread.lastSequence;
        const run = this.addRun(kept, { agentId: agent.id, agentSlug: slug, executionMode, userId: principal.subject, metadata: request.metadata });
        this.tell(kept, 'user_message', { text: request.messages.at(-1)?.text ?? '' }, run.runId);
        if (!isLocal(executionMode)) this.onRun(run, request);
        const { runId, threadId, rolloutId, agentId } = run;
        return { runId, threadId, rolloutId, agentId, executionMode, targetDeviceId, status: 'started' as const, position: 0, afterSequence };
      });
      if (!started.replayed) return started;
      const waits = this.threadRuns.find(({ runId }) => runId === started.runId)?.status === 'queued';
      return { ...started, status: waits ? ('queued' as const) : ('started' as const), afterSequence: 0 };
    },
    cancelRun: async (principal, { threadId, runId, reason }) => {
      this.note('cancelRun', principal, { threadId, runId, reason });
      const run = this.threadRuns.find((one) => (runId === null ? one.threadId === threadId && one.endedAt === null : one.runId === runId));
      if (!run || !this.kept.some(({ thread }) => thread.tenant === principal.tenant && thread.id === run.threadId && maySee(principal, thread)))
        throw new Fault('not_found', 'conversation.run_not_found', 'There is no such run.', { runId });
      // One that waits for its turn leaves nothing in the thread.
      if (run.status === 'queued') this.change(run.runId, { status: 'cancelled', endedAt: this.now() });
      else if (run.endedAt === null) this.end(run.runId, 'cancelled', null);
      return { status: 'done', runId: run.runId, threadId: run.threadId };
    },
    compact: async (principal, threadId) => {
      this.note('compact', principal, threadId);
      const kept = this.owned(principal, threadId);
      if (kept.thread.holder) throw busy(kept.thread.holder);
      const compactionId = randomUUID();
      this.hold(kept, { kind: 'compaction', id: compactionId, since: this.now() });
      this.tell(kept, 'compaction_started', { compactionId, reason: 'requested' });
      this.compacted(kept, 'What was said so far.');
      return { status: 'done', compactionId };
    },
    rename: async (principal, threadId, title) => {
      const kept = this.find(principal, threadId);
      kept.thread = { ...kept.thread, title };
      this.say(kept, { type: 'thread_renamed', threadId, payload: { title } });
      return { status: 'done' };
    },
    archive: async (principal, threadId, archived) => {
      const kept = this.find(principal, threadId);
      kept.thread = { ...kept.thread, archived };
      this.say(kept, { type: 'thread_archived', threadId, payload: { archived } });
      return { status: 'done' };
    },
    annotate: async (principal, threadId, metadata) => {
      const kept = this.find(principal, threadId);
      return (kept.thread = { ...kept.thread, metadata: { ...kept.thread.metadata, ...metadata } });
    },
    delete: async (principal, threadId) => {
      const kept = this.find(principal, threadId);
      kept.deleted = true;
      this.say(kept, { type: 'thread_deleted', threadId, payload: {} });
      this.wake();
      return { status: 'done' };
    },
    append: async (principal, { threadId, runId, rolloutId, events }, call) =>
      this.once(principal, 'append', call?.idempotencyKey ?? null, () => this.append(this.owned(principal, threadId), { threadId, runId, rolloutId }, events)),
    publishTransient: async (principal, { type, threadId, runId, rolloutId, sequenceNumber, payload }) => {
      const kept = this.owned(principal, threadId);
      this.assertPublishes(kept, { threadId, runId, rolloutId });
      if (sequenceNumber <= (kept.lastNumbers.get(runId) ?? 0)) return { delivered: false };
      kept.lastNumbers.set(runId, sequenceNumber);
      this.say(kept, { type, threadId, runId, rolloutId, sequenceNumber, payload });
      return { delivered: true };
    },
    answer: async (principal, threadId, verdict) => {
      this.note('answer', principal, verdict);
      this.find(principal, threadId);
      const run = this.threadRuns.find((one) => one.threadId === threadId && one.pending !== null);
      if (!run) throw new Fault('not_found', 'run.no_pending_approval', 'no pending approval for this run/channel', { threadId });
      this.change(run.runId, { status: 'running', pending: null });
      return { status: 'done' };
    },
    import: async (principal, { agent, title, events }, { idempotencyKey }) =>
      this.once(principal, 'import', idempotencyKey, () => {
        const { id } = this.agentOf(principal, agent);
        return { thread: this.imported(principal, { agentId: id, title }, events), events: events.length };
      }),
  };

  private queued({ subject }: Principal, { thread }: KeptThread, { id: agentId, definition }: AgentRecord): Omit<StartedRun, 'replayed'> {
    const { executionMode, targetDeviceId } = definition;
    const at = this.now();
    const { id: threadId, activeRolloutId: rolloutId, lastSequence } = thread;
    const run: ThreadRun = {
      ...{ runId: randomUUID(), threadId, rolloutId, agentId, agentSlug: definition.slug, agentVersion: 1, executionMode, status: 'queued', userId: subject },
      ...{ metadata: {}, result: null, error: null, usage: null, iterations: 0, pending: null, createdAt: at, startedAt: null, endedAt: null },
    };
    this.threadRuns.unshift(run);
    return { runId: run.runId, threadId, rolloutId, agentId, executionMode, targetDeviceId, status: 'queued', position: 1, afterSequence: lastSequence };
  }

  private append(kept: KeptThread, of: PublishRequest, events: readonly PublishedEvent[]): Published {
    this.assertPublishes(kept, of);
    const told = events.filter(({ type }) => type !== 'run_started').map(({ type, payload }) => this.tell(kept, type, payload, of.runId));
    if (told.at(-1)?.type === 'run_completed') {
      this.change(of.runId, { status: 'completed', endedAt: this.now() });
      this.hold(kept, null);
    }
    return { threadId: of.threadId, rolloutId: of.rolloutId, sequence: kept.thread.lastSequence, appended: told.length };
  }

  /** The switch to a new rollout, whose first event has the summary. */
  compacted(kept: KeptThread, summary: string): void {
    const { thread, rollouts } = kept;
    const at = this.now();
    const fromRolloutId = thread.activeRolloutId;
    const rolloutId = `rol_${thread.id}_${rollouts.length + 1}`;
    rollouts[rollouts.length - 1] = { ...(rollouts.at(-1) as Rollout), completedAt: at };
    rollouts.push({ rolloutId, threadId: thread.id, startedAt: at, completedAt: null, eventCount: 0 });
    kept.thread = { ...thread, activeRolloutId: rolloutId };
    this.tell(kept, 'compaction_completed', { compactionId: thread.holder?.id ?? '', status: 'completed', fromRolloutId, rolloutId, summary, error: null });
    this.hold(kept, null);
  }

  private imported({ tenant, subject }: Principal, about: { readonly agentId: string; readonly title: string }, events: readonly ExportedEvent[]): Thread {
    const rollouts = [...new Set(events.map(({ rolloutId }) => rolloutId))];
    const isTaken = this.kept.some(({ thread }) => thread.tenant === tenant && thread.id === events[0]?.threadId);
    const kept = this.add({
      ...{ ...about, tenant, ownerUserId: subject, activeRolloutId: rollouts.at(-1) as string },
      ...(!isTaken && { id: events[0]?.threadId as string }),
    });
    kept.events.push(...events.map((event, at) => ({ ...event, threadId: kept.thread.id, sequence: at + 1 })));
    const at = kept.thread.createdAt;
    const rows = rollouts.map((rolloutId, index) => ({
      ...{ rolloutId, threadId: kept.thread.id, startedAt: at, completedAt: index === rollouts.length - 1 ? null : at },
      eventCount: events.filter((event) => event.rolloutId === rolloutId).length,
    }));
    kept.rollouts.splice(0, 1, ...rows);
    return (kept.thread = { ...kept.thread, lastSequence: events.length });
  }

  readonly reads: ConversationReads = {
    list: async (principal, { archived, all, agentId, limit, after }) => {
      assertAll(principal, all);
      const mine = this.kept
        .filter(({ deleted, thread }) => !deleted && thread.tenant === principal.tenant && (all || thread.ownerUserId === principal.subject))
        .map(({ thread }) => thread)
        .filter((thread) => (archived === null || thread.archived === archived) && (agentId === null || thread.agentId === agentId));
      return paged(mine, ({ id }) => id, limit, after);
    },
    get: async (principal, threadId) => this.find(principal, threadId).thread,
    events: async (principal, threadId, { rolloutId, after, before, limit }) => {
      const { thread, events } = this.find(principal, threadId);
      const within = events.filter((event) => rolloutId === null || event.rolloutId === rolloutId);
      const found = within.filter(({ sequence }) => (before === undefined ? sequence > (after ?? 0) : sequence < before));
      return { thread, events: before === undefined ? found.slice(0, limit) : found.slice(-limit), more: found.length > limit };
    },
    rollouts: async (principal, threadId) => {
      const { thread, rollouts } = this.find(principal, threadId);
      return { thread, rollouts: [...rollouts] };
    },
    activity: async (principal, threadId, { before, limit }) => {
      const found = [...this.find(principal, threadId).activity].reverse().filter(({ seq }) => before === null || seq < before);
      const activity = found.slice(0, limit);
      return { activity, next: found.length > limit ? (activity.at(-1)?.seq ?? null) : null };
    },
    runs: async (principal, { threadId, agent, status, all, limit, after }) => {
      assertAll(principal, all);
      const ids = this.kept.filter(({ thread }) => thread.tenant === principal.tenant).map(({ thread }) => thread.id);
      const mine = this.threadRuns.filter(
        (run) =>
          ids.includes(run.threadId) &&
          (all || run.userId === principal.subject) &&
          (threadId === null || run.threadId === threadId) &&
          (agent === null || run.agentSlug === agent || run.agentId === agent) &&
          (status === null || run.status === status),
      );
      return paged(mine, ({ runId }) => runId, limit, after);
    },
    run: async (principal, runId) => {
      const run = this.threadRuns.find((one) => one.runId === runId);
      const kept = run && this.kept.find(({ thread, deleted }) => !deleted && thread.tenant === principal.tenant && thread.id === run.threadId);
      if (!run || !kept || !maySee(principal, kept.thread)) throw new Fault('not_found', 'conversation.run_not_found', 'There is no such run.', { runId });
      return run;
    },
  };

  readonly feed: ConversationFeed = {
    watch: (tenant, threadId, after, signal) => this.watch(tenant, threadId, after, signal),
    frames: (tenant, threadId, signal) => this.frames(tenant, threadId, signal),
  };

  private async *watch(tenant: string, threadId: string, after: number, signal: AbortSignal): AsyncGenerator<ThreadEvent, void, void> {
    const kept = this.kept.find(({ thread }) => thread.tenant === tenant && thread.id === threadId);
    for (let at = after; kept && !kept.deleted && !signal.aborted;) {
      const event = kept.events[at];
      if (event) {
        at += 1;
        yield event;
      } else await this.changed(signal);
    }
  }

  private async *frames(tenant: string, threadId: string, signal: AbortSignal): AsyncGenerator<ThreadFrame, void, void> {
    const unread: ThreadFrame[] = [];
    let wake = (): void => undefined;
    const listener = (frame: ThreadFrame): void => {
      unread.push(frame);
      wake();
    };
    const key = `${tenant}/${threadId}`;
    const listeners = this.listeners.get(key) ?? new Set();
    this.listeners.set(key, listeners.add(listener));
    const stop = (): void => wake();
    signal.addEventListener('abort', stop, { once: true });
    try {
      while (!signal.aborted) {
        const frame = unread.shift();
        if (frame) yield frame;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      signal.removeEventListener('abort', stop);
      listeners.delete(listener);
    }
  }

  readonly agents: ConversationAgents = {
    upsert: async (principal, definition) => {
      const at = this.agentRows.findIndex(({ tenant, definition: { slug } }) => tenant === principal.tenant && slug === definition.slug);
      const known = this.agentRows[at];
      if (!known) return { agent: this.addAgent(definition, principal.tenant), action: 'created' };
      if (JSON.stringify(known.definition) === JSON.stringify(definition)) return { agent: known, action: 'unchanged' };
      return { agent: (this.agentRows[at] = { ...known, definition, version: known.version + 1 }), action: 'updated' };
    },
    list: async ({ tenant }, { limit, afterSlug }) => {
      const found = this.agentRows
        .filter((one) => one.tenant === tenant && (afterSlug === null || one.definition.slug > afterSlug))
        .sort((a, b) => (a.definition.slug < b.definition.slug ? -1 : 1));
      const agents = found.slice(0, limit);
      return { agents, next: found.length > limit ? (agents.at(-1)?.definition.slug ?? null) : null };
    },
    get: async (principal, slugOrId) => this.agentOf(principal, slugOrId),
  };
}

/** A frame of work under way. */
export const transient = (kept: KeptThread, type: (typeof TRANSIENT_TYPES)[number], sequenceNumber: number, payload: Json = {}): ThreadFrame => ({
  ...{ type, threadId: kept.thread.id, runId: 'run_1', rolloutId: kept.thread.activeRolloutId, sequenceNumber, payload },
});

const busy = (holder: Holder): Fault => new Fault('conflict', 'conversation.busy', `The thread is held by a ${holder.kind} since ${holder.since}.`, { holder });

function assertAll(principal: Principal, all: boolean): void {
  if (all && !seesAll(principal)) throw new Fault('forbidden', 'access.scope_missing', 'This needs the scope admin.', { scope: 'admin' });
}

/** Newest first; the rows are kept so. */
function paged<T extends { readonly createdAt: string }>(rows: readonly T[], idOf: (row: T) => string, limit: number, after: ListPlace | null) {
  const sorted = [...rows].sort((a, b) => (a.createdAt === b.createdAt ? (idOf(a) < idOf(b) ? 1 : -1) : a.createdAt < b.createdAt ? 1 : -1));
  const from = after === null ? 0 : sorted.findIndex((row) => idOf(row) === after.id) + 1;
  const items = sorted.slice(from, from + limit);
  const last = items.at(-1);
  return { items, next: from + limit < sorted.length && last ? { createdAt: last.createdAt, id: idOf(last) } : null };
}
