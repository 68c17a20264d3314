/** What is said to the actor of a thread: through the doors, to a workflow that is started when it is not there. */
import type { Client } from '@temporalio/client';
import type { z } from 'zod';
import type { Cause, CommandDefinition } from '../contracts/actor';
import { conversationAddress, endLocalRun } from '../contracts/conversation/commands';
import type { Thread } from '../contracts/conversation/ports';
import type { Principal } from '../contracts/principal';
import { maySee } from '../domain/conversation/access';
import { Fault } from '../errors/fault';
import { launchConversation, type Launched } from './conversation-launch';
import { DOOR_DEFAULTS, Doors, type Commanded, type DoorOptions } from './doors';
import { causeOf } from './executions';

export interface KnownConversation extends Launched {
  readonly thread: Thread;
}
export interface CommandStore {
  /** Null: it is not there, or deleted. */
  find(tenant: string, threadId: string): Promise<KnownConversation | null>;
  /** How the local run that holds the thread ended, where its publisher has said so and the actor has not heard. */
  unheardEnd(tenant: string, threadId: string): Promise<{ readonly runId: string; readonly status: 'completed' | 'failed' | 'cancelled' } | null>;
  waitForSeq(address: string, seq: number, timeoutMs: number): Promise<boolean>;
}

const READ_BACK_MS = 2_000;
const PUBLISHER: Cause = { subject: 'publisher', via: 'api' };

interface Call<I> {
  readonly input: I;
  readonly requestId: string;
  readonly by: Cause;
}

export class ConversationCommands {
  private readonly doors: Doors;

  constructor(
    private readonly client: Client,
    private readonly store: CommandStore,
    doors?: DoorOptions,
  ) {
    this.doors = new Doors(client, doors ?? DOOR_DEFAULTS);
  }

  /** Fault `conversation.not_found`, also for what the principal may not see. */
  async known(principal: Principal, threadId: string): Promise<KnownConversation> {
    const found = await this.store.find(principal.tenant, threadId);
    if (!found || !maySee(principal, found.thread)) throw threadNotFound(threadId);
    return found;
  }

  /** The same for what only the owner does: to say something in a thread is to read it. Fault `conversation.owner_only` (forbidden) for others who may see it. */
  async owned(principal: Principal, threadId: string): Promise<KnownConversation> {
    const found = await this.known(principal, threadId);
    if (found.thread.ownerUserId !== principal.subject) throw ownerOnly(threadId);
    return found;
  }

  /** Waits a moment until reads can see what came of it. */
  async send<I extends z.ZodType, R extends z.ZodType>(
    principal: Principal,
    known: KnownConversation,
    definition: CommandDefinition<I, R>,
    { input, requestId }: { readonly input: z.input<I>; readonly requestId: string },
  ): Promise<Commanded<z.output<R>>> {
    const call = { input, requestId, by: causeOf(principal) };
    try {
      return await this.said(known, definition, call);
    } catch (thrown) {
      if (!(thrown instanceof Fault)) throw thrown;
      if (thrown.code === 'conversation.deleted') throw threadNotFound(known.thread.id);
      if (thrown.code !== 'conversation.busy' || !(await this.tellUnheard(known))) throw thrown;
      return this.said(known, definition, call);
    }
  }

  /** Tells the actor of a local run's end; true when there was one to tell of. */
  async tellUnheard(known: KnownConversation): Promise<boolean> {
    const { tenant, id } = known.thread;
    const end = await this.store.unheardEnd(tenant, id);
    if (!end) return false;
    await this.said(known, endLocalRun, { input: end, requestId: `local-end-${end.runId}`, by: PUBLISHER });
    return true;
  }

  private async said<I extends z.ZodType, R extends z.ZodType>(
    known: KnownConversation,
    definition: CommandDefinition<I, R>,
    call: Call<z.input<I>>,
  ): Promise<Commanded<z.output<R>>> {
    const { tenant, id } = known.thread;
    const address = conversationAddress(tenant, id);
    if (known.lastSeq === 0) await launchConversation(this.client, known);
    const result = await this.atAnyRate(known, () => this.doors.send(address, definition, call));
    if (result.status === 'done') await this.store.waitForSeq(address, (result.reply as { seq: number }).seq, READ_BACK_MS);
    return result;
  }

  /** A workflow that was ended from outside is started again from the row as it stands now. */
  private async atAnyRate<T>({ thread }: KnownConversation, send: () => Promise<T>): Promise<T> {
    try {
      return await send();
    } catch (thrown) {
      if (!(thrown instanceof Fault) || (thrown.code !== 'actor.not_found' && thrown.code !== 'actor.closed')) throw thrown;
      const now = await this.store.find(thread.tenant, thread.id);
      if (!now) throw threadNotFound(thread.id);
      await launchConversation(this.client, now);
      return send();
    }
  }
}

export const ownerOnly = (threadId: string): Fault =>
  new Fault('forbidden', 'conversation.owner_only', 'What is said in a thread is its owner’s alone.', { threadId });
export const threadNotFound = (threadId: string): Fault =>
  new Fault('not_found', 'conversation.not_found', 'There is no such thread.', { threadId: threadId.slice(0, 200) });
export const runNotFound = (runId: string): Fault =>
  new Fault('not_found', 'conversation.run_not_found', 'There is no such run.', { runId: runId.slice(0, 200) });
