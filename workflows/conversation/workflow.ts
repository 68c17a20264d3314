/**
 * One conversation: a thread whose one writer this is (seed 002). Runs, compactions and local runs hold it one at a time; what waits stands in a queue. Rules are in
 * src/domain/conversation; this waits and acts. It rests for as long as nobody speaks, and continues as new when its history has grown.
 */
import * as wf from '@temporalio/workflow';
import { conversationRef } from '../../src/contracts/conversation/commands';
import type { ConversationStart } from '../../src/contracts/conversation/start';
import { measureOf, nextStep } from '../../src/domain/conversation/next-step';
import { openConversation, type ConversationState } from '../../src/domain/conversation/state';
import { Actor, type Carried } from '../kernel/actor';
import { measureRollout, performCompaction } from './compaction';
import { conversationKind } from './kind';
import { ConversationShell } from './shell';
import { performRun } from './thread-run';

/** `carried` and `historyMax` are for continue-as-new and for going on from the row. */
export async function conversation(start: ConversationStart, carried?: Carried<ConversationState>, historyMax?: number): Promise<void> {
  const fresh = { state: openConversation(start), seq: 0, receipts: [], outbox: [], attributes: {} };
  const actor = new Actor(conversationKind, conversationRef(start.tenant, start.id), carried ?? fresh, historyMax);
  const shell = new ConversationShell(actor);
  const leaving = { wanted: false };
  // "Cancel" in the Temporal UI ends what runs; the conversation itself goes on from its row with the next word that is said to it.
  wf.CancellationScope.current().cancelRequested.catch(() => {
    leaving.wanted = true;
    const { run, cancel } = actor.state;
    if (run && !cancel) shell.record({ type: 'run_cancel_requested', data: { runId: run.runId, by: 'temporal', reason: null } });
  });
  return wf.CancellationScope.nonCancellable(async () => {
    if ((await live(shell, leaving)) === 'over') return actor.drained();
    await actor.holdCommits();
    return wf.continueAsNew<typeof conversation>(start, actor.carry(), historyMax);
  });
}

async function live(shell: ConversationShell, leaving: { readonly wanted: boolean }): Promise<'over' | 'continue'> {
  const { actor } = shell;
  for (let measured = ''; ;) {
    switch (nextStep(shell.state, measured)) {
      case 'run':
        await performRun(shell);
        break;
      case 'compact':
        await performCompaction(shell);
        break;
      case 'measure':
        measured = measureOf(shell.state);
        await measureRollout(shell);
        break;
      case 'start_next':
        startNext(shell);
        break;
      case 'erase':
        await actor.drained();
        await shell.calls('erase').eraseConversation({ conversation: shell.identity });
        return 'over';
      case 'rest': {
        if (leaving.wanted && !shell.state.holder) return 'over';
        if (actor.shouldContinueAsNew) return 'continue';
        const at = measured;
        await actor.until(() => nextStep(shell.state, at) !== 'rest' || actor.shouldContinueAsNew || (leaving.wanted && !shell.state.holder));
      }
    }
  }
}

/** Its place in the queue was its own; what it says stands in the rollout that is active now. */
function startNext(shell: ConversationShell): void {
  const { queue, rolloutId } = shell.state;
  const [next] = queue;
  if (!next) return;
  const { runId, inputRef, agent, executionMode, autoCompactTokens, keyId } = next;
  shell.record({ type: 'run_started', data: { runId, inputRef, agent, executionMode, autoCompactTokens, keyId, rolloutId } });
}
