/**
 * How the steps of scripts act: claimed before, with a receipt after, so that the second time answers as the first (design §4.6); with signs of life for Temporal; with an end within a second when
 * they are cancelled. A worker that shuts down is nobody who cancels.
 */
import { Context } from '@temporalio/activity';
import type { ScriptIdentity, StepInput } from '../../src/contracts/script/activities';
import { scriptRef } from '../../src/contracts/script/commands';
import type { ScriptError } from '../../src/contracts/script/start';
import type { Twice } from '../../src/contracts/script/tools';
import { Fault, faultFrom, KINDS } from '../../src/errors/fault';
import type { Effects } from '../ports';

/** How often Temporal hears that it goes on, and the call whether it is still wanted. */
const BEAT_MS = 500;
/** An end that a tool does not come to by itself. */
const GRACE_MS = 900;
const MESSAGE_MAX = 2_000;

export interface Failure {
  readonly error: Pick<ScriptError, 'code' | 'message'>;
  /** It may have been done. */
  readonly unknown: boolean;
  /** Another try may help. */
  readonly retry: boolean;
}

export interface Act<T> {
  readonly thread: ScriptIdentity;
  /** Of this act in this thread, the same in each try. */
  readonly effectId: string;
  readonly twice: Twice;
  readonly perform: (signal: AbortSignal) => Promise<T>;
  readonly failed: (failure: Failure) => Promise<T>;
  /** Told with each sign of life: how far it is. */
  readonly progress?: () => unknown;
}

/** Of a step: path and attempt. */
export const keyOf = ({ path, attempt }: Pick<StepInput, 'path' | 'attempt'>): string => `${path}.${attempt}`;

const LOST: Failure = {
  error: { code: 'step.unknown', message: 'It was begun by a worker that is gone, and left no receipt; it is not done again by itself.' },
  ...{ unknown: true, retry: false },
};

/** Faults of the store and of Temporal leave the activity, which is tried again: they say nothing about the act itself. */
export async function actOnce<T>({ effects }: { readonly effects: Effects }, act: Act<T>): Promise<T> {
  const { thread, effectId, twice } = act;
  if (twice === 'harmless') return outcomeOf(act);
  const actor = scriptRef(thread.tenant, thread.threadId);
  const claim = await effects.claim(actor, effectId, 'step');
  if (claim.state === 'done') return claim.receipt as T;
  const settle = async (value: T): Promise<T> => {
    await effects.settle(actor, effectId, value);
    return value;
  };
  if (claim.state === 'claimed' && twice === 'harmful') return settle(await act.failed(LOST));
  if (claim.state === 'claimed')
    Context.current().log.warn('a call was lost with its worker, and is made again; what the first one cost is not known', { effectId });
  return settle(await outcomeOf(act));
}

/** Throws where the act was cancelled and has done nothing that has to be told. */
async function outcomeOf<T>({ twice, perform, failed, progress }: Act<T>): Promise<T> {
  const { cancellationSignal, heartbeat } = Context.current();
  const beat = setInterval(() => heartbeat(progress?.()), BEAT_MS);
  try {
    return await inTime(perform(cancellationSignal), cancellationSignal);
  } catch (thrown) {
    const reason: unknown = cancellationSignal.reason;
    const stopping = cancellationSignal.aborted && messageOf(reason) === 'WORKER_SHUTDOWN';
    const fault = faultFrom(thrown);
    const unbegun = fault.facts['begun'] === false;
    const open = twice === 'harmful' && !unbegun;
    if (cancellationSignal.aborted && !open) {
      throw stopping ? new Fault('unavailable', 'script.worker_stopping', 'The worker stops; the step is done by another.', {}) : reason;
    }
    if (cancellationSignal.aborted) {
      const message = stopping ? 'The worker stopped while it was at work.' : 'The step was cancelled while it was at work.';
      return await failed({ error: { code: stopping ? 'step.unknown' : 'step.cancelled', message }, unknown: true, retry: false });
    }
    if (isOfTheHouse(fault)) throw fault;
    return await failed(failureOf(fault, thrown, open));
  } finally {
    clearInterval(beat);
  }
}

/** What does not end when it is told to is left to itself. */
async function inTime<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  let over = (): void => undefined;
  const late = new Promise<never>((_resolve, reject) => {
    over = () => void (timer = setTimeout(() => reject(signal.reason as Error), GRACE_MS));
    if (signal.aborted) over();
    else signal.addEventListener('abort', over, { once: true });
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', over);
  }
}

const isOfTheHouse = ({ code }: Fault): boolean => /^(?:store|temporal|effect)\./.test(code);

function failureOf(fault: Fault, thrown: unknown, open: boolean): Failure {
  const message = fault.code === 'internal' ? messageOf(thrown) : fault.message;
  const hint = fault.facts['retry'];
  return {
    error: { code: fault.code === 'internal' ? 'step.failed' : fault.code, message: message.slice(0, MESSAGE_MAX) },
    unknown: open && fault.facts['unknown'] === true,
    retry: typeof hint === 'boolean' ? hint : KINDS[fault.kind].retry,
  };
}

const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));
