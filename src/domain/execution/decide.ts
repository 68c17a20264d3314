/** What an execution answers to each command: events and reply, or the fault that says why not. Pure and synchronous: validator, handler and judge of signals. */
import type { Received } from '../../contracts/actor';
import type { ExecutionEvent } from '../../contracts/execution/events';
import { hasEnded } from '../../contracts/execution/status';
import { Fault } from '../../errors/fault';
import type { Reply } from '../actor/receipts';
import { durationAt, type ExecutionState, type GivenApproval } from './state';

interface Decision {
  readonly events: readonly ExecutionEvent[];
  readonly reply: Reply;
}

interface ApproveInput {
  readonly approvalId?: string;
  readonly approve: boolean;
  readonly value?: unknown;
  readonly comment?: string;
}

export const ended = ({ status }: Pick<ExecutionState, 'status'>): Fault =>
  new Fault('conflict', 'execution.ended', `The execution is ${status}; it takes no more commands.`, { status });

/** Cancelling twice is a no-op that shows the first cancellation. */
function cancel(state: ExecutionState, { input, by, at }: Received<{ reason?: string }>): Decision {
  if (state.cancel) return { events: [], reply: { cancelledAt: state.cancel.at, reason: state.cancel.reason, repeated: true } };
  if (hasEnded(state.status)) throw ended(state);
  const reason = input.reason ?? null;
  const data = { status: 'cancelled' as const, reason, cancelledBy: by.subject, durationMs: durationAt(state, at), agentCount: state.agents.length };
  return { events: [{ type: 'cancelled', data }], reply: { cancelledAt: at, reason, repeated: false } };
}

const shown = ({ approvalId, approve, answeredBy, answeredAt }: GivenApproval, repeated: boolean): Reply => ({
  approvalId,
  approve,
  answeredBy,
  answeredAt,
  repeated,
});

function approve(state: ExecutionState, { input, by, at }: Received<ApproveInput>): Decision {
  const wanted = input.approvalId ?? (state.approvals.length === 1 ? state.approvals[0]?.approvalId : undefined);
  const before = state.given.find(({ approvalId }) => approvalId === wanted) ?? (wanted === undefined ? state.given.at(-1) : undefined);
  if (before && !state.approvals.some(({ approvalId }) => approvalId === before.approvalId)) return { events: [], reply: shown(before, true) };
  if (hasEnded(state.status)) throw ended(state);
  const open = state.approvals.map(({ approvalId }) => approvalId);
  if (open.length === 0)
    throw new Fault('conflict', 'execution.nothing_to_approve', 'Nothing waits for an approval in this execution.', { status: state.status });
  if (wanted === undefined)
    throw new Fault('invalid', 'execution.approval_ambiguous', `approvalId: expected one of ${open.join(', ')}`, { field: 'approvalId', open });
  if (!open.includes(wanted))
    throw new Fault('not_found', 'execution.approval_not_found', 'This execution asks for no approval of this id.', { approvalId: wanted, open });
  const given: GivenApproval = {
    approvalId: wanted,
    approve: input.approve,
    ...(input.value !== undefined && { value: input.value }),
    comment: input.comment ?? null,
    answeredBy: by.subject,
    answeredAt: at,
    automatic: false,
  };
  return { events: [{ type: 'approval_given', data: given }], reply: shown(given, false) };
}

/** Faults (conflict unless said): `execution.ended`, `execution.nothing_to_approve`, `execution.approval_ambiguous` (invalid), `execution.approval_not_found` (not_found). */
export function decide(state: ExecutionState, command: Received): Decision {
  switch (command.name) {
    case 'cancel':
      return cancel(state, command as Received<{ reason?: string }>);
    case 'approve':
      return approve(state, command as Received<ApproveInput>);
    default:
      throw new Fault('unsupported', 'actor.unknown_command', `An execution knows no command ${command.name}.`, { command: command.name });
  }
}
