/** What became of a proposal, as the journal is told. Pure. */
import type { ExecuteOutput } from '../../contracts/run/activities';
import type { Told } from './log-lines';

export interface ToldProposal {
  readonly step: number;
  readonly tool: string;
  readonly intentId: string;
  readonly proposalId: string;
}

/** Nothing of what was never begun. */
export function outcomeEvents(done: ExecuteOutput, told: ToldProposal): readonly Told[] {
  switch (done.outcome) {
    case 'committed': {
      const { deltaOps, latencyMs, cost, commitId, seq } = done;
      return [
        { type: 'execution_observed', data: { ...told, deltaOps, latencyMs, cost } },
        { type: 'commit_recorded', data: { ...told, commitId, seq } },
      ];
    }
    case 'rejected':
      return [{ type: 'proposal_rejected', data: { ...told, reason: done.reason, seq: done.seq } }];
    case 'not_started':
      return [];
    default: {
      const { outcome, error, cost, seq } = done;
      return [{ type: 'execution_failed', data: { ...told, outcome, error, cost, seq } }];
    }
  }
}
