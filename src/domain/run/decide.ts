/** What a run answers to each command: events and reply, or the fault that says why not. Pure and synchronous: validator, handler and judge of signals. */
import type { Received } from '../../contracts/actor';
import type { RunEvent } from '../../contracts/run/events';
import type { RunProjection } from '../../contracts/run/start';
import { runHasEnded } from '../../contracts/run/status';
import { Fault } from '../../errors/fault';
import type { Reply } from '../actor/receipts';
import { answer, askFor, missing } from './authority/approvals';
import { numbered, type Told } from './log-lines';
import type { RunState } from './state';

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

function approve(state: RunState, { input, by, at }: Received<ApproveInput>): Decision {
  const { channel, proposal_id, approve: approved, comment } = input;
  const asks = [...state.settled, ...(state.pending && !state.cancel ? [state.pending] : [])];
  const known = asks.some((ask) => ask.channel === channel);
  if (runHasEnded(state.status) && !known) throw runEnded(state);
  const answered = answer(askFor(asks, { channel, proposalId: proposal_id ?? null }), { approved, approver: by.subject, comment: comment ?? null, at });
  const { ask, verdict, repeated } = answered;
  const told = { proposalId: ask.proposalId, channel, approved: verdict.approved, approver: verdict.approver, at: verdict.at, missing: missing(ask) };
  const { proposalId, ...reply } = { ...told, proposal_id: ask.proposalId, repeated };
  if (repeated) return { events: [], reply };
  return decided(state, [{ type: 'approval_answered', data: { ...told, comment: verdict.comment } }], reply);
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
