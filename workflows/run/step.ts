/** One step: the model thinks, and what it intends is taken up in order. */
import * as wf from '@temporalio/workflow';
import type { ThinkOutput } from '../../src/contracts/run/activities';
import { ENDED_BY_ERROR, CANCELLED, isExhausted, type End } from '../../src/domain/run/ends';
import { left } from '../../src/domain/run/authority/budget';
import { takeUp } from './intent';
import type { RunShell } from './shell';

/** Tries of one model call after the first. */
const RETRIES_MAX = 3;
const NOTHING_USED = { tokensIn: 0, tokensOut: 0, usdMillicents: 0 };

/** Null: the run goes on. */
export async function step(shell: RunShell): Promise<End | null> {
  const at = shell.state.currentStep;
  shell.record({ type: 'step_started', data: { step: at, fresh: shell.state.fresh } });
  const thought = await think(shell, at);
  if (!thought) return CANCELLED;
  if (thought.outcome === 'failed') {
    // A call that took all the time that was left has used up the budget; nothing is wrong with the provider.
    if (isExhausted(shell.state)) return null;
    return { terminatedBy: ENDED_BY_ERROR, finalAnswer: { value: thought.sentence }, error: thought.error };
  }
  if (thought.intents.length === 0) return { terminatedBy: 'CognitionDone', finalAnswer: thought.finalAnswer, error: null };
  for (const [index, intent] of thought.intents.entries()) {
    const end = await takeUp(shell, intent, { step: at, key: `${shell.start.attempt}.${at}.${index}` });
    if (end) return end;
    if (shell.state.cancel) return CANCELLED;
  }
  return null;
}

/** What the model thought, or how it failed for good; null when it was interrupted. */
async function think(shell: RunShell, at: number): Promise<ThinkOutput | null> {
  for (let retry = 0; ; retry++) {
    const thought = await shell.interruptible(() => ask(shell, at, retry));
    if (!thought) return null;
    const { latencyMs } = thought.outcome === 'thought' ? thought.usage : thought;
    const used = thought.outcome === 'thought' ? thought.usage : { ...NOTHING_USED, ...(thought.costKnown === false && { costKnown: false }) };
    const intents = thought.outcome === 'thought' ? thought.intents.length : 0;
    shell.record({ type: 'usage_updated', data: { step: at, ...used, latencyMs, intents } });
    if (thought.outcome === 'thought' || thought.retryInMs === null || retry >= RETRIES_MAX || isExhausted(shell.state)) return thought;
    const delayMs = thought.retryInMs;
    shell.record({ type: 'retry_scheduled', data: { step: at, retry: retry + 1, delayMs, error: thought.error } });
    await shell.interruptible(() => wf.sleep(delayMs, { summary: `retry ${retry + 1} of step ${at + 1}` }));
  }
}

function ask(shell: RunShell, at: number, retry: number): Promise<ThinkOutput> {
  const { start, state } = shell;
  const key = `${start.attempt}.${at}`;
  return shell.modelCall(`think-${key}${retry === 0 ? '' : `-${retry}`}`, `step ${at + 1}`).think({
    run: shell.identity,
    ...{ specRef: start.specRef, writId: start.writId, key, step: at - state.firstStep, maxSteps: start.maxSteps, retry },
    budgetLeft: left(start.budget, state.used),
  });
}
