/** One line of a run's log for each event that is one: the titles are the peer's, word for word, because clients match on them. */
import type { RunEvent } from '../../contracts/run/events';
import type { RejectionReason } from '../../contracts/run/protocol';
import type { RunPhase } from '../../contracts/run/status';

export type Level = 'info' | 'success' | 'warning' | 'error';
export interface Line {
  readonly phase: RunPhase;
  readonly level: Level;
  readonly title: string;
  readonly detail: string;
}

const line = (phase: RunPhase, level: Level, title: string, detail: string): Line => ({ phase, level, title, detail });

/** Why a proposal was rejected, as one sentence. */
export function reasonText(reason: RejectionReason): string {
  return reason.kind === 'type_mismatch' ? `${reason.detail.tool}: ${reason.detail.detail}` : reason.detail;
}

function planned(event: RunEvent): Line | null {
  switch (event.type) {
    case 'run_created':
      return line('system', 'info', 'Runtime accepted task', 'The run has its trajectory and its writ.');
    case 'run_resumed':
      return line('system', 'info', 'Run resumed', `Resumption ${event.data.attempt} by ${event.data.by} goes on in the same trajectory.`);
    case 'step_started':
      return line(
        'intent',
        'info',
        `Step ${event.data.step + 1} entered intent phase`,
        `Loaded ${event.data.fresh} fresh runtime observations into the planning loop.`,
      );
    case 'retry_scheduled':
      return line('system', 'warning', `Retry ${event.data.retry} scheduled`, `Backing off for ${event.data.delayMs} ms. ${event.data.error.message}`);
    case 'intent_declared':
      return line('intent', 'info', `Intent issued for ${event.data.tool}`, event.data.rationale);
    case 'proposal_staged':
      return line('proposal', 'success', `Proposal staged for ${event.data.tool}`, 'Policy, writ scope, and budget checks passed.');
    case 'proposal_rejected':
      return line('proposal', 'warning', `Proposal rejected for ${event.data.tool}`, `${event.data.reason.kind}: ${reasonText(event.data.reason)}`);
    case 'approval_requested':
      return line('proposal', 'warning', `Approval requested for ${event.data.tool}`, `Channel ${event.data.channel}: ${event.data.reason}`);
    case 'approval_resolved':
      return event.data.approved
        ? line(
            'proposal',
            'success',
            `Approval granted for ${event.data.tool}`,
            `Channel ${event.data.channel}: approved by ${event.data.approvers.join(', ')}`,
          )
        : line('proposal', 'warning', `Approval denied for ${event.data.tool}`, `Channel ${event.data.channel}: denied by ${event.data.approvers.join(', ')}`);
    default:
      return null;
  }
}

function done(event: RunEvent): Line | null {
  switch (event.type) {
    case 'execution_started':
      return line('execution', 'info', `Execution started for ${event.data.tool}`, 'The tool is at work.');
    case 'execution_observed':
      return line(
        'execution',
        'success',
        `Execution observed for ${event.data.tool}`,
        `${event.data.deltaOps} delta ops produced in ${event.data.latencyMs} ms.`,
      );
    case 'commit_recorded':
      return line('result', 'success', `Result committed for ${event.data.tool}`, `Ledger seq ${event.data.seq} accepted and stored.`);
    case 'execution_failed':
      return line(
        'result',
        'error',
        `Execution failed for ${event.data.tool}`,
        event.data.outcome === 'unknown' ? `Nobody can prove how it ended. ${event.data.error}` : event.data.error,
      );
    case 'delegation_started':
      return line('execution', 'info', `Execution started for ${event.data.tool}`, `Delegated to run ${event.data.childRunId}.`);
    case 'delegation_ended':
      return line(
        'execution',
        event.data.status === 'completed' ? 'success' : 'warning',
        `Execution observed for ${event.data.tool}`,
        `Run ${event.data.childRunId} ended: ${event.data.terminatedBy}. Ledger seq ${event.data.seq} accepted and stored.`,
      );
    case 'run_failed':
      return line('result', 'error', 'Run failed', event.data.error?.message ?? event.data.terminatedBy);
    case 'run_cancelled':
      return line('result', 'warning', 'Run cancelled', event.data.reason ?? 'The operator cancelled this run.');
    default:
      return null;
  }
}

/** Null for events that are no lines. */
export const lineOf = (event: RunEvent): Line | null => planned(event) ?? done(event);
