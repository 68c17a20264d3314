/**
 * The client half of every actor: one command, two doors.
 *
 * The update door answers: the command was judged, recorded, and the reply is its receipt. When nobody answers in time, the same command with the same
 * request id goes through the signal door, which needs no worker: it will be done later, once. Receipts in the actor's state make sure of the "once", whichever
 * door it came through, and however often.
 */
import {
  ServiceError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  isGrpcServiceError,
  type Client,
} from '@temporalio/client';
import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { LIMITS, type Cause, type CommandDefinition, type Envelope } from '../contracts/actor';
import { parse } from '../contracts/parse';
import { Fault, faultFrom } from '../errors/fault';

/** Temporal does not answer. What was asked of it may have arrived all the same, so a repetition needs the same request id or key. */
export const temporalUnavailable = (thrown: unknown): Fault =>
  new Fault('unavailable', 'temporal.unavailable', 'Temporal cannot be reached.', {}, thrown instanceof Error ? thrown : undefined);

/** done: it happened; the journal holds, or will hold, the reply's `seq`. accepted: it is on its way, for no worker answered in time. */
export type Commanded<R> = { readonly status: 'done'; readonly reply: R } | { readonly status: 'accepted' };

export interface DoorOptions {
  /** How long the update door may take before the signal door is used. */
  readonly updateDeadlineMs: number;
  /** How long the signal door may take; after that the caller hears `unavailable`. */
  readonly signalDeadlineMs: number;
}

export const DOOR_DEFAULTS: DoorOptions = { updateDeadlineMs: 2_500, signalDeadlineMs: 5_000 };

/** A client's key as a request id: kept as it is when it fits, else hashed. */
export const requestIdOf = (key: string): string => (key.length <= LIMITS.requestId ? key : `sha256-${createHash('sha256').update(key).digest('hex')}`);

const GRPC = { notFound: 5, cancelled: 1, deadline: 4, aborted: 10, unavailable: 14, failedPrecondition: 9, exhausted: 8 } as const;

function grpcCode(thrown: unknown): number | null {
  for (let at: unknown = thrown, depth = 0; at instanceof Error && depth < 6; at = at.cause, depth++) {
    if (isGrpcServiceError(at)) return at.code;
  }
  return null;
}

export class Doors {
  constructor(
    private readonly client: Client,
    private readonly options: DoorOptions = DOOR_DEFAULTS,
  ) {}

  /**
   * Faults: whatever the actor refused with; `actor.not_found` (not_found) for an address that never was; `actor.closed` (conflict) for one that has ended, unless its last run
   * had taken a command of this id before: then the reply is that of the first time;
   * `temporal.unavailable` (unavailable) when neither door opens.
   */
  async send<I extends z.ZodType, R extends z.ZodType>(
    address: string,
    definition: CommandDefinition<I, R>,
    call: { readonly input: z.input<I>; readonly requestId: string; readonly by: Cause },
  ): Promise<Commanded<z.output<R>>> {
    const envelope: Envelope = {
      requestId: requestIdOf(call.requestId),
      by: call.by,
      input: parse(definition.input, call.input, `${definition.name}.invalid`),
    };
    try {
      return { status: 'done', reply: parse(definition.reply, await this.update(address, definition.name, envelope)) };
    } catch (thrown) {
      if (!this.unanswered(thrown)) {
        const fault = await this.explain(address, thrown);
        if (fault.code === 'actor.closed') return this.toldBefore(address, definition, envelope.requestId, fault);
        throw fault;
      }
    }
    try {
      await this.client.withDeadline(Date.now() + this.options.signalDeadlineMs, () =>
        this.client.workflow.getHandle(address).signal(definition.name, envelope),
      );
      return { status: 'accepted' };
    } catch (thrown) {
      throw await this.explain(address, thrown);
    }
  }

  /**
   * What a command of this id was told by an actor that has ended, or is about to: who asks again because the answer was lost hears the same. Throws `over` where its last run told
   * it nothing, or was ended from outside: then it may have told of what its journal never got. Throws what the command was refused with, where it was.
   */
  async toldBefore<I extends z.ZodType, R extends z.ZodType>(
    address: string,
    definition: CommandDefinition<I, R>,
    requestId: string,
    over: Fault,
  ): Promise<{ readonly status: 'done'; readonly reply: z.output<R> }> {
    const handle = this.client.workflow.getHandle(address);
    try {
      return await this.client.withDeadline(Date.now() + this.options.updateDeadlineMs, async () => {
        const { status } = await handle.describe();
        if (status.name !== 'RUNNING' && status.name !== 'COMPLETED') throw over;
        return { status: 'done' as const, reply: parse(definition.reply, await handle.getUpdateHandle(requestIdOf(requestId)).result()) };
      });
    } catch (thrown) {
      throw isFault(thrown) ? faultFrom(thrown) : over;
    }
  }

