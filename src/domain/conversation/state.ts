/** What a conversation remembers. Plain JSON, and the row is the same: so a conversation goes on from its row when its workflow was ended from outside. */
import type { ConversationProjection, ConversationRun, ConversationStart } from '../../contracts/conversation/start';

export interface ConversationState extends ConversationProjection {
  /** The newest run that ended: whose model summarises, and from how many tokens on. */
  readonly lastRun: Pick<ConversationRun, 'agent' | 'autoCompactTokens'> | null;
}

export const openConversation = (start: ConversationStart): ConversationState => ({
  start,
  title: start.title,
  ...{ archived: false, deleted: false, holder: null, rolloutId: start.rolloutId, run: null, queue: [], cancel: null },
  ...{ compactions: 0, runsInRollout: 0, updatedAt: start.createdAt, lastRun: null },
});

/** The rollout that the n-th compaction opens; the same for the same compaction. */
export const rolloutAfter = ({ start, compactions }: ConversationState): string => `${start.rolloutId.slice(0, 56)}-${compactions + 1}`;
