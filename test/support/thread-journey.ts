/**
 * A managed thread as its workflow keeps it, without Temporal: numbers events, folds them, holds each against its own schema. For unit tests of
 * the thread's domain.
 */
import { deepEqual } from 'node:assert/strict';
import type { Cause, Received, RecordedEvent } from '../../src/contracts/actor';
import type { Ask } from '../../src/contracts/managed-thread/ask';
import { THREAD_EVENTS, type ThreadEvent, type ThreadEventData, type ThreadEventType } from '../../src/contracts/managed-thread/events';
import type { ThreadStart } from '../../src/contracts/managed-thread/projection';
import type { ThreadStatus } from '../../src/contracts/managed-thread/status';
import type { WatchOutcome } from '../../src/contracts/managed-thread/terminal';
import { decide } from '../../src/domain/managed-thread/decide';
import { evolve } from '../../src/domain/managed-thread/evolve';
import { outcomeEvents } from '../../src/domain/managed-thread/outcomes';
import { openThread, type ThreadState } from '../../src/domain/managed-thread/state';
import type { Fault } from '../../src/errors/fault';
import { threadStart } from './thread-start';

export const PERSON: Cause = { subject: 'person', via: 'api' };
const HOST: Cause = { subject: 'host-a', via: 'host' };

export class Journey {
  state: ThreadState;
  readonly start: ThreadStart;
  readonly log: RecordedEvent[] = [];
  private requests = 0;

  constructor(changes: Partial<ThreadStart> = {}) {
    this.start = threadStart({ id: 'thr_1', ...changes });
    this.state = openThread(this.start);
  }

  /** One second later for each event. */
  get now(): string {
    return new Date(Date.parse(this.start.spawnedAt) + (this.log.length + 1) * 1_000).toISOString();
  }

  /** The events go through the journal's JSON, as they do in life. */
  record(events: readonly ThreadEvent[], by: Cause = HOST, requestId: string | null = null): this {
    for (const event of events) {
      const recorded = JSON.parse(JSON.stringify({ ...event, seq: this.log.length + 1, at: this.now, by, requestId })) as RecordedEvent;
      deepEqual(THREAD_EVENTS[event.type].parse(recorded.data), recorded.data, `data of ${event.type} that its schema does not have`);
      this.state = evolve(this.state, recorded);
      this.log.push(recorded);
    }
    return this;
  }

  event<T extends ThreadEventType>(type: T, data: ThreadEventData<T>): this {
    return this.record([{ type, data } as ThreadEvent]);
  }

  received(name: string, input: unknown, { requestId = `request-${++this.requests}`, by = PERSON } = {}): Received {
    return { name, input, requestId, by, at: this.now };
  }

  /** Decides, records and returns the reply. Throws what the command was refused with. */
  command(name: string, input: unknown = {}, envelope: { requestId?: string; by?: Cause } = {}): Readonly<Record<string, unknown>> {
    const command = this.received(name, input, envelope);
    const { events, reply } = decide(this.state, command);
    this.record(events, command.by, command.requestId);
    return reply;
  }

  /** The fault that the command is refused with. */
  refusal(name: string, input: unknown = {}): Fault {
    try {
      decide(this.state, this.received(name, input));
    } catch (thrown) {
      return thrown as Fault;
    }
    throw new Error(`${name} was not refused`);
  }

  /** What a watch came back with. */
  outcome(outcome: WatchOutcome): this {
    return this.record(outcomeEvents(this.state, outcome, this.now));
  }

  types(from = 0): string[] {
    return this.log.slice(from).map((event) => event.type);
  }

  last<T extends ThreadEventType>(type: T): ThreadEventData<T> {
    const found = this.log.findLast((event) => event.type === type);
    if (!found) throw new Error(`no ${type} in ${this.types().join(', ')}`);
    return found.data as unknown as ThreadEventData<T>;
  }

  prepared(): this {
    return this.event('thread_status', { status: 'preparing', hostId: 'host-a' }).event('thread_prepared', {
      workspace: { path: '/workspace', workspaceId: 'ws_1' },
      memoryContext: null,
      contextFiles: ['memory.md'],
    });
  }

  opened(): this {
    if (this.state.status !== 'starting') this.event('thread_status', { status: 'starting' });
    const generation = this.state.generation + 1;
    const session = { sessionId: `thr_1.${generation}`, hostId: 'host-a', generation, pid: 10, resumed: false, conversationId: this.state.conversationId };
    return generation === 1 ? this.event('thread_started', { ...session, agentType: 'fake' }) : this.event('thread_session_resumed', session);
  }

  /** A turn with a message that waits (or the objective), typed with this outcome; null: not typed yet. */
  turn(item: 'objective' | { readonly requestId: string }, typed: 'done' | 'unknown' | null = 'done'): this {
    const kind = item === 'objective' ? 'objective' : 'message';
    const requestId = item === 'objective' ? null : item.requestId;
    this.event('thread_turn_started', { turnId: `thr_1/turn-${this.log.length + 1}`, requestId, kind });
    if (typed === null) return this;
    return this.event('thread_input', { kind, requestId, effectId: kind === 'objective' ? 'objective' : `message-${requestId}`, outcome: typed, preview: 'x' });
  }

  message(text = 'hello', requestId = `message-${++this.requests}`): string {
    this.command('send', { message: { text } }, { requestId });
    return requestId;
  }
}

export const ready = (changes: Partial<Extract<WatchOutcome, { kind: 'ready' }>> = {}): WatchOutcome => ({
  kind: 'ready',
  worked: true,
  output: 'Done.',
  confidence: null,
  conversationId: null,
  ...changes,
});

export const ask = (id: string, changes: Partial<Ask> = {}): Ask => ({
  id,
  kind: 'permission',
  text: 'Run rm -rf build?',
  options: [
    { option: 1, label: 'Yes' },
    { option: 2, label: 'No' },
  ],
  approveOption: 1,
  denyOption: 2,
  action: { category: 'shell', command: 'rm -rf build' },
  ...changes,
});

export const blocked = (it: Ask, conversationId: string | null = null): WatchOutcome => ({ kind: 'blocked', ask: it, conversationId });

/** A thread in each status, the way it comes about. */
export const IN_STATUS: Readonly<Record<ThreadStatus, (changes?: Partial<ThreadStart>) => Journey>> = {
  pending: (changes) => new Journey(changes),
  preparing: (changes) => new Journey(changes).prepared(),
  starting: (changes) => IN_STATUS.preparing(changes).opened(),
  ready: (changes) => IN_STATUS.running(changes).outcome(ready()),
  running: (changes) =>
    IN_STATUS.starting(changes)
      .outcome(ready({ worked: false }))
      .turn('objective'),
  blocked: (changes) => IN_STATUS.running(changes).outcome(blocked(ask('thr_1/turn-1/ask-1'))),
  idle: (changes) => IN_STATUS.ready(changes).event('thread_idle', { reason: 'idle_timeout', checks: 1 }),
  waiting: (changes) => IN_STATUS.running(changes).event('thread_status', { status: 'waiting', reason: 'host host-a does not answer' }),
  completed: (changes) => IN_STATUS.running(changes).outcome({ kind: 'exited', exitCode: 0, signal: null, output: 'bye' }),
  failed: (changes) => IN_STATUS.running(changes).outcome({ kind: 'exited', exitCode: 3, signal: null, output: 'oh' }),
  stopped: (changes) => {
    const journey = IN_STATUS.running(changes);
    journey.command('stop', { reason: 'enough' });
    return journey.event('thread_stopped', { reason: 'enough', force: false, exitCode: 0, signal: null });
  },
};
