/** Compaction: a summary takes the place of what was said. The switch is one event, so it happens or it does not. */
import { compactionStarted } from '../../src/domain/conversation/decide';
import { rolloutAfter } from '../../src/domain/conversation/state';
import type { ConversationShell } from './shell';

export async function performCompaction(shell: ConversationShell): Promise<void> {
  const { holder, rolloutId, lastRun } = shell.state;
  if (!holder) return;
  const compactionId = holder.id;
  await shell.actor.committedTo(shell.actor.lastSeq);
  const made = await shell.unless(
    () => shell.state.deleted,
    () =>
      shell
        .modelCall(`summary-${compactionId}`, 'summarise')
        .summariseRollout({ conversation: shell.identity, rolloutId, compactionId, agent: lastRun?.agent ?? null }),
  );
  if (made === 'interrupted' || 'fault' in made) {
    const { code, message } = made === 'interrupted' ? INTERRUPTED : made.fault;
    shell.record({ type: 'compaction_failed', data: { compactionId, rolloutId, error: { code, message } } });
    return;
  }
  const { summaryRef } = made.done;
  shell.record({ type: 'compaction_completed', data: { compactionId, fromRolloutId: rolloutId, rolloutId: rolloutAfter(shell.state), summaryRef } });
}

const INTERRUPTED = { code: 'conversation.deleted', message: 'The thread was deleted.' };

/** Begins a compaction when the rollout has grown beyond what its agent says; nobody who came first is held up. */
export async function measureRollout(shell: ConversationShell): Promise<void> {
  const { rolloutId, lastRun } = shell.state;
  const max = lastRun?.autoCompactTokens ?? null;
  if (max === null) return;
  await shell.actor.committedTo(shell.actor.lastSeq);
  const tokens = await shell.calls('measure').rolloutTokens({ conversation: shell.identity, rolloutId });
  const { holder, deleted } = shell.state;
  if (tokens > max && holder === null && !deleted) shell.record(compactionStarted(shell.state, 'automatic'));
}
