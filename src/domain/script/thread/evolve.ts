/** What the thread of a script becomes by each event. Pure; the workflow folds with it, and so may anybody who reads the journal. */
import type { RecordedEvent } from '../../../contracts/actor';
import type { ScriptEvent } from '../../../contracts/script/events';
import { threadHasEnded } from '../../../contracts/script/status';
import type { ScriptPause } from '../../../contracts/script/start';
import { USED_UP } from './answer';
import { EXPIRED_MAX, type ScriptThreadState, type Settled } from './state';

type Recorded = RecordedEvent & ScriptEvent;
type Data<T extends ScriptEvent['type']> = Extract<ScriptEvent, { readonly type: T }>['data'];

/** Of all steps it is only these that matter: whoever waits for a person is PAUSED, whatever other lanes do. */
const paused = (pauses: readonly ScriptPause[]): Pick<ScriptThreadState, 'pauses' | 'status'> => ({ pauses, status: pauses.length > 0 ? 'PAUSED' : 'RUNNING' });

const withoutPause = (state: ScriptThreadState, path: string): Partial<ScriptThreadState> =>
  state.pauses.some((pause) => pause.path === path) ? paused(state.pauses.filter((pause) => pause.path !== path)) : {};

function withoutSettled({ settled }: ScriptThreadState, path: string): Partial<ScriptThreadState> {
  if (!(path in settled)) return {};
  const { [path]: _, ...others } = settled;
  return { settled: others };
}

const started = (state: ScriptThreadState, { path, label, primitive, tool }: Data<'step_started'>): Partial<ScriptThreadState> => ({
  ...withoutSettled(state, path),
  stepsStarted: state.stepsStarted + 1,
  open: [...state.open.filter((step) => step.path !== path), { path, name: label ?? (tool === null ? primitive : `${primitive} ${tool}`) }],
});

const closed = (state: ScriptThreadState, path: string): Partial<ScriptThreadState> => ({
  ...withoutPause(state, path),
  ...withoutSettled(state, path),
  open: state.open.filter((step) => step.path !== path),
});

function failed(state: ScriptThreadState, { path, error, next }: Data<'step_failed'>): Partial<ScriptThreadState> {
  const expired = error.code === 'ask.expired' ? { expired: [...state.expired, path].slice(-EXPIRED_MAX) } : {};
  // One that waits for corrected input, or is tried again, is still the one at which the thread is.
  if (next === 'pause' || next === 'retry' || next === 'fallback') return expired;
  return { ...closed(state, path), ...expired };
}

const settle = (state: ScriptThreadState, path: string, settled: Settled): Partial<ScriptThreadState> => ({
  ...withoutPause(state, path),
  settled: { ...state.settled, [path]: settled },
});

function refused(state: ScriptThreadState, { path, attempt, retriesLeft, code, message }: Data<'answer_refused'>): Partial<ScriptThreadState> {
  if (code === USED_UP) return settle(state, path, { kind: 'used_up', message });
  return {
    pauses: state.pauses.map((pause) =>
      pause.path === path && pause.kind === 'ask' ? { ...pause, attempt: attempt + 1, retriesLeft, refused: message } : pause,
    ),
  };
}

function resumed(state: ScriptThreadState, { path, by, override }: Data<'thread_resumed'>, at: string): Partial<ScriptThreadState> {
  const pause = state.pauses.find((one) => one.path === path);
  const attempt = pause?.kind === 'ask' ? pause.attempt : 1;
  return settle(state, path, { kind: 'given', by, at, attempt, override });
}

/** Nothing is open and nobody is asked any more. */
const ended = (at: string): Partial<ScriptThreadState> => ({ endedAt: at, open: [], pauses: [], settled: {} });

function change(state: ScriptThreadState, event: Recorded): Partial<ScriptThreadState> {
  switch (event.type) {
    case 'thread_started':
      return { status: 'RUNNING', startedAt: event.at };
    case 'step_started':
      return started(state, event.data);
    case 'step_completed':
      return { ...closed(state, event.data.path), stepsCompleted: state.stepsCompleted + 1 };
    case 'model_called': {
      const { tokensIn, tokensOut } = event.data;
      return { tokensIn: state.tokensIn + tokensIn, tokensOut: state.tokensOut + tokensOut };
    }
    case 'step_failed':
      return failed(state, event.data);
    case 'value_yielded':
      return { yielded: state.yielded + 1 };
    case 'thread_paused':
      return paused([...state.pauses, event.data.pause as unknown as ScriptPause]);
    case 'answer_refused':
      return refused(state, event.data);
    case 'thread_resumed':
      return resumed(state, event.data, event.at);
    case 'cancel_requested':
      return { cancel: event.data };
    case 'thread_completed':
      return { ...ended(event.at), status: 'COMPLETED', output: event.data.output };
    case 'thread_failed':
      return { ...ended(event.at), status: 'FAILED', error: event.data.error };
    case 'thread_cancelled':
      return { ...ended(event.at), status: 'CANCELLED' };
    default:
      return {};
  }
}

/** The first end stands: what is told after it changes nothing but the time. */
export function evolveScriptThread(state: ScriptThreadState, event: RecordedEvent): ScriptThreadState {
  if (threadHasEnded(state.status)) return { ...state, updatedAt: event.at };
  return { ...state, ...change(state, event as unknown as Recorded), updatedAt: event.at };
}
