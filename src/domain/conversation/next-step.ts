/** What a conversation does next. Pure: the workflow asks after every event and every await. */
import type { ConversationState } from './state';

export type Step = 'run' | 'compact' | 'measure' | 'start_next' | 'erase' | 'rest';

/** `measured`: the number of runs of the rollout after which its size was last looked at. */
export function nextStep({ holder, deleted, queue, lastRun, runsInRollout, rolloutId }: ConversationState, measured: string): Step {
  if (holder?.kind === 'run') return 'run';
  if (holder?.kind === 'compaction') return 'compact';
  if (holder) return 'rest';
  if (deleted) return 'erase';
  if (lastRun?.autoCompactTokens && runsInRollout > 0 && measured !== measureOf({ rolloutId, runsInRollout })) return 'measure';
  return queue.length > 0 ? 'start_next' : 'rest';
}

export const measureOf = ({ rolloutId, runsInRollout }: Pick<ConversationState, 'rolloutId' | 'runsInRollout'>): string => `${rolloutId}/${runsInRollout}`;
