/** Small in-memory ports of the managed-threads surface. They keep what they are told and say what they were asked; no rule of a thread is here. */
import { once, EventEmitter } from 'node:events';
import type { Principal } from '../../src/contracts/principal';
import { Fault } from '../../src/errors/fault';
import type { Commanded } from '../../src/gateway/doors';
import type { ApprovalReply, DecisionRow, EventRow, ExperienceRow, FeedItem, ManagedThreadPorts, ThreadRow } from '../../src/surfaces/managed-threads/ports';

export const threadRow = (given: Partial<ThreadRow> & Pick<ThreadRow, 'id'>): ThreadRow => ({
  executionId: 'exec_1',
  name: 'thread',
  agentType: 'scripted',
  role: null,
  objective: 'Do it',
  approvalPreset: 'standard',
  policy: {},
  metadata: {},
  status: 'ready',
  statusReason: null,
  workspace: null,
  memoryContext: null,
  hostId: null,
  sessionId: null,
  conversationId: null,
  ask: null,
  queued: 0,
  turns: 0,
  summary: null,
  completion: null,
  createdAt: '2026-01-02T03:04:05.000Z',
  updatedAt: '2026-01-02T03:04:05.000Z',
  lastActivityAt: null,
  lastSeq: 0,
  ...given,
});

interface Asked {
  readonly command: string;
  readonly principal: Principal;
  readonly id?: string;
  readonly input?: unknown;
  readonly requestId?: string;
}

export class FakeThreads implements ManagedThreadPorts {
  readonly asked: Asked[] = [];
  readonly rows = new Map<string, ThreadRow>();
  readonly journal: EventRow[] = [];
  readonly frames = new EventEmitter().setMaxListeners(0);
  readonly decisionRows: { readonly tenant: string; readonly row: DecisionRow }[] = [];
  readonly experienceRows: ExperienceRow[] = [];
  readonly keys = new Map<string, { body: string; id: string }>();
  /** What the next command answers instead of `done`. */
  next: (() => never) | 'accepted' | null = null;
  terminalUrl = 'ws://127.0.0.1:1';
  types = ['scripted', 'codex'];
  /** Readers of a feed that have not ended. */
  following = 0;

  add(row: Partial<ThreadRow> & Pick<ThreadRow, 'id'>, tenant = 'default'): ThreadRow {
    const full = threadRow(row);
    this.rows.set(`${tenant}/${full.id}`, full);
    return full;
  }

  emit(threadId: string, type: string, data: Record<string, unknown> = {}, tenant = 'default'): EventRow {
    const row = this.rows.get(`${tenant}/${threadId}`);
    if (!row) throw new Error(`no thread ${threadId}`);
    const seq = row.lastSeq + 1;
    const event: EventRow = {
      seq,
      threadId,
      executionId: row.executionId,
      type,
      data,
      at: new Date(1_767_323_045_000 + seq).toISOString(),
      by: { subject: 'everthread', via: 'system' },
      requestId: null,
    };
    const ends: Record<string, ThreadRow['status']> = { thread_stopped: 'stopped', thread_failed: 'failed', thread_completed: 'completed' };
    this.rows.set(`${tenant}/${threadId}`, { ...row, lastSeq: seq, status: ends[type] ?? row.status });
    this.journal.push(event);
    this.frames.emit('event');
    return event;
  }

