/** What became of a proposal, told to the journal. */
import type { ExecuteOutput } from '../../src/contracts/run/activities';
import { EXHAUSTED, type End } from '../../src/domain/run/ends';
import { outcomeEvents, type ToldProposal } from '../../src/domain/run/outcome';
import type { RunShell } from './shell';

/** Null: the run goes on. */
export function tellOutcome(shell: RunShell, done: ExecuteOutput, told: ToldProposal): End | null {
  const events = outcomeEvents(done, told);
  if (events.length > 0) shell.record(...events);
  return done.outcome === 'rejected' && done.reason.kind === 'budget_exhausted' ? EXHAUSTED : null;
}
