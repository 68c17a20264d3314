/** Threads that exist only in the journal: no workflow, no session. What is measured with them is the journal, its readers and nothing else. */
import { randomUUID } from 'node:crypto';
import { LIMITS, SYSTEM, type ActorRef, type RecordedEvent } from '../src/contracts/actor';
import { threadRef } from '../src/contracts/managed-thread/commands';
import type { ThreadSpec } from '../src/contracts/managed-thread/spawn';
import { pendingProjection } from '../src/store/thread-row';
import type { Bench } from './scenario';

export class JournalThread {
  lastSeq = 0;

  private constructor(
    private readonly store: Bench['store'],
    readonly actor: ActorRef,
    private readonly specRef: string,
  ) {}

  static async create({ store }: Bench): Promise<JournalThread> {
    const id = `bench-journal-${randomUUID()}`;
    const spec: ThreadSpec = {
      id,
      tenant: 'default',
      executionId: 'bench-journal',
      name: id,
      agentType: 'shell',
      role: null,
      objective: 'true',
      workspace: null,
      contextFiles: [],
      approvalPreset: 'standard',
      policy: {},
      metadata: {},
      envNames: [],
      createdAt: new Date().toISOString(),
    };
    const specRef = await store.specs.write(spec);
    await store.threads.insertPendingThread(spec, specRef);
    return new JournalThread(store, threadRef('default', id), specRef);
  }

  get id(): string {
    return this.actor.id;
  }

  /** Commits the next event, as the activity `commitJournal` does. */
  async commit(text: string): Promise<void> {
    await this.write([this.event(text)]);
  }

  /** Commits until there are so many events. */
  async grow(events: number): Promise<void> {
    while (this.lastSeq < events) {
      const batch: RecordedEvent[] = [];
      while (batch.length < LIMITS.commitEvents && this.lastSeq < events) batch.push(this.event(`line ${this.lastSeq + 1} of what an agent might have said`));
      await this.write(batch);
    }
  }

  private event(text: string): RecordedEvent {
    this.lastSeq += 1;
    const data = { turnId: `${this.id}/turn-1`, text };
    return { seq: this.lastSeq, type: 'thread_output', data, at: new Date().toISOString(), by: SYSTEM, requestId: null };
  }

  private async write(events: readonly RecordedEvent[]): Promise<void> {
    const now = new Date().toISOString();
    const projection = { ...pendingProjection(this.specRef, now), status: 'ready', lastActivityAt: now };
    await this.store.journal.commit({ actor: this.actor, events, projection });
  }
}
