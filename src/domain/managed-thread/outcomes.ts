/** The events that follow from what a watch came back with, from the loss of a session, and from its end. Pure. */
import type { Ask } from '../../contracts/managed-thread/ask';
import type { ThreadEvent } from '../../contracts/managed-thread/events';
import type { WatchOutcome } from '../../contracts/managed-thread/terminal';
import { autoAnswer } from './auto-answer';
import { LOSSES_MAX, type ThreadState } from './state';
import { completionOf, threadSummary } from './summary';

const conversation = (state: ThreadState, id: string | null): ThreadEvent[] =>
  id && id !== state.conversationId ? [{ type: 'thread_conversation', data: { conversationId: id } }] : [];

/** An open ask that is no longer on the screen was answered there. */
const closeAsk = (state: ThreadState, reason: 'answered_in_terminal' | 'session_lost'): ThreadEvent[] =>
  state.ask ? [{ type: 'thread_ask_closed', data: { askId: state.ask.id, reason } }] : [];

function whenReady(state: ThreadState, outcome: Extract<WatchOutcome, { kind: 'ready' }>, at: string): ThreadEvent[] {
  const events = [...conversation(state, outcome.conversationId), ...closeAsk(state, 'answered_in_terminal')];
  const sessionId = state.session?.sessionId ?? '';
  if (!state.turn || (state.turn.kind === 'input' && !outcome.worked)) return [...events, { type: 'thread_ready', data: { sessionId } }];
  const { turnId, requestId, startedAt } = state.turn;
  const durationMs = Math.max(0, Date.parse(at) - Date.parse(startedAt));
  const completion = completionOf('partial', outcome.output);
  events.push({ type: 'thread_turn_complete', data: { turnId, requestId, output: outcome.output, confidence: outcome.confidence, durationMs, completion } });
  const every = state.start.policy.summarizeAfterTurns;
  if (every !== null && state.turnsSinceSummary + 1 >= every) {
    events.push({ type: 'thread_summary_updated', data: { summary: threadSummary([...state.recentTurns, completion.summary]), turns: state.turns + 1 } });
  }
  return events;
}

function whenBlocked(state: ThreadState, ask: Ask, conversationId: string | null, at: string): ThreadEvent[] {
  // Known already, or answered: an answer that waits to be typed cannot have changed anything yet.
  if (state.ask?.id === ask.id || state.pendingAnswer?.askId === ask.id) return conversation(state, conversationId);
  const events = [...conversation(state, conversationId), ...closeAsk(state, 'answered_in_terminal')];
  const automatic = autoAnswer({
    ask,
    preset: state.start.approvalPreset,
    left: state.start.policy.maxAutoResponses - state.autoResponses,
    requireWorkspaceBoundary: state.start.policy.requireWorkspaceBoundary,
    workspacePath: state.workspace?.path ?? null,
  });
  const repeated = state.answeredAsk?.id === ask.id;
  // An automatic answer that changed nothing is not given twice: a person is asked.
  const answer = repeated ? null : automatic;
  events.push({
    type: 'thread_blocked',
    data: {
      promptInfo: ask,
      autoResponded: answer !== null,
      ...(answer ? { reason: answer.reason } : repeated ? { reason: 'the answer given changed nothing' } : {}),
    },
  });
  if (ask.kind === 'login') {
    events.push({ type: 'thread_auth_required', data: { promptInfo: ask, instructions: ask.text, url: ask.url ?? null, code: ask.code ?? null } });
  }
  if (answer) {
    events.push({
      type: 'thread_answered',
      data: { askId: ask.id, answer: answer.answer, automatic: true, answeredBy: `preset:${state.start.approvalPreset}`, answeredAt: at },
    });
  }
  return events;
}

/** The CLI's process ended by itself: 0 is completed, anything else failed. */
export function whenExited(
  state: ThreadState,
  exit: { readonly exitCode: number | null; readonly signal: string | null; readonly output: string },
): ThreadEvent[] {
  const { exitCode, signal } = exit;
  if (exitCode === 0 && !signal) {
    return [{ type: 'thread_completed', data: { exitCode, completion: completionOf(state.turns > 0 ? 'complete' : 'partial', exit.output) } }];
  }
  const error = signal ? `The agent's process was ended by ${signal}.` : `The agent's process ended with exit code ${String(exitCode)}.`;
  return [{ type: 'thread_failed', data: { error, code: 'agent.exited', exitCode, signal, completion: completionOf('failed', exit.output) } }];
}

export function failure(code: string, error: string): ThreadEvent[] {
  return [{ type: 'thread_failed', data: { error, code, exitCode: null, signal: null, completion: completionOf('failed', error) } }];
}

/**
 * The terminal is gone. A turn whose input may have been typed is unknown, and is not typed again; one that certainly was not waits again. A thread that
 * was only resting becomes idle and wakes at the next send; one that was at work starts its CLI again.
 */
export function whenLost(state: ThreadState, reason: string): ThreadEvent[] {
  if (!state.session) return [];
  const turn = state.turn && {
    turnId: state.turn.turnId,
    requestId: state.turn.requestId,
    outcome: state.turn.typed === 'not_yet' ? ('not_started' as const) : ('unknown' as const),
  };
  const resting = !state.turn && (state.status === 'ready' || (state.status === 'waiting' && state.statusBeforeWaiting === 'ready'));
  const events: ThreadEvent[] = [];
  if (state.ask) events.push({ type: 'thread_ask_closed', data: { askId: state.ask.id, reason: 'session_lost' } });
  events.push({ type: 'thread_session_lost', data: { sessionId: state.session.sessionId, reason, turn } });
  if (state.losses + 1 >= LOSSES_MAX) return [...events, ...failure('session.lost_repeatedly', `The session was lost ${LOSSES_MAX} times in a row.`)];
  events.push(
    resting
      ? { type: 'thread_idle', data: { reason: 'session_lost', checks: 0 } }
      : { type: 'thread_status', data: { status: 'starting', reason: 'session lost' } },
  );
  return events;
}

export function outcomeEvents(state: ThreadState, outcome: WatchOutcome, at: string): ThreadEvent[] {
  switch (outcome.kind) {
    case 'ready':
      return whenReady(state, outcome, at);
    case 'blocked':
      return whenBlocked(state, outcome.ask, outcome.conversationId, at);
    case 'exited':
      return whenExited(state, outcome);
    case 'lost':
      return whenLost(state, outcome.reason);
  }
}
