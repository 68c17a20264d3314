/** What the thread of a script answers to each command: events and reply, or the fault that says why not. Pure and synchronous: validator, handler and judge of signals. */
import type { Received } from '../../../contracts/actor';
import type { Json } from '../../../contracts/pattern/json';
import { OVERRIDE_BYTES_MAX } from '../../../contracts/script/commands';
import type { ScriptEvent } from '../../../contracts/script/events';
import { threadHasEnded } from '../../../contracts/script/status';
import type { ScriptPause } from '../../../contracts/script/start';
import { jsonBytes } from '../../../contracts/execution/value';
import { Fault } from '../../../errors/fault';
import type { Reply } from '../../actor/receipts';
import { judgeAnswer, USED_UP, type AskPause } from './answer';
import type { ScriptThreadState } from './state';

interface Decision {
  readonly events: readonly ScriptEvent[];
  readonly reply: Reply;
}

interface ResumeInput {
  readonly step_path?: string;
  readonly override?: Json;
}

/** Twice is a no-op that shows the first time. */
function cancel(state: ScriptThreadState, { input, by, at }: Received<{ reason?: string }>): Decision {
  if (state.cancel) return { events: [], reply: { cancelledAt: state.cancel.at, reason: state.cancel.reason, repeated: true } };
  if (threadHasEnded(state.status))
    throw new Fault('conflict', 'script_thread.has_ended', `The thread is ${state.status}; it takes no more commands.`, { status: state.status });
  const reason = input.reason ?? null;
  return { events: [{ type: 'cancel_requested', data: { by: by.subject, reason, at } }], reply: { cancelledAt: at, reason, repeated: false } };
}

const expired = (path: string): Fault =>
  new Fault('conflict', 'script_thread.ask_expired', `The time for an answer at step ${path} is over.`, { step_path: path, reason: 'ASK_EXPIRED' });

/** The pause that is meant: the oldest where none is named. */
function meant({ pauses, expired: gone, status }: ScriptThreadState, path: string | undefined): ScriptPause {
  const pause = path === undefined ? pauses[0] : pauses.find((one) => one.path === path);
  if (pause) return pause;
  const late = path === undefined ? gone.at(-1) : gone.find((one) => one === path);
  if (late !== undefined) throw expired(late);
  if (pauses.length === 0) throw new Fault('conflict', 'script_thread.not_paused', `The thread is ${status}: no step waits for a person.`, { status });
  throw new Fault('conflict', 'script_thread.no_such_pause', `Step ${path} does not wait for a person.`, { paused: pauses.map((one) => one.path) });
}

function resume(state: ScriptThreadState, { input, by, at }: Received<ResumeInput>): Decision {
  if (threadHasEnded(state.status)) throw new Fault('conflict', 'script_thread.not_paused', `The thread is ${state.status}.`, { status: state.status });
  const bytes = jsonBytes(input.override ?? null);
  if (bytes > OVERRIDE_BYTES_MAX)
    throw new Fault('invalid', 'resume.invalid', `override: expected at most ${OVERRIDE_BYTES_MAX} bytes of JSON, found ${bytes}`, {
      field: 'override',
      max: OVERRIDE_BYTES_MAX,
    });
  const pause = meant(state, input.step_path);
  return pause.kind === 'ask' ? answered(state, pause, { input, by, at }) : corrected(pause, input, by.subject);
}

function answered(state: ScriptThreadState, pause: AskPause, { input, by, at }: Pick<Received<ResumeInput>, 'input' | 'by' | 'at'>): Decision {
  if (pause.expiresAt !== null && pause.expiresAt <= at) throw expired(pause.path);
  const { path, label, attempt, retriesLeft } = pause;
  const judged = judgeAnswer(input.override, pause, state.enums);
  if ('answer' in judged) {
    const override = { value: judged.answer };
    return { events: [{ type: 'thread_resumed', data: { path, label, by: by.subject, override } }], reply: { step_path: path, refused: null } };
  }
  const code = retriesLeft === 0 ? USED_UP : judged.code;
  const message = retriesLeft === 0 ? `No further answer is taken after ${attempt} wrong ones. ${judged.message}` : judged.message;
  const left = Math.max(0, retriesLeft - 1);
  return {
    events: [{ type: 'answer_refused', data: { path, label, attempt, retriesLeft: left, code, message, by: by.subject } }],
    reply: { step_path: path, refused: { code, message, retries_left: left } },
  };
}

function corrected({ path, label }: ScriptPause, { override }: ResumeInput, by: string): Decision {
  if (override !== undefined && (typeof override !== 'object' || override === null || Array.isArray(override)))
    throw new Fault('invalid', 'resume.invalid', 'override: expected an object with fields in place of arguments of the step', { field: 'override' });
  return {
    events: [{ type: 'thread_resumed', data: { path, label, by, override: override === undefined ? null : { value: override } } }],
    reply: { step_path: path, refused: null },
  };
}

/**
 * Faults (conflict unless said): `script_thread.has_ended`, `script_thread.not_paused`, `script_thread.no_such_pause`, `script_thread.ask_expired`, `resume.invalid` (invalid). A wrong answer is no fault: it
 * is taken, counted, and told in the reply.
 */
export function decideScriptThread(state: ScriptThreadState, command: Received): Decision {
  switch (command.name) {
    case 'cancel':
      return cancel(state, command as Received<{ reason?: string }>);
    case 'resume':
      return resume(state, command as Received<ResumeInput>);
    default:
      throw new Fault('unsupported', 'actor.unknown_command', `The thread of a script knows no command ${command.name}.`, { command: command.name });
  }
}
