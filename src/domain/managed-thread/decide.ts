/**
 * What a managed thread answers to each command: the events to record and the reply, or the fault that says why not. Pure and
 * synchronous: the same function is the update's validator, its handler, and the judge of signals.
 */
import { Fault } from '../../errors/fault';
import type { Received } from '../../contracts/actor';
import type { Answer, Ask } from '../../contracts/managed-thread/ask';
import { QUEUE_MAX, type SendInput } from '../../contracts/managed-thread/commands';
import type { ThreadEvent } from '../../contracts/managed-thread/events';
import { isTerminal } from '../../contracts/managed-thread/status';
import type { Observation } from '../../contracts/managed-thread/terminal';
import type { Reply } from '../actor/receipts';
import { IMMEDIATE_MAX, type GivenAnswer, type ThreadState } from './state';

export interface Decision {
  readonly events: readonly ThreadEvent[];
  readonly reply: Reply;
}

const nothing: Decision = { events: [], reply: {} };

/** Graceful stop when the caller says nothing about time. */
export const STOP_TIMEOUT_MS = 5_000;

function assertOpen(state: ThreadState): void {
  if (isTerminal(state.status) || state.stop) {
    throw new Fault(
      'conflict',
      'thread.stopped',
      `The thread is ${state.stop && !isTerminal(state.status) ? 'being stopped' : state.status}; it takes no more commands.`,
      { status: state.status },
    );
  }
}

function send(state: ThreadState, command: Received<SendInput>): Decision {
  assertOpen(state);
  const { input, requestId } = command;
  const isMessage = 'message' in input;
  const waiting = isMessage ? state.queue : state.immediate;
  const max = isMessage ? QUEUE_MAX : IMMEDIATE_MAX;
  if (waiting.length >= max) throw new Fault('exhausted', 'thread.queue_full', `The thread has ${max} inputs waiting already.`, { max });
  return { events: [{ type: 'thread_input_queued', data: { requestId, input, position: waiting.length } }], reply: { position: waiting.length } };
}

/** The answer in the ask's own terms, or the fault that says what it would have taken. */
export function checkAnswer(ask: Ask, answer: Answer): Answer {
  const options = ask.options.map(({ option, label }) => ({ option, label }));
  const refuse = (why: string) => new Fault('invalid', 'thread.answer_not_possible', why, { field: Object.keys(answer)[0], askId: ask.id, options });
  if ('option' in answer && !ask.options.some(({ option }) => option === answer.option)) {
    throw refuse(
      ask.options.length > 0
        ? `option: expected one of ${ask.options.map(({ option }) => option).join(', ')}`
        : 'option: this prompt has no options; answer with text',
    );
  }
  if ('approve' in answer && ask.options.length > 0 && (answer.approve ? ask.approveOption : ask.denyOption) === undefined) {
    throw refuse('approve: this prompt is not a yes-or-no question; answer with one of its options');
  }
  return answer;
}

const shown = (given: GivenAnswer, repeated: boolean): Reply => ({
  askId: given.askId,
  answer: given.answer,
  answeredBy: given.answeredBy,
  answeredAt: given.answeredAt,
  repeated,
});

function approve(state: ThreadState, command: Received<Answer & { askId?: string | undefined }>): Decision {
  const { askId, ...rest } = command.input;
  const answer = rest as Answer;
  const wanted = askId ?? state.ask?.id;
  const before = state.answers.find((given) => given.askId === wanted) ?? (wanted === undefined ? state.answers.at(-1) : undefined);
  const reopened = state.ask !== null && before?.askId === state.ask.id;
  // Answering twice is a no-op that shows the first answer, also on a thread that has ended since.
  if (before && !reopened) return { events: [], reply: shown(before, true) };
  assertOpen(state);
  if (!state.ask) throw new Fault('conflict', 'thread.not_blocked', 'Nothing waits for an answer in this thread.', { status: state.status });
  if (wanted !== state.ask.id)
    throw new Fault('not_found', 'thread.ask_not_found', 'No ask of this id was seen in this thread.', { askId: wanted, openAskId: state.ask.id });
  const given: GivenAnswer = {
    askId: state.ask.id,
    answer: checkAnswer(state.ask, answer),
    automatic: false,
    answeredBy: command.by.subject,
    answeredAt: command.at,
  };
  return { events: [{ type: 'thread_answered', data: given }], reply: shown(given, false) };
}

function cancel(state: ThreadState, command: Received<{ reason?: string | undefined }>): Decision {
  assertOpen(state);
  const dropped = state.queue.map((item) => item.requestId);
  const events: ThreadEvent[] = [{ type: 'thread_cancelled', data: { reason: command.input.reason ?? 'cancelled', dropped } }];
  if (state.ask) events.push({ type: 'thread_ask_closed', data: { askId: state.ask.id, reason: 'cancelled' } });
  return { events, reply: { dropped: dropped.length } };
}

function resume(state: ThreadState): Decision {
  assertOpen(state);
  return state.session || state.wake ? nothing : { events: [{ type: 'thread_resume_requested', data: {} }], reply: {} };
}

function stop(state: ThreadState, command: Received<{ force?: boolean | undefined; timeoutMs?: number | undefined; reason?: string | undefined }>): Decision {
  if (isTerminal(state.status)) throw new Fault('conflict', 'thread.stopped', `The thread is ${state.status} already.`, { status: state.status });
  const force = command.input.force ?? false;
  // A second stop only matters when it is harder than the first.
  if (state.stop && (state.stop.force || !force)) return nothing;
  const timeoutMs = force ? 0 : (command.input.timeoutMs ?? STOP_TIMEOUT_MS);
  return { events: [{ type: 'thread_stop_requested', data: { reason: command.input.reason ?? 'stop_requested', force, timeoutMs } }], reply: {} };
}

/** What a watch saw. Facts about another session or turn are old news, and are dropped. */
function observe(state: ThreadState, command: Received<Observation>): Decision {
  const { sessionId, turnId, fact } = command.input;
  if (isTerminal(state.status) || state.session?.sessionId !== sessionId) return nothing;
  switch (fact.type) {
    case 'output':
      return { events: [{ type: 'thread_output', data: { turnId, text: fact.text } }], reply: {} };
    case 'tool_running':
      return {
        events: [
          { type: 'thread_tool_running', data: { info: { toolName: fact.tool, ...(fact.description !== undefined && { description: fact.description }) } } },
        ],
        reply: {},
      };
    case 'conversation':
      return fact.conversationId === state.conversationId
        ? nothing
        : { events: [{ type: 'thread_conversation', data: { conversationId: fact.conversationId } }], reply: {} };
  }
}

/** Throws a Fault when the command is refused. `report` records nothing here: the workflow's main loop acts on it. */
export function decide(state: ThreadState, command: Received): Decision {
  switch (command.name) {
    case 'send':
      return send(state, command as Received<SendInput>);
    case 'approve':
      return approve(state, command as Received<Answer & { askId?: string }>);
    case 'cancel':
      return cancel(state, command as Received<{ reason?: string }>);
    case 'resume':
      return resume(state);
    case 'stop':
      return stop(state, command as Received<{ force?: boolean; timeoutMs?: number; reason?: string }>);
    case 'observe':
      return observe(state, command as Received<Observation>);
    case 'report':
      return nothing;
    default:
      throw new Fault('unsupported', 'actor.unknown_command', `A managed thread knows no command ${command.name}.`, { command: command.name });
  }
}
