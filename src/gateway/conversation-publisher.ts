/** What the process of a local run publishes: durable events into the thread, frames to those who watch. */
import type { PublishedEvent, ThreadFrame } from '../contracts/conversation/events';
import { PAYLOAD_MAX, PUBLISHED_MAX } from '../contracts/conversation/events';
import type { KeyedCall, Published, PublishRequest, TransientFrame } from '../contracts/conversation/ports';
import type { Principal } from '../contracts/principal';
import { checkPublished } from '../domain/conversation/publishing';
import { Recent } from '../domain/recent';
import { jsonBytes } from '../contracts/execution/value';
import { Fault } from '../errors/fault';
import { threadNotFound, type ConversationCommands } from './conversation-commands';

export interface PublishStore {
  append(tenant: string, publish: PublishRequest & { readonly events: readonly PublishedEvent[]; readonly key: string | null }): Promise<Published | null>;
  /** False: there is no such thread. Faults as append. */
  mayPublish(tenant: string, publish: PublishRequest): Promise<boolean>;
}

/** Runs whose last number this process knows. */
const RUNS_KNOWN = 10_000;

export class ConversationPublisher {
  /** Numbers of frames are looked at where they come in: two processes may let one number through each. */
  private readonly numbers = new Recent<number>(RUNS_KNOWN);

  constructor(
    private readonly commands: ConversationCommands,
    private readonly store: PublishStore,
    private readonly sendFrame: (tenant: string, threadId: string, frame: ThreadFrame) => void,
  ) {}

  async append(principal: Principal, publish: PublishRequest & { readonly events: readonly PublishedEvent[] }, call?: KeyedCall): Promise<Published> {
    if (publish.events.length > PUBLISHED_MAX) throw refused('events', `expected at most ${PUBLISHED_MAX}`);
    checkPublished(publish.events);
    const known = await this.commands.owned(principal, publish.threadId);
    const published = await this.store.append(principal.tenant, { ...publish, key: call?.idempotencyKey ?? null });
    if (!published) throw threadNotFound(publish.threadId);
    // The row has the end; should the actor not hear of it now, the next command tells it.
    if (publish.events.at(-1)?.type === 'run_completed') await this.commands.tellUnheard(known).catch(() => false);
    return published;
  }

  async publishTransient(principal: Principal, frame: TransientFrame): Promise<{ readonly delivered: boolean }> {
    const { threadId, runId, rolloutId, sequenceNumber, payload } = frame;
    if (jsonBytes(payload) > PAYLOAD_MAX) throw refused('payload', `expected at most ${PAYLOAD_MAX} bytes of JSON`);
    const { tenant } = principal;
    await this.commands.owned(principal, threadId);
    if (!(await this.store.mayPublish(tenant, { threadId, runId, rolloutId }))) throw threadNotFound(threadId);
    const key = JSON.stringify([tenant, threadId, runId, rolloutId]);
    if (sequenceNumber <= (this.numbers.get(key) ?? 0)) return { delivered: false };
    this.numbers.set(key, sequenceNumber);
    this.sendFrame(tenant, threadId, { type: frame.type, threadId, runId, rolloutId, sequenceNumber, payload });
    return { delivered: true };
  }
}

const refused = (field: string, reason: string): Fault => new Fault('invalid', 'conversation.publish', `${field}: ${reason}`, { field, reason });
