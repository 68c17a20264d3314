/** What a run answers to each command: events and reply, or the fault that says why not. Pure and synchronous: validator, handler and judge of signals. */
import type { Received } from '../../contracts/actor';
import type { RunEvent } from '../../contracts/run/events';
import type { PendingRunApproval, RunProjection } from '../../contracts/run/start';
import { runHasEnded } from '../../contracts/run/status';
import { Fault } from '../../errors/fault';
import type { Reply } from '../actor/receipts';
import { numbered, type Told } from './log-lines';
import type { AnsweredApproval, RunState } from './state';

interface Decision {
  readonly events: readonly RunEvent[];
  readonly reply: Reply;
}
interface ApproveInput {
  readonly channel: string;
  readonly proposal_id?: string;
  readonly approve: boolean;
  readonly comment?: string;
}
interface ResolveInput {
  readonly proposal_id: string;
  readonly outcome: 'done' | 'not_done';
}

export const runEnded = ({ status }: Pick<RunProjection, 'status'>): Fault =>
  new Fault('conflict', 'run.ended', `The run is ${status}; it takes no more commands.`, { status });

const decided = (state: RunState, told: readonly Told[], reply: Reply): Decision => ({ events: numbered(state.logged, told), reply });

function cancel(state: RunState, { input, by, at }: Received<{ reason?: string }>): Decision {
  if (state.cancel) return { events: [], reply: { cancelledAt: state.cancel.at, reason: state.cancel.reason, repeated: true } };
  if (runHasEnded(state.status)) throw runEnded(state);
  const reason = input.reason ?? null;
  return decided(state, [{ type: 'cancel_requested', data: { by: by.subject, reason, at } }], { cancelledAt: at, reason, repeated: false });
}

const shown = (answer: AnsweredApproval, repeated: boolean): Reply => ({
  channel: answer.channel,
  proposal_id: answer.proposalId,
  approved: answer.approved,
  approver: answer.approver,
  at: answer.at,
  missing: answer.missing,
  repeated,
});

/** Approvals that are still wanted once `verdict` counts; a denial settles the matter. */
export function missingAfter(pending: Pick<PendingRunApproval, 'quorum' | 'verdicts'>, verdict: { readonly approved: boolean }): number {
  return verdict.approved ? Math.max(0, pending.quorum - pending.verdicts.length - 1) : 0;
}

/** What is asked of this person was answered before: by the person, or settled by others. */
function earlier(state: RunState, { input, by }: Received<ApproveInput>): AnsweredApproval | null {
  const { pending } = state;
  const open = pending?.channel === input.channel && (input.proposal_id === undefined || input.proposal_id === pending.proposalId) ? pending : null;
  if (open) return state.answers.find(({ proposalId, approver }) => proposalId === open.proposalId && approver === by.subject) ?? null;
  if (input.proposal_id === undefined) return null;
  return state.answers.findLast(({ proposalId, channel }) => proposalId === input.proposal_id && channel === input.channel) ?? null;
}

function approve(state: RunState, command: Received<ApproveInput>): Decision {
  const { input, by, at } = command;
  const before = earlier(state, command);
  if (before) return { events: [], reply: shown(before, true) };
  if (runHasEnded(state.status)) throw runEnded(state);
  const { pending } = state;
  if (!pending || state.cancel || pending.channel !== input.channel || (input.proposal_id !== undefined && input.proposal_id !== pending.proposalId))
    throw new Fault('not_found', 'run.no_pending_approval', 'no pending approval for this run/channel', {
      channel: input.channel,
      ...(input.proposal_id !== undefined && { proposal_id: input.proposal_id }),
      pending: pending ? { channel: pending.channel, proposal_id: pending.proposalId } : null,
    });
  const missing = missingAfter(pending, { approved: input.approve });
  const { proposalId, channel } = pending;
  const answer = { proposalId, channel, approved: input.approve, approver: by.subject, at, missing };
  return decided(state, [{ type: 'approval_answered', data: { ...answer, comment: input.comment ?? null } }], shown(answer, false));
}

function resolveEffect(state: RunState, { input, by }: Received<ResolveInput>): Decision {
  const reply = { proposal_id: input.proposal_id };
  if (!state.unknownEffects.includes(input.proposal_id)) return { events: [], reply };
  return decided(state, [{ type: 'effect_resolved', data: { proposalId: input.proposal_id, outcome: input.outcome, by: by.subject } }], reply);
}

/** Faults: `run.ended` (conflict), `run.no_pending_approval` (not_found). */
export function decideRun(state: RunState, command: Received): Decision {
  switch (command.name) {
    case 'cancel':
      return cancel(state, command as Received<{ reason?: string }>);
    case 'approve':
      return approve(state, command as Received<ApproveInput>);
    case 'resolveEffect':
      return resolveEffect(state, command as Received<ResolveInput>);
    default:
      throw new Fault('unsupported', 'actor.unknown_command', `A run knows no command ${command.name}.`, { command: command.name });
  }
}
