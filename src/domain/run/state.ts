/** What a run remembers. Plain JSON, and the row is the same: so a run is resumed from its row, long after the workflow is gone. */
import type { RunProjection, RunStart } from '../../contracts/run/start';
import type { Ask } from './authority/approvals';
import { NOTHING } from './authority/budget';
import type { ToldProposal } from './outcome';

/** Settled asks that are remembered, so that a late answer is shown the first one. */
export const SETTLED_MAX = 50;

export interface RunState extends RunProjection {
  /** What people were asked before, newest last. */
  readonly settled: readonly Ask[];
  /** What a tool is at work on; `key` is that of its effect. Rows from before it was kept say nothing of it. */
  readonly executing?: (ToldProposal & { readonly key?: string | undefined }) | null;
  /** Outcomes that the model has not been told of. */
  readonly fresh: number;
  /** `currentStep` at the beginning of this attempt. */
  readonly firstStep: number;
  /** The attempt that the journal has been told of; -1 before the first. */
  readonly announced: number;
}

export const openRun = (start: RunStart): RunState => ({
  start,
  status: 'running',
  phase: 'system',
  doing: { what: 'booting', tool: null },
  currentStep: 0,
  maxSteps: start.maxSteps,
  activeTool: null,
  counters: {
    ...{ steps_started: 0, intents_declared: 0, proposals_staged: 0, commits: 0, rejections: 0 },
    ...{ failures: 0, recoveries: 0, retries: 0, approvals_pending: 0 },
  },
  ...{ tokensIn: 0, tokensOut: 0, used: NOTHING, usedByChildren: NOTHING, costKnown: true, pending: null, cancel: null, unknownEffects: [] },
  ...{ terminatedBy: null, finalAnswer: null, error: null, logged: 0, startedAt: null, endedAt: null, updatedAt: start.createdAt },
  ...{ settled: [], executing: null, fresh: 0, firstStep: 0, announced: -1 },
});

/** The state with which a run goes on under a new start: what it did and used stays, its end is taken back. */
export const reopenRun = (before: RunState, start: RunStart): RunState => ({
  ...before,
  start,
  status: 'running',
  phase: 'system',
  doing: { what: 'booting', tool: null },
  maxSteps: before.currentStep + start.maxSteps,
  firstStep: before.currentStep,
  ...{ activeTool: null, executing: null, pending: null, cancel: null, terminatedBy: null, finalAnswer: null, error: null, endedAt: null },
  counters: { ...before.counters, approvals_pending: 0 },
});
