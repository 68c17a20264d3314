/**
 * The execution session of a run (digest §2.7): its row and the newest lines of its log, in the words that clients match on. Pure, so that a read, a stream and a test say the same.
 */
import type { RunEvent } from '../../contracts/run/events';
import type { Counters, Doing, RunProjection } from '../../contracts/run/start';
import type { RunPhase, RunStatus } from '../../contracts/run/status';
import { lineOf, type Level } from './session-lines';

/** An event of the journal, as far as a line of the log needs it. */
export interface LoggedEvent {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** ISO 8601. */
  readonly at: string;
}

export interface SessionLine {
  readonly idx: number;
  readonly timestamp_ms: number;
  readonly phase: RunPhase;
  readonly level: Level;
  readonly title: string;
  readonly detail: string;
  readonly step_index?: number;
  readonly tool?: string;
  readonly intent_id?: string;
  readonly proposal_id?: string;
  readonly commit_id?: string;
  readonly seq?: number;
}

export interface ExecutionSession {
  readonly run_id: string;
  readonly task: string;
  readonly trajectory_id: string;
  readonly status: RunStatus;
  readonly phase: RunPhase;
  readonly operator_state: string;
  readonly current_step: number;
  readonly max_steps: number;
  readonly active_tool?: string;
  readonly final_answer?: string;
  readonly pending_channel?: string;
  readonly partial_answer?: string;
  readonly tokens_in: number;
  readonly tokens_out: number;
  readonly counters: Counters;
  readonly updated_at_ms: number;
  readonly log: readonly SessionLine[];
}

export interface SessionSource {
  readonly run: RunProjection;
  readonly task: string;
  readonly finalAnswer: string | null;
  /** What the model has said so far of an answer that is under way. */
  readonly partialAnswer?: string | null;
  /** The newest lines, oldest first; events that are no lines are passed over. */
  readonly events: readonly LoggedEvent[];
}

export function sessionOf({ run, task, finalAnswer, partialAnswer, events }: SessionSource): ExecutionSession {
  return {
    run_id: run.start.id,
    task,
    trajectory_id: `traj:${run.start.trajectoryId}`,
    ...{ status: run.status, phase: run.phase, operator_state: operatorState(run), current_step: run.currentStep, max_steps: run.maxSteps },
    ...(run.activeTool !== null && { active_tool: run.activeTool }),
    ...(finalAnswer !== null && finalAnswer !== '' && { final_answer: finalAnswer }),
    ...(run.pending && { pending_channel: run.pending.channel }),
    ...(partialAnswer && { partial_answer: partialAnswer }),
    ...{ tokens_in: run.tokensIn, tokens_out: run.tokensOut, counters: run.counters, updated_at_ms: Date.parse(run.updatedAt) },
    log: events.flatMap((event) => lineFrom(event) ?? []),
  };
}

function lineFrom({ type, data, at }: LoggedEvent): SessionLine | null {
  if (typeof data['idx'] !== 'number') return null;
  const told = lineOf({ type, data } as unknown as RunEvent);
  if (!told) return null;
  return {
    ...{ idx: data['idx'], timestamp_ms: Date.parse(at) },
    ...told,
    ...(typeof data['step'] === 'number' && { step_index: data['step'] }),
    ...(typeof data['tool'] === 'string' && { tool: data['tool'] }),
    ...(typeof data['intentId'] === 'string' && { intent_id: `intent:${data['intentId']}` }),
    ...(typeof data['proposalId'] === 'string' && { proposal_id: `proposal:${data['proposalId']}` }),
    ...(typeof data['commitId'] === 'string' && { commit_id: `commit:${data['commitId']}` }),
    ...(type === 'commit_recorded' && typeof data['seq'] === 'number' && { seq: data['seq'] }),
  };
}

const SAYS: Readonly<Record<Exclude<Doing['what'], 'ended' | 'awaiting' | 'planning'>, (tool: string) => string>> = {
  booting: () => 'Planning first move',
  declared: (tool) => `Intent declared for ${tool}`,
  staged: (tool) => `Proposal cleared for ${tool}`,
  rejected: (tool) => `Recovering from rejected ${tool}`,
  resolved: (tool) => `Approval resolved for ${tool}`,
  executing: (tool) => `Executing ${tool}`,
  observed: (tool) => `Observed result from ${tool}`,
  committed: (tool) => `Committed result from ${tool}`,
  failed: (tool) => `Recovering from failed ${tool}`,
  retrying: () => 'Waiting to retry the model call',
};

function operatorState(run: RunProjection): string {
  const { what, tool } = run.doing;
  if (what === 'ended') return endedState(run);
  if (what === 'planning') return `Planning step ${run.currentStep}`;
  if (what === 'awaiting') return `Awaiting approval on ${run.pending?.channel ?? ''}`;
  if (what === 'booting' && run.startedAt === null) return 'Booting runtime';
  return SAYS[what](tool ?? '');
}

function endedState({ status, terminatedBy }: RunProjection): string {
  if (status === 'completed') return 'Task resolved and verified by runtime';
  if (status === 'cancelled') return 'Run cancelled by operator';
  return terminatedBy === 'Error' ? 'Runtime stopped on an unrecovered error' : `Run ended before completion: ${terminatedBy}`;
}