  /** Sends by signal only: for facts that nobody waits for. False when the actor is gone. */
  async tell(address: string, definition: CommandDefinition, envelope: Envelope): Promise<boolean> {
    try {
      await this.client.withDeadline(Date.now() + this.options.signalDeadlineMs, () =>
        this.client.workflow.getHandle(address).signal(definition.name, envelope),
      );
      return true;
    } catch (thrown) {
      if (thrown instanceof WorkflowNotFoundError || grpcCode(thrown) === GRPC.notFound) return false;
      throw temporalUnavailable(thrown);
    }
  }

  private async update(address: string, name: string, envelope: Envelope): Promise<unknown> {
    const until = Date.now() + this.options.updateDeadlineMs;
    for (;;) {
      try {
        return await this.client.withDeadline(until, () =>
          this.client.workflow.getHandle(address).executeUpdate(name, { args: [envelope], updateId: envelope.requestId }),
        );
      } catch (thrown) {
        // The run continued as new under the update: the next run takes it, and its receipts know whether this one did.
        if (!(await this.movedOn(address, thrown)) || Date.now() > until) throw thrown;
      }
    }
  }

  /** True when the call met a run that had just ended by continuing as new. */
  private async movedOn(address: string, thrown: unknown): Promise<boolean> {
    if (thrown instanceof WorkflowUpdateFailedError && !isFault(thrown)) return this.running(address);
    const code = grpcCode(thrown);
    // failedPrecondition: the run's task failed with the update in it, as happens when it tries to continue as new while a message arrives.
    const isGone = thrown instanceof WorkflowNotFoundError || code === GRPC.notFound || code === GRPC.aborted || code === GRPC.failedPrecondition;
    return isGone && this.running(address);
  }

  private async running(address: string): Promise<boolean> {
    try {
      const description = await this.client.withDeadline(Date.now() + this.options.updateDeadlineMs, () => this.client.workflow.getHandle(address).describe());
      return description.status.name === 'RUNNING';
    } catch {
      return false;
    }
  }

  /** No worker, or no server, answered in time: the other door may still be open. */
  private unanswered(thrown: unknown): boolean {
    if (thrown instanceof WorkflowUpdateRPCTimeoutOrCancelledError) return true;
    const code = grpcCode(thrown);
    return (
      code === GRPC.deadline ||
      code === GRPC.cancelled ||
      code === GRPC.unavailable ||
      code === GRPC.exhausted ||
      code === GRPC.aborted ||
      code === GRPC.failedPrecondition
    );
  }

  private async explain(address: string, thrown: unknown): Promise<Fault> {
    if (thrown instanceof Fault) return thrown;
    if (isFault(thrown)) return faultFrom(thrown);
    const code = grpcCode(thrown);
    if (thrown instanceof WorkflowNotFoundError || code === GRPC.notFound || thrown instanceof WorkflowUpdateFailedError) return this.missing(address);
    if (thrown instanceof ServiceError || code !== null) return temporalUnavailable(thrown);
    return faultFrom(thrown);
  }

  /** Sending to a workflow that has ended looks like "not found" too; one question tells the two apart. */
  private async missing(address: string): Promise<Fault> {
    try {
      const description = await this.client.withDeadline(Date.now() + this.options.signalDeadlineMs, () => this.client.workflow.getHandle(address).describe());
      return new Fault('conflict', 'actor.closed', 'It has ended and takes no more commands.', { status: description.status.name.toLowerCase() });
    } catch (thrown) {
      if (thrown instanceof WorkflowNotFoundError || grpcCode(thrown) === GRPC.notFound)
        return new Fault('not_found', 'actor.not_found', 'There is no such thing.', {});
      return temporalUnavailable(thrown);
    }
  }
}

/** Whether a Fault is inside: then the actor itself judged. */
const isFault = (thrown: unknown): boolean => faultFrom(thrown).code !== 'internal';