  #command<R>(command: string, principal: Principal, id: string, input: unknown, requestId: string, reply: (row: ThreadRow) => R): Commanded<R> {
    this.asked.push({ command, principal, id, input, requestId });
    const row = this.rows.get(`${principal.tenant}/${id}`);
    if (!row) throw new Fault('not_found', 'thread.not_found', 'Thread not found', { id });
    const { next } = this;
    this.next = null;
    if (next === 'accepted') return { status: 'accepted' };
    if (next) next();
    if (['stopped', 'completed', 'failed'].includes(row.status))
      throw new Fault('conflict', 'thread.stopped', `The thread is ${row.status}.`, { status: row.status });
    return { status: 'done', reply: reply(row) };
  }

  readonly gateway: ManagedThreadPorts['gateway'] = {
    spawn: async (principal, body, { idempotencyKey }) => {
      this.asked.push({ command: 'spawn', principal, input: body });
      const known = idempotencyKey === null ? undefined : this.keys.get(`${principal.tenant}/${idempotencyKey}`);
      if (known) {
        if (known.body !== JSON.stringify(body)) throw new Fault('conflict', 'idempotency.key_reused', 'This Idempotency-Key was used with another body.', {});
        return { thread: this.rows.get(`${principal.tenant}/${known.id}`)!, replayed: true };
      }
      const { id = `thr_${this.rows.size + 1}`, executionId, name, agentType, objective, role, policy, metadata } = body;
      const thread = this.add(
        { id, executionId, name, agentType, objective, role: role ?? null, policy: policy ?? {}, metadata: metadata ?? {}, status: 'pending' },
        principal.tenant,
      );
      if (idempotencyKey !== null) this.keys.set(`${principal.tenant}/${idempotencyKey}`, { body: JSON.stringify(body), id });
      return { thread, replayed: false };
    },
    send: async (principal, id, input, { requestId }) =>
      this.#command('send', principal, id, input, requestId, (row) => ({ seq: row.lastSeq + 1, position: row.queued })),
    approve: async (principal, id, input, { requestId }) =>
      this.#command('approve', principal, id, input, requestId, (row): ApprovalReply => {
        if (!row.ask) throw new Fault('conflict', 'thread.not_blocked', 'The thread asks nothing.', {});
        const { askId: _askId, ...answer } = input;
        return { seq: row.lastSeq + 1, askId: row.ask.id, answer, answeredBy: principal.subject, answeredAt: '2026-01-02T03:04:06.000Z', repeated: false };
      }),
    cancel: async (principal, id, input, { requestId }) =>
      this.#command('cancel', principal, id, input, requestId, (row) => ({ seq: row.lastSeq + 1, dropped: 2 })),
    resume: async (principal, id, { requestId }) => this.#command('resume', principal, id, {}, requestId, (row) => ({ seq: row.lastSeq + 1 })),
    stop: async (principal, id, input, { requestId }) => this.#command('stop', principal, id, input, requestId, (row) => ({ seq: row.lastSeq })),
  };

  readonly reads: ManagedThreadPorts['reads'] = {
    get: async (tenant, id) => this.rows.get(`${tenant}/${id}`) ?? null,
    list: async (tenant, { statuses, executionId, role, agentType, limit, offset }) => {
      const mine = [...this.rows].filter(([key]) => key.startsWith(`${tenant}/`)).map(([, row]) => row);
      const found = mine.filter(
        (row) =>
          (statuses.length === 0 || statuses.includes(row.status)) &&
          (executionId === undefined || row.executionId === executionId) &&
          (role === undefined || row.role === role) &&
          (agentType === undefined || row.agentType === agentType),
      );
      return { threads: found.slice(offset, offset + limit), total: found.length };
    },
    events: async (_tenant, id, { after, offset, limit, types }) => this.#events(id, after, types).slice(offset, offset + limit),
    countEvents: async (_tenant, id, { after, types }) => this.#events(id, after, types).length,
  };

  #events = (id: string, after: number, types: readonly string[]): EventRow[] =>
    this.journal.filter((event) => event.threadId === id && event.seq > after && (types.length === 0 || types.includes(event.type)));

  async *#follow(wanted: (event: EventRow) => boolean, signal: AbortSignal): AsyncIterable<{ index: number; event: EventRow }> {
    this.following++;
    try {
      for (let index = 0; !signal.aborted;) {
        const event = this.journal[index];
        if (event) {
          index++;
          if (wanted(event)) yield { index, event };
        } else await once(this.frames, 'event', { signal }).catch(() => undefined);
      }
    } finally {
      this.following--;
    }
  }

  readonly feed: ManagedThreadPorts['feed'] = {
    thread: (_tenant, id, { after, frames }, signal) => this.#thread(id, after, frames, signal),
    execution: (tenant, executionId, { after, threadIds }, signal) => this.#execution({ tenant, executionId }, after, threadIds, signal),
  };

  async *#thread(id: string, after: number, frames: boolean, signal: AbortSignal): AsyncIterable<FeedItem> {
    if (frames) yield { kind: 'gap', dropped: 3 };
    if (frames) yield { kind: 'frame', frame: { type: 'output', data: 'aGVsbG8=' } };
    for await (const { event } of this.#follow((candidate) => candidate.threadId === id && candidate.seq > after, signal)) yield { kind: 'event', event };
  }

  async *#execution(
    { tenant, executionId }: { readonly tenant: string; readonly executionId: string },
    after: string | null,
    threadIds: readonly string[] | null,
    signal: AbortSignal,
  ): AsyncIterable<{ cursor: string; event: EventRow }> {
    const from = Number((after ?? '0-0').split('-')[1]);
    for await (const { index, event } of this.#follow(
      (candidate) =>
        candidate.executionId === executionId && this.rows.has(`${tenant}/${candidate.threadId}`) && (!threadIds || threadIds.includes(candidate.threadId)),
      signal,
    )) {
      if (index > from) yield { cursor: `7-${index}`, event };
    }
  }

  readonly memory: ManagedThreadPorts['memory'] = {
    decisions: async (tenant, { threadId, executionId, category, limit, offset }) => {
      const mine = this.decisionRows.filter((kept) => kept.tenant === tenant).map(({ row }) => row);
      const found = mine.filter(
        (row) =>
          (threadId === undefined || row.threadId === threadId) &&
          (executionId === undefined || row.executionId === executionId) &&
          (category === undefined || row.category === category),
      );
      return { rows: found.slice(offset, offset + limit), total: found.length };
    },
    recordDecision: async (tenant, decision) => {
      const row = { id: `dec_${this.decisionRows.length + 1}`, createdAt: '2026-01-02T03:04:05.000Z', ...decision };
      this.decisionRows.unshift({ tenant, row });
      return row;
    },
    experiences: async (_tenant, { outcome, limit, offset }) => {
      const found = this.experienceRows.filter((row) => outcome === undefined || row.outcome === outcome);
      return { rows: found.slice(offset, offset + limit), total: found.length };
    },
  };

  readonly relay: ManagedThreadPorts['relay'] = {
    screen: async () => ({ lines: ['$ ls', 'a  b'], cursor: { x: 2, y: 1, visible: true }, cols: 120, rows: 40, title: 'bash', alternate: false }),
    terminal: async (_address, { subject }) => ({ url: this.terminalUrl, headers: { Authorization: 'Bearer relay', 'X-Everthread-Subject': subject } }),
    prepare: async (_principal, body) => ({
      workspace: { workspaceId: 'ws_123', path: '/srv/ws_123', ...(body.preparation?.workspace ?? {}) },
      contextFiles: [{ path: '.parallax/thread-memory.md', content: '# Parallax Thread Memory\n' }],
      env: body.preparation?.env ?? {},
      approvalPreset: body.preparation?.approvalPreset ?? 'standard',
      memoryContext: {
        sharedDecisionCount: 3,
        episodicExperienceCount: 2,
        repo: body.preparation?.workspace?.repo ?? null,
        role: body.role ?? null,
        objective: body.objective,
      },
    }),
  };

  agentTypes = async () => this.types.map((type) => ({ type, description: `The ${type} agent.`, available: type === 'scripted' ? true : null }));
}
