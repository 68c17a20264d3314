/** What a conversation answers to each command: events and reply, or the fault that says why not. Pure and synchronous: validator, handler and judge of signals. */
import type { z } from 'zod';
import type { NewEvent, Received } from '../../contracts/actor';
import { isLocal } from '../../contracts/conversation/agent';
import { QUEUE_MAX, type archive, type cancelRun, type endLocalRun, type rename, type startRun } from '../../contracts/conversation/commands';
import type { ConversationEvent } from '../../contracts/conversation/journal';
import type { Holder } from '../../contracts/conversation/start';
import { Fault } from '../../errors/fault';
import type { Reply } from '../actor/receipts';
import type { ConversationState } from './state';

interface Decision {
  readonly events: readonly ConversationEvent[];
  readonly reply: Reply;
}
type Input<C extends { readonly input: z.ZodType }> = Received<z.output<C['input']>>;

/** Fault `conversation.busy` (conflict): what holds the thread, and since when. */
export const busy = (holder: Holder): Fault =>
  new Fault('conflict', 'conversation.busy', `The thread is held by a ${holder.kind.replace('_', ' ')} since ${holder.since}.`, { holder });

const deleted = (): Fault => new Fault('conflict', 'conversation.deleted', 'The thread was deleted; it takes no more commands.', {});
const inactive = (runId: string | null): Fault =>
  new Fault('conflict', 'conversation.run_not_active', runId === null ? 'No run holds the thread.' : 'The run has ended, or is none of this thread.', {
    runId,
  });

const none = (reply: Reply): Decision => ({ events: [], reply });

/** Who waits ahead of the next one counts as a holder too: the thread is free for a moment only. */
function holderOf({ holder, queue }: ConversationState): Holder | null {
  const next = queue[0];
  return holder ?? (next ? { kind: isLocal(next.executionMode) ? 'local_run' : 'run', id: next.runId, since: next.askedAt } : null);
}

function start(state: ConversationState, { input }: Input<typeof startRun>): Decision {
  const { whenBusy, ...run } = input;
  const { runId } = run;
  const reply = { runId, rolloutId: state.rolloutId };
  if (state.run?.runId === runId) return none({ ...reply, position: 0 });
  const place = state.queue.findIndex((waiting) => waiting.runId === runId);
  if (place >= 0) return none({ ...reply, position: place + 1 });
  const holder = holderOf(state);
  if (holder === null) return { events: [{ type: 'run_started', data: { ...run, rolloutId: state.rolloutId } }], reply: { ...reply, position: 0 } };
  if (whenBusy === 'refuse') throw busy(holder);
  if (state.queue.length >= QUEUE_MAX) {
    throw new Fault('exhausted', 'conversation.queue_full', `At most ${QUEUE_MAX} runs wait for one thread.`, { max: QUEUE_MAX });
  }
  const next = whenBusy === 'interrupt';
  const queued: ConversationEvent = { type: 'run_queued', data: { ...run, next } };
  const cut = next && state.run && !state.cancel ? ending(state, state.run.runId, 'another run', null) : [];
  return { events: [...cut, queued], reply: { ...reply, position: next ? 1 : state.queue.length + 1 } };
}

/** A local run ends at once: its publisher hears of it by the end that the thread tells. */
function ending(state: ConversationState, runId: string, by: string, reason: string | null): readonly ConversationEvent[] {
  const asked: ConversationEvent = { type: 'run_cancel_requested', data: { runId, by, reason } };
  if (state.holder?.kind !== 'local_run') return [asked];
  return [asked, { type: 'run_ended', data: { runId, rolloutId: state.rolloutId, status: 'cancelled', error: null, published: false } }];
}

function cancel(state: ConversationState, { input, by }: Input<typeof cancelRun>): Decision {
  const runId = input.runId ?? state.run?.runId ?? null;
  if (runId === null) throw inactive(null);
  if (state.queue.some((waiting) => waiting.runId === runId))
    return { events: [{ type: 'run_dequeued', data: { runId, by: by.subject } }], reply: { runId, repeated: false } };
  if (state.run?.runId !== runId) throw inactive(runId);
  if (state.cancel) return none({ runId, repeated: true });
  return { events: ending(state, runId, by.subject, input.reason ?? null), reply: { runId, repeated: false } };
}

function endLocal(state: ConversationState, { input }: Input<typeof endLocalRun>): Decision {
  const { runId, status } = input;
  if (state.holder?.kind !== 'local_run' || state.holder.id !== runId) return none({ runId });
  return { events: [{ type: 'run_ended', data: { runId, rolloutId: state.rolloutId, status, error: null, published: true } }], reply: { runId } };
}

/** The id of the next compaction; the same wherever it is asked. */
const compactionId = ({ compactions }: ConversationState): string => `cmp_${compactions + 1}`;

export const compactionStarted = (state: ConversationState, reason: 'requested' | 'automatic'): ConversationEvent => ({
  type: 'compaction_started',
  data: { compactionId: compactionId(state), rolloutId: state.rolloutId, reason },
});

function compactNow(state: ConversationState): Decision {
  const holder = holderOf(state);
  if (holder) throw busy(holder);
  if (state.runsInRollout === 0) {
    throw new Fault('conflict', 'conversation.nothing_to_compact', 'Nothing was said in the active rollout since it was opened.', {
      rolloutId: state.rolloutId,
    });
  }
  return { events: [compactionStarted(state, 'requested')], reply: { compactionId: compactionId(state), rolloutId: state.rolloutId } };
}

const change = <T extends ConversationEvent>(isNew: boolean, event: T): Decision => ({ events: isNew ? [event] : [], reply: {} });

function erase(state: ConversationState, { by }: Received): Decision {
  if (state.deleted) return none({});
  const cut = state.holder?.kind === 'local_run' ? ending(state, state.holder.id, by.subject, null) : [];
  return { events: [...cut, { type: 'deleted', data: { by: by.subject } }], reply: {} };
}

/** Faults: `conversation.busy`, `conversation.deleted`, `conversation.run_not_active`, `conversation.nothing_to_compact` (conflict), `conversation.queue_full` (exhausted). */
export function decideConversation(state: ConversationState, command: Received): { readonly events: readonly NewEvent[]; readonly reply: Reply } {
  if (state.deleted && command.name !== 'delete' && command.name !== 'endLocalRun') throw deleted();
  switch (command.name) {
    case 'startRun':
      return start(state, command as Input<typeof startRun>);
    case 'cancelRun':
      return cancel(state, command as Input<typeof cancelRun>);
    case 'endLocalRun':
      return endLocal(state, command as Input<typeof endLocalRun>);
    case 'compact':
      return compactNow(state);
    case 'rename': {
      const { title } = (command as Input<typeof rename>).input;
      return change(title !== state.title, { type: 'renamed', data: { title } });
    }
    case 'archive': {
      const { archived } = (command as Input<typeof archive>).input;
      return change(archived !== state.archived, { type: 'archived', data: { archived } });
    }
    case 'delete':
      return erase(state, command);
    default:
      throw new Fault('unsupported', 'actor.unknown_command', `A conversation knows no command ${command.name}.`, { command: command.name });
  }
}
