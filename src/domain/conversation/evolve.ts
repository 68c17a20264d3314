/** What a conversation becomes by each event. Pure; the workflow folds with it. */
import type { RecordedEvent } from '../../contracts/actor';
import { isLocal } from '../../contracts/conversation/agent';
import type { ConversationEvent, ConversationEventData } from '../../contracts/conversation/journal';
import type { ConversationRun } from '../../contracts/conversation/start';
import type { ConversationState } from './state';

type Recorded = RecordedEvent & ConversationEvent;

const runOf = (
  { runId, inputRef, agent, executionMode, autoCompactTokens, keyId }: ConversationEventData<'run_queued'>,
  event: RecordedEvent,
): ConversationRun => ({
  ...{ runId, inputRef, agent, executionMode, autoCompactTokens, keyId, by: event.by, askedAt: event.at },
});

const without = ({ queue }: ConversationState, runId: string): readonly ConversationRun[] => queue.filter((run) => run.runId !== runId);

function started(state: ConversationState, data: ConversationEventData<'run_started'>, event: Recorded): Partial<ConversationState> {
  const run = state.queue.find(({ runId }) => runId === data.runId) ?? runOf({ ...data, next: false }, event);
  return {
    ...{ run, queue: without(state, data.runId), cancel: null },
    holder: { kind: isLocal(run.executionMode) ? 'local_run' : 'run', id: run.runId, since: event.at },
  };
}

function runs(state: ConversationState, event: Recorded): Partial<ConversationState> | null {
  switch (event.type) {
    case 'run_queued': {
      const run = runOf(event.data, event);
      return { queue: event.data.next ? [run, ...state.queue] : [...state.queue, run] };
    }
    case 'run_started':
      return started(state, event.data, event);
    case 'run_cancel_requested':
      return { cancel: { runId: event.data.runId, by: event.data.by, reason: event.data.reason } };
    case 'run_dequeued':
      return { queue: without(state, event.data.runId) };
    case 'run_ended':
      return {
        ...{ holder: null, run: null, cancel: null, runsInRollout: state.runsInRollout + 1 },
        lastRun: state.run && { agent: state.run.agent, autoCompactTokens: state.run.autoCompactTokens },
      };
    default:
      return null;
  }
}

function others(state: ConversationState, event: Recorded): Partial<ConversationState> {
  switch (event.type) {
    case 'compaction_started':
      return { holder: { kind: 'compaction', id: event.data.compactionId, since: event.at }, compactions: state.compactions + 1 };
    case 'compaction_completed':
      return { holder: null, rolloutId: event.data.rolloutId, runsInRollout: 0 };
    case 'compaction_failed':
      return { holder: null };
    case 'renamed':
      return { title: event.data.title };
    case 'archived':
      return { archived: event.data.archived };
    case 'deleted':
      return { deleted: true, queue: [] };
    default:
      return {};
  }
}

export function evolveConversation(state: ConversationState, event: RecordedEvent): ConversationState {
  const told = event as Recorded;
  return { ...state, ...(runs(state, told) ?? others(state, told)), updatedAt: event.at };
}
