/** What became of a proposal, told to the journal. */
import type { ExecuteOutput } from '../../src/contracts/run/activities';
import { EXHAUSTED, type End } from '../../src/domain/run/ends';
import type { RunShell } from './shell';

export interface ToldProposal {
  readonly step: number;
  readonly tool: string;
  readonly intentId: string;
  readonly proposalId: string;
}

/** Null: the run goes on. */
export function tellOutcome(shell: RunShell, done: ExecuteOutput, told: ToldProposal): End | null {
  switch (done.outcome) {
    case 'committed': {
      const { deltaOps, latencyMs, cost, commitId, seq } = done;
      shell.record({ type: 'execution_observed', data: { ...told, deltaOps, latencyMs, cost } }, { type: 'commit_recorded', data: { ...told, commitId, seq } });
      return null;
    }
    case 'rejected':
      shell.record({ type: 'proposal_rejected', data: { ...told, reason: done.reason, seq: done.seq } });
      return done.reason.kind === 'budget_exhausted' ? EXHAUSTED : null;
    case 'not_started':
      return null;
    default: {
      const { outcome, error, cost, seq } = done;
      shell.record({ type: 'execution_failed', data: { ...told, outcome, error, cost, seq } });
      return null;
    }
  }
}
