/** What a run becomes by each event. Pure; the workflow folds with it, and so may anybody who reads the journal. */
import type { RecordedEvent } from '../../contracts/actor';
import type { RunEvent, RunEventData } from '../../contracts/run/events';
import type { Counters, Doing } from '../../contracts/run/start';
import { runHasEnded, type RunPhase } from '../../contracts/run/status';
import type { Ask } from './authority/approvals';
import { plus } from './authority/budget';
import { SETTLED_MAX, type RunState } from './state';

type Recorded = RecordedEvent & RunEvent;

const now = (phase: RunPhase, what: Doing['what'], tool: string | null): Pick<RunState, 'phase' | 'doing' | 'activeTool'> => ({
  phase,
  doing: { what, tool },
  activeTool: tool,
});

const count = ({ counters }: RunState, ...names: readonly (keyof Counters)[]): Pick<RunState, 'counters'> => ({
  counters: names.reduce((sums, name) => ({ ...sums, [name]: sums[name] + 1 }), counters),
});

function intents(state: RunState, event: Recorded): Partial<RunState> | null {
  switch (event.type) {
    case 'step_started':
      return {
        ...count(state, 'steps_started'),
        ...now('intent', 'planning', null),
        ...{ currentStep: event.data.step + 1, fresh: 0 },
      };
    case 'retry_scheduled':
      return { ...count(state, 'retries'), ...now('system', 'retrying', null) };
    case 'usage_updated': {
      const { tokensIn, tokensOut, usdMillicents, latencyMs, costKnown } = event.data;
      const cost = { tokens: tokensIn + tokensOut, tool_calls: 0, wall_clock_ms: latencyMs, usd_millicents: usdMillicents };
      return {
        ...{ tokensIn: state.tokensIn + tokensIn, tokensOut: state.tokensOut + tokensOut, used: plus(state.used, cost) },
        ...(costKnown === false && { costKnown }),
      };
    }
    case 'intent_declared':
      return { ...count(state, 'intents_declared'), ...now('intent', 'declared', event.data.tool) };
    case 'proposal_staged':
      return { ...count(state, 'proposals_staged'), ...now('proposal', 'staged', event.data.tool) };
    case 'proposal_rejected':
      return { ...count(state, 'rejections', 'recoveries'), ...now('result', 'rejected', event.data.tool), executing: null, fresh: state.fresh + 1 };
    default:
      return null;
  }
}

function answered({ pending }: RunState, { approved, approver, comment, at }: RunEventData<'approval_answered'>): Partial<RunState> {
  return { pending: pending && { ...pending, verdicts: [...pending.verdicts, { approved, approver, comment, at }] } };
}

/** What was asked is remembered without what only its own time needs. */
function settledWith({ settled, pending }: RunState): readonly Ask[] {
  if (!pending) return settled;
  const { proposalId, channel, reason, quorum, verdicts } = pending;
  return [...settled, { proposalId, channel, reason: reason.slice(0, 200), quorum, verdicts }].slice(-SETTLED_MAX);
}

function approvals(state: RunState, event: Recorded): Partial<RunState> | null {
  switch (event.type) {
    case 'approval_requested': {
      const { proposalId, intentId, tool, step, channel, reason, quorum } = event.data;
      return {
        ...count(state, 'approvals_pending'),
        ...now('proposal', 'awaiting', tool),
        status: 'waiting_approval',
        pending: { proposalId, intentId, tool, step, channel, reason, quorum, verdicts: [], since: event.at },
      };
    }
    case 'approval_answered':
      return answered(state, event.data);
    case 'approval_resolved':
      return {
        counters: { ...state.counters, approvals_pending: 0 },
        ...now('proposal', 'resolved', event.data.tool),
        ...{ status: 'running', pending: null, settled: settledWith(state) },
      };
    default:
      return null;
  }
}

function executions(state: RunState, event: Recorded): Partial<RunState> | null {
  switch (event.type) {
    case 'execution_started': {
      const { step, tool, intentId, proposalId, key } = event.data;
      return { ...now('execution', 'executing', tool), executing: { step, tool, intentId, proposalId, key } };
    }
    case 'delegation_started':
      return now('execution', 'executing', event.data.tool);
    case 'execution_observed':
      return { ...now('execution', 'observed', event.data.tool), executing: null, used: plus(state.used, event.data.cost) };
    case 'commit_recorded':
      return { ...count(state, 'commits'), ...now('result', 'committed', event.data.tool), fresh: state.fresh + 1 };
    case 'execution_failed':
      return {
        ...count(state, 'failures', 'recoveries'),
        ...now('result', 'failed', event.data.tool),
        ...{ executing: null, fresh: state.fresh + 1, used: plus(state.used, event.data.cost) },
        unknownEffects: event.data.outcome === 'unknown' ? [...state.unknownEffects, event.data.proposalId] : state.unknownEffects,
      };
    case 'effect_resolved':
      return { unknownEffects: state.unknownEffects.filter((id) => id !== event.data.proposalId) };
    case 'delegation_ended':
      return {
        ...now('result', 'observed', event.data.tool),
        ...{ fresh: state.fresh + 1, used: plus(state.used, event.data.cost), usedByChildren: plus(state.usedByChildren, event.data.cost) },
      };
    default:
      return null;
  }
}

function lifetime(state: RunState, event: Recorded): Partial<RunState> | null {
  const over = { ...now('result', 'ended', null), endedAt: event.at, executing: null, pending: null, counters: { ...state.counters, approvals_pending: 0 } };
  switch (event.type) {
    case 'run_created':
      return { ...now('system', 'booting', null), startedAt: event.at, announced: 0 };
    case 'run_resumed':
      return { ...now('system', 'booting', null), announced: event.data.attempt };
    case 'cancel_requested':
      // The model's call is interrupted: what was charged for its beginning nobody hears.
      return { cancel: event.data, ...(state.doing.what === 'planning' && { costKnown: false }) };
    case 'run_completed':
      return { ...over, status: 'completed', terminatedBy: event.data.terminatedBy, finalAnswer: event.data.finalAnswer as RunState['finalAnswer'] };
    case 'run_failed': {
      const { terminatedBy, finalAnswer, error } = event.data;
      const counters = terminatedBy === 'Error' ? { ...over.counters, failures: over.counters.failures + 1 } : over.counters;
      return { ...over, counters, status: 'failed', terminatedBy, finalAnswer: finalAnswer as RunState['finalAnswer'], error };
    }
    case 'run_cancelled':
      return { ...over, status: 'cancelled', terminatedBy: event.data.terminatedBy, finalAnswer: { value: 'Run cancelled.' } };
    default:
      return null;
  }
}

/** After the end only the settling of an unknown effect still changes anything. */
export function evolveRun(state: RunState, event: RecordedEvent): RunState {
  const told = event as Recorded;
  const ended = runHasEnded(state.status) && told.type !== 'effect_resolved';
  const change = ended ? {} : (intents(state, told) ?? approvals(state, told) ?? executions(state, told) ?? lifetime(state, told) ?? {});
  const { idx } = told.data as { readonly idx?: number };
  return { ...state, ...change, logged: idx ?? state.logged, updatedAt: event.at };
}
