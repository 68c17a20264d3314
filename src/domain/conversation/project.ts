/** A conversation's row, and what a person reads of it in the Temporal UI. */
import type { ConversationState } from './state';

/** The row is the state: a conversation goes on from it. */
export const projectConversation = (state: ConversationState): ConversationState => state;

export type ConversationStatus = 'idle' | 'running' | 'compacting' | 'deleted';

export function conversationStatus({ holder, deleted }: ConversationState): ConversationStatus {
  if (deleted) return 'deleted';
  if (!holder) return 'idle';
  return holder.kind === 'compaction' ? 'compacting' : 'running';
}

export function describeConversation(state: ConversationState): string {
  const { start, title, holder, queue, rolloutId, compactions, cancel } = state;
  return [
    `**${title === '' ? start.id : title}** is **${conversationStatus(state)}**${state.archived ? ', archived' : ''}`,
    '',
    ...(holder ? [`- held by ${holder.kind.replace('_', ' ')} \`${holder.id}\` since ${holder.since}`] : []),
    ...(cancel ? [`- cancelled by ${cancel.by}${cancel.reason === null ? '' : `: ${cancel.reason}`}`] : []),
    ...(queue.length > 0 ? [`- runs that wait: ${queue.map(({ runId }) => `\`${runId}\``).join(', ')}`] : []),
    `- rollout \`${rolloutId}\`, after ${compactions} compactions`,
  ].join('\n');
}
