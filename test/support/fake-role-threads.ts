/** Threads of roles for actor tests: they exist only here, keep a journal as real ones do, and are spawned and told things once for each key. */
import type { RecordedEvent } from '../../src/contracts/actor';
import { orgActivities } from '../../activities/org/activities';
import type { CallForge } from '../../activities/org/pull-requests';
import { followActivities } from '../../activities/org/follow-turn';
import type { PastRun } from '../../src/contracts/execution/org';
import { threadAddress } from '../../src/contracts/managed-thread/commands';
import type { ThreadEvent } from '../../src/contracts/managed-thread/events';
import type { SpawnThread } from '../../src/contracts/managed-thread/spawn';
import type { CheckEnd, PublishBranchInput, PublishedBranch, RunCheckInput } from '../../src/contracts/managed-thread/terminal';
import { Fault } from '../../src/errors/fault';
import { until } from './eventually';
import type { FakeStores } from './execution-starts';

/** What a thread does with a task. */
export type Said =
  | { readonly output: string; readonly confidence?: number }
  /** Asks a person first, and goes on when {@link FakeRoleThreads.answer} is called. */
  | { readonly asks: string; readonly then: Said }
  | { readonly ends: 'failed' | 'stopped' }
  | { readonly loses: 'the terminal' }
  | { readonly says: 'nothing' };

export interface GivenTask {
  readonly role: string;
  readonly threadId: string;
  readonly message: string;
  readonly requestId: string;
}

interface FakeThread {
  readonly id: string;
  readonly spawn: SpawnThread;
  readonly events: RecordedEvent[];
  /** The prompt that waits, and how it is answered. */
  asking: { readonly askId: string; readonly answer: (text: string, by: string) => void } | null;
}

export class FakeRoleThreads {
  readonly threads = new Map<string, FakeThread>();
  readonly tasks: GivenTask[] = [];
  readonly checks: RunCheckInput[] = [];
  history: readonly PastRun[] = [];
  check: (input: RunCheckInput) => CheckEnd = () => ({ exitCode: 0, reason: null, output: '' });
  forge: CallForge | null = null;
  readonly published: PublishBranchInput[] = [];
  publish: (input: PublishBranchInput) => PublishedBranch | Promise<PublishedBranch> = () => ({ state: 'nothing', reason: 'its branch has no commits' });
  private readonly keys = new Map<string, string>();

  /** `does` says what a role does with a task; `nth` counts the tasks of its thread from 1. */
  constructor(
    private readonly does: (task: GivenTask, nth: number) => Said | Promise<Said>,
    private readonly stores: FakeStores,
  ) {}

  of(role: string): readonly FakeThread[] {
    return [...this.threads.values()].filter(({ spawn }) => spawn.role === role);
  }

  tasksOf(role: string): readonly GivenTask[] {
    return this.tasks.filter((task) => task.role === role);
  }

  /** A person answers the prompt of the thread. */
  answer(threadId: string): void {
    this.threads.get(threadId)?.asking?.answer('yes', 'ada');
  }

  readonly activities = () =>
    orgActivities({
      forge: (call) => (this.forge ? this.forge(call) : Promise.reject(new Fault('unsupported', 'forge.not_configured', 'There is no forge.'))),
      blobs: { get: (_tenant, ref) => Promise.resolve(this.stores.blobs.get(ref) ?? null) },
      history: { runs: () => Promise.resolve(this.history) },
      threads: {
        agentTypes: () =>
          Promise.resolve([
            { type: 'away', available: false },
            { type: 'scripted', available: true },
          ]),
        spawn: (_tenant, key, spawn) => {
          const id = this.keys.get(key) ?? `thr_${this.threads.size + 1}`;
          this.keys.set(key, id);
          if (!this.threads.has(id)) this.threads.set(id, { id, spawn, events: [], asking: null });
          return Promise.resolve(id);
        },
        send: (_tenant, _executionId, { threadId, requestId, message }) => {
          const thread = this.thread(threadId);
          const task = { role: thread.spawn.role ?? '', threadId, message, requestId };
          if (this.tasks.some((each) => each.requestId === requestId)) return Promise.resolve();
          this.tasks.push(task);
          void this.perform(thread, task);
          return Promise.resolve();
        },
        answer: (_tenant, executionId, { threadId, askId, text }) => {
          const { asking } = this.thread(threadId);
          if (asking?.askId !== askId) throw new Fault('conflict', 'thread.ask_mismatch', 'It does not wait for this answer.');
          asking.answer(text, `execution:${executionId}`);
          return Promise.resolve();
        },
        find: () => Promise.resolve({ status: 'ready', specRef: 'a'.repeat(64), hostId: 'host-a', workspacePath: '/workspace' }),
      },
    });

