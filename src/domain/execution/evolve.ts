/** What an execution becomes by each event. Pure; the workflow folds with it, and so may anybody who reads the journal. */
import type { ActorEnd, RecordedEvent } from '../../contracts/actor';
import type { ExecutionEvent, ExecutionEventData } from '../../contracts/execution/events';
import type { ExecutionProjection } from '../../contracts/execution/start';
import { hasEnded } from '../../contracts/execution/status';
import { APPROVALS_MAX, durationAt, type ExecutionState } from './state';

type Recorded = RecordedEvent & ExecutionEvent;

const asked = (state: ExecutionState, agentId: string): Partial<ExecutionState> => ({
  tasks: { ...state.tasks, asked: state.tasks.asked + 1 },
  agents: state.agents.includes(agentId) ? state.agents : [...state.agents, agentId],
});

const over = (state: ExecutionState, at: string): Partial<ExecutionState> => ({
  completedAt: at,
  durationMs: durationAt(state, at),
  approvals: [],
  blocked: [],
});

const given = (state: ExecutionState, data: ExecutionEventData<'approval_given'>): Partial<ExecutionState> => ({
  approvals: state.approvals.filter(({ approvalId }) => approvalId !== data.approvalId),
  given: [...state.given, data].slice(-APPROVALS_MAX),
});

const without = ({ blocked }: ExecutionState, id: string): ExecutionState['blocked'] => blocked.filter(({ threadId }) => threadId !== id);

function change(state: ExecutionState, event: Recorded): Partial<ExecutionState> {
  switch (event.type) {
    case 'started':
      return { status: 'running', startedAt: event.at };
    case 'agent_started':
      return asked(state, event.data.agentId);
    case 'agent_result':
      return { tasks: { ...state.tasks, answered: state.tasks.answered + 1 } };
    case 'agent_failed':
      return { tasks: { ...state.tasks, failed: state.tasks.failed + 1 } };
    case 'step_started':
      return { step: event.data.step };
    case 'approval_requested': {
      const { approvalId, step, to, message, deadlineAt } = event.data;
      return { approvals: [...state.approvals, { approvalId, step, to, message, deadlineAt }].slice(-APPROVALS_MAX) };
    }
    case 'approval_given':
      return given(state, event.data);
    case 'thread_spawned': {
      const { threadId, role, instance } = event.data;
      return { threads: [...state.threads, { threadId, role, instance }] };
    }
    case 'thread_blocked':
      return { blocked: [...without(state, event.data.threadId), event.data] };
    case 'thread_unblocked':
      return { blocked: without(state, event.data.threadId) };
    case 'completed':
      return {
        ...over(state, event.at),
        status: 'completed',
        result: event.data.result as ExecutionState['result'],
        confidence: event.data.confidence,
        warnings: event.data.warnings,
      };
    case 'failed':
      return { ...over(state, event.at), status: 'failed', error: event.data.error, confidence: event.data.confidence };
    case 'cancelled':
      return { ...over(state, event.at), status: 'cancelled', cancel: { by: event.data.cancelledBy, reason: event.data.reason, at: event.at } };
    default:
      return {};
  }
}

/** The first end stands: what is told after it changes nothing but the time. */
export function evolve(state: ExecutionState, event: RecordedEvent): ExecutionState {
  if (hasEnded(state.status)) return { ...state, updatedAt: event.at };
  return { ...state, ...change(state, event as Recorded), updatedAt: event.at };
}

/** An end that the row tells of and nobody recorded here: the execution ended so, whatever was recorded instead. Who gave an approval meanwhile hears that it has ended. */
export function adoptEnd(state: ExecutionState, { projection }: ActorEnd): ExecutionState {
  const { status, startedAt, completedAt, durationMs, result, confidence, error, warnings, cancel, updatedAt } = projection as unknown as ExecutionProjection;
  return {
    ...state,
    status,
    startedAt,
    completedAt,
    durationMs,
    result,
    confidence,
    error,
    warnings,
    cancel,
    updatedAt,
    approvals: [],
    given: [],
    blocked: [],
  };
}
