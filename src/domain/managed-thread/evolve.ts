/**
 * What each event makes of a managed thread. Pure: folding a thread's journal gives its state at any seq, without Temporal.
 * Every change of state is in this file; deciding what to record is in decide.ts, acting on it in workflows/managed-thread.ts.
 */
import type { RecordedEvent } from '../../contracts/actor';
import type { ThreadEvent, ThreadEventData, ThreadEventType } from '../../contracts/managed-thread/events';
import type { ThreadStatus } from '../../contracts/managed-thread/status';
import { ANSWERS_KEPT, RECENT_TURNS_KEPT, type ThreadState } from './state';
import { transition } from './transitions';

type Rule<T extends ThreadEventType> = (state: ThreadState, data: ThreadEventData<T>, event: RecordedEvent) => ThreadState;

const to = (state: ThreadState, status: ThreadStatus, reason: string | null = null): ThreadState => ({
  ...state,
  status: transition(state.status, status),
  statusReason: reason,
  statusBeforeWaiting: status === 'waiting' ? (state.status === 'waiting' ? state.statusBeforeWaiting : state.status) : null,
});

/** The status of a thread whose prompt was answered or whose input was typed: in a turn it runs, before the first prompt it starts. */
const busy = (state: ThreadState): ThreadStatus => (state.turn ? 'running' : 'starting');

const opened: Rule<'thread_started' | 'thread_session_resumed'> = (state, data) => ({
  ...to(state, 'starting'),
  session: { sessionId: data.sessionId, hostId: data.hostId, generation: data.generation },
  generation: data.generation,
  hostId: data.hostId,
  wake: false,
  autoResponses: 0,
  ask: null,
  answeredAsk: null,
  askOrdinal: 1,
});

const ended = (state: ThreadState, status: 'completed' | 'failed' | 'stopped', reason: string | null): ThreadState => ({
  ...to(state, status, reason),
  session: null,
  turn: null,
  ask: null,
  answeredAsk: null,
  pendingAnswer: null,
  interrupt: null,
  queue: [],
  immediate: [],
  wake: false,
});