  /** For the queue on which turns are followed. */
  readonly following = () =>
    followActivities({
      follow: (address, after, signal) => this.follow(address, after, signal),
    });

  /** For the queue of the host. */
  readonly host = {
    runCheck: (input: RunCheckInput): Promise<CheckEnd> => {
      this.checks.push(input);
      return Promise.resolve(this.check(input));
    },
    publishBranch: async (input: PublishBranchInput): Promise<PublishedBranch> => {
      this.published.push(input);
      return this.publish(input);
    },
  };

  private async *follow(address: string, after: number, signal: AbortSignal): AsyncGenerator<RecordedEvent> {
    const thread = [...this.threads.values()].find(({ id }) => threadAddress('default', id) === address);
    for (let seq = after; !signal.aborted;) {
      const next = await until('an event', () => signal.aborted || (thread?.events[seq] ?? null), 60_000);
      if (next === true) return;
      seq += 1;
      yield next;
    }
  }

  private thread(id: string): FakeThread {
    const thread = this.threads.get(id);
    if (!thread) throw new Fault('not_found', 'thread.not_found', 'Thread not found', { id });
    return thread;
  }

  private record(thread: FakeThread, event: ThreadEvent): void {
    const at = new Date().toISOString();
    thread.events.push({ ...event, seq: thread.events.length + 1, at, by: { subject: 'tests', via: 'system' }, requestId: null } as RecordedEvent);
  }

  private async perform(thread: FakeThread, task: GivenTask): Promise<void> {
    const nth = this.tasks.filter(({ threadId }) => threadId === task.threadId).length;
    const turnId = `turn-${nth}`;
    this.record(thread, { type: 'thread_turn_started', data: { turnId, requestId: task.requestId, kind: 'message' } });
    await this.say(thread, task, turnId, await this.does(task, nth));
  }

  private async say(thread: FakeThread, task: GivenTask, turnId: string, said: Said): Promise<void> {
    const { requestId } = task;
    const completion = { state: 'partial' as const, summary: 'output' in said ? said.output : '' };
    if ('output' in said) {
      const { output, confidence = null } = said;
      this.record(thread, { type: 'thread_turn_complete', data: { turnId, requestId, output, confidence, durationMs: 1, completion } });
    } else if ('asks' in said) {
      const id = `${turnId}.1`;
      this.record(thread, {
        type: 'thread_blocked',
        data: { promptInfo: { id, kind: 'question', text: said.asks, options: [] } as never, autoResponded: false },
      });
      const { text, answeredBy } = await new Promise<{ readonly text: string; readonly answeredBy: string }>((resolve) => {
        thread.asking = { askId: id, answer: (answer, who) => resolve({ text: answer, answeredBy: who }) };
      });
      thread.asking = null;
      const answeredAt = new Date().toISOString();
      this.record(thread, { type: 'thread_answered', data: { askId: id, answer: { text }, automatic: false, answeredBy, answeredAt } });
      await this.say(thread, task, turnId, said.then);
    } else if ('ends' in said) {
      const ended = { exitCode: 1, signal: null };
      if (said.ends === 'failed') this.record(thread, { type: 'thread_failed', data: { error: 'it crashed', code: 'agent.exited', ...ended, completion } });
      else this.record(thread, { type: 'thread_stopped', data: { reason: 'enough', force: false, ...ended } });
    } else if ('loses' in said)
      this.record(thread, { type: 'thread_session_lost', data: { sessionId: 's', reason: 'killed', turn: { turnId, requestId, outcome: 'unknown' } } });
  }
}
