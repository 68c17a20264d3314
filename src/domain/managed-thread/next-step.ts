/** What a managed thread does next, from its state alone. The workflow asks after every event and every await; see workflows/managed-thread.ts. */
import { isTerminal } from '../../contracts/managed-thread/status';
import type { GivenAnswer, QueuedInput, ThreadState } from './state';

export type Step =
  | { readonly do: 'finish' }
  | { readonly do: 'end' }
  | { readonly do: 'prepare' }
  | { readonly do: 'open' }
  | { readonly do: 'interrupt' }
  | { readonly do: 'answer'; readonly given: GivenAnswer }
  | { readonly do: 'type'; readonly item: QueuedInput }
  | { readonly do: 'turn'; readonly item: QueuedInput | 'objective' }
  | { readonly do: 'retype' }
  | { readonly do: 'watch' }
  | { readonly do: 'rest' };

/** Something to do that needs a session. A thread that was released rests until there is; one that was prepared, on a new host perhaps, goes on. */
export const wantsSession = (state: ThreadState): boolean =>
  state.objective === 'pending' || state.queue.length > 0 || state.immediate.length > 0 || state.wake || ['preparing', 'starting'].includes(state.status);

export function nextStep(state: ThreadState): Step {
  if (isTerminal(state.status)) return { do: 'finish' };
  if (state.stop) return { do: 'end' };
  if (!state.prepared) return { do: 'prepare' };
  if (!state.session) return wantsSession(state) ? { do: 'open' } : { do: 'rest' };
  if (state.interrupt) return { do: 'interrupt' };
  if (state.pendingAnswer) return { do: 'answer', given: state.pendingAnswer };
  const immediate = state.immediate[0];
  // Raw input goes in at once, also into a prompt or a turn; only a CLI that has not drawn its first prompt yet is left alone.
  if (immediate && state.status !== 'starting') return { do: 'type', item: immediate };
  if (state.status === 'blocked') return { do: 'rest' };
  if (state.turn) return state.turn.typed === 'not_yet' ? { do: 'retype' } : { do: 'watch' };
  if (state.status !== 'ready') return { do: 'watch' };
  if (state.objective === 'pending') return { do: 'turn', item: 'objective' };
  const message = state.queue[0];
  return message ? { do: 'turn', item: message } : { do: 'rest' };
}