const RULES: { readonly [T in ThreadEventType]: Rule<T> } = {
  thread_status: (state, data) => ({
    ...to(state, data.status, data.reason ?? null),
    hostId: data.hostId ?? state.hostId,
    // A thread that is prepared anew moved to another host: what the last one prepared is out of reach.
    prepared: data.status === 'preparing' ? false : state.prepared,
  }),
  thread_prepared: (state, data) => ({
    ...state,
    prepared: true,
    workspace: data.workspace?.path === undefined ? null : { ...data.workspace, path: data.workspace.path },
    memoryContext: data.memoryContext,
    contextFiles: data.contextFiles,
  }),
  thread_started: opened,
  thread_session_resumed: opened,
  thread_ready: (state) => ({ ...to(state, 'ready'), losses: 0, turn: null, ask: null, answeredAsk: null, interrupt: null }),
  thread_turn_started: (state, data, event) => {
    const queued = state.queue.find((item) => item.requestId === data.requestId) ?? null;
    return {
      ...to(state, 'running'),
      turn: {
        turnId: data.turnId,
        requestId: data.requestId,
        kind: data.kind,
        startedAt: event.at,
        queued: data.kind === 'message' ? queued : null,
        typed: 'not_yet',
      },
      queue: data.kind === 'message' ? state.queue.filter((item) => item !== queued) : state.queue,
      askOrdinal: 1,
    };
  },
  thread_input_queued: (state, data, event) => {
    const item = { requestId: data.requestId, input: data.input, by: event.by };
    return 'message' in data.input ? { ...state, queue: [...state.queue, item] } : { ...state, immediate: [...state.immediate, item] };
  },
  thread_input: (state, data) => {
    const typed = data.outcome === 'lost' ? 'not_yet' : data.outcome;
    switch (data.kind) {
      case 'objective':
        return { ...state, objective: typed === 'not_yet' ? 'pending' : typed === 'done' ? 'typed' : 'unknown', turn: state.turn && { ...state.turn, typed } };
      case 'message':
        return { ...state, turn: state.turn && { ...state.turn, typed } };
      case 'raw':
      case 'keys':
        return {
          ...state,
          immediate: data.outcome === 'lost' ? state.immediate : state.immediate.filter((item) => item.requestId !== data.requestId),
          turn: state.turn?.kind === 'input' && state.turn.typed === 'not_yet' ? { ...state.turn, typed } : state.turn,
        };
      case 'answer':
        return { ...state, pendingAnswer: null };
      case 'interrupt':
        return { ...state, interrupt: null };
      case 'terminal':
        return state;
    }
  },
  thread_blocked: (state, data) => ({
    ...to(state, 'blocked', data.reason ?? null),
    ask: data.promptInfo,
    pendingAnswer: null,
    askOrdinal: data.promptInfo.id === state.answeredAsk?.id ? state.askOrdinal : state.askOrdinal + 1,
  }),
  thread_auth_required: (state) => state,
  thread_answered: (state, data) => ({
    ...to(state, busy(state)),
    ask: null,
    answeredAsk: state.ask,
    pendingAnswer: { ...data },
    answers: [...state.answers.filter((given) => given.askId !== data.askId), { ...data }].slice(-ANSWERS_KEPT),
    autoResponses: state.autoResponses + (data.automatic ? 1 : 0),
  }),
  thread_ask_closed: (state) => ({ ...to(state, busy(state)), ask: null, answeredAsk: state.ask }),
  thread_tool_running: (state) =>
    state.start.policy.autoInterruptOnToolRunning && state.turn && !state.interrupt
      ? { ...state, interrupt: { ordinal: state.interrupts + 1, reason: 'policy.autoInterruptOnToolRunning' }, interrupts: state.interrupts + 1 }
      : state,
  thread_output: (state) => state,
  thread_turn_complete: (state, data) => ({
    ...to(state, 'ready'),
    losses: 0,
    turn: null,
    ask: null,
    answeredAsk: null,
    interrupt: null,
    turns: state.turns + 1,
    turnsSinceSummary: state.turnsSinceSummary + 1,
    completion: data.completion,
    recentTurns: [...state.recentTurns, data.completion.summary].slice(-RECENT_TURNS_KEPT),
  }),
  thread_idle: (state) => ({
    ...to(state, 'idle'),
    session: null,
    turn: null,
    ask: null,
    answeredAsk: null,
    pendingAnswer: null,
    interrupt: null,
    wake: false,
  }),
  thread_summary_updated: (state, data) => ({ ...state, summary: data.summary, turnsSinceSummary: 0 }),
  thread_session_lost: (state, data) => ({
    ...state,
    session: null,
    losses: state.losses + 1,
    // What was certainly never typed waits again, at the front; what may have been typed never does.
    queue: data.turn?.outcome === 'not_started' && state.turn?.queued ? [state.turn.queued, ...state.queue] : state.queue,
    turn: null,
    ask: null,
    answeredAsk: null,
    pendingAnswer: null,
    interrupt: null,
  }),
  thread_conversation: (state, data) => ({ ...state, conversationId: data.conversationId }),
  thread_cancelled: (state, data) => ({
    ...state,
    queue: state.queue.filter((item) => !data.dropped.includes(item.requestId)),
    // An answer that was not typed yet would go into whatever is on the screen after the interrupt.
    ...(state.turn || state.ask
      ? { interrupt: { ordinal: state.interrupts + 1, reason: data.reason }, interrupts: state.interrupts + 1, pendingAnswer: null }
      : {}),
  }),
  thread_stop_requested: (state, data, event) => ({ ...state, stop: { ...data, by: event.by.subject } }),
  thread_resume_requested: (state) => ({ ...state, wake: true }),
  thread_completed: (state, data) => ({ ...ended(state, 'completed', null), completion: data.completion }),
  thread_failed: (state, data) => ({ ...ended(state, 'failed', data.error), completion: data.completion }),
  thread_stopped: (state, data) => ended(state, 'stopped', data.reason),
  command_refused: (state) => state,
};

/** Events that are signs of life; the others do not move `lastActivityAt`. */
const QUIET: ReadonlySet<string> = new Set(['thread_idle', 'command_refused', 'thread_status', 'thread_summary_updated', 'thread_session_lost']);

export function evolve(state: ThreadState, event: RecordedEvent): ThreadState {
  const typed = event as unknown as ThreadEvent;
  const rule = RULES[typed.type] as Rule<ThreadEventType>;
  const next = rule(state, typed.data, event);
  return { ...next, updatedAt: event.at, lastActivityAt: QUIET.has(event.type) ? next.lastActivityAt : event.at };
}
