/** Questions to people: asked once, answered by whoever may, and waited for without the execution's time running. */
import type { Json } from '../../src/contracts/pattern/json';
import { APPROVALS_MAX, type GivenApproval } from '../../src/domain/execution/state';
import { Fault } from '../../src/errors/fault';
import { within, type Run } from './run';

export interface Question {
  readonly step: string;
  readonly to: string | null;
  readonly message: string;
  readonly context: Json | null;
  /** Null: it waits for ever. */
  readonly timeoutMs: number | null;
  /** After this long without an answer the journal says so, and the waiting goes on. */
  readonly overdueMs?: number | null;
}

/** The answer, or null when nobody gave one in time. Its id is made of the execution and the step, so that whoever looks at the plan finds it. */
export async function ask(run: Run, { step, to, message, context, timeoutMs, overdueMs = null }: Question): Promise<GivenApproval | null> {
  const { actor } = run;
  const known = () => actor.state.given.length + actor.state.approvals.length;
  if (known() >= APPROVALS_MAX)
    throw new Fault('exhausted', 'execution.too_many_approvals', `One execution asks for at most ${APPROVALS_MAX} approvals.`, { max: APPROVALS_MAX });
  const stored = context === null ? null : await run.stored(context);
  const approvalId = `${run.start.id}/${step}/${known() + 1}`;
  const deadlineAt = timeoutMs === null ? null : new Date(Date.now() + timeoutMs).toISOString();
  run.record({ type: 'approval_requested', data: { approvalId, step, to, message, context: stored, deadlineAt } });
  const given = () => actor.state.given.find((answer) => answer.approvalId === approvalId);
  if (overdueMs !== null && !(await within(() => given() !== undefined, overdueMs, `approval ${approvalId} is due`)))
    run.record({ type: 'approval_overdue', data: { approvalId, waitedMs: overdueMs } });
  await within(() => given() !== undefined, timeoutMs, `approval ${approvalId}`);
  const answer = given();
  if (answer) return answer;
  const data = { approvalId, approve: false, comment: null, answeredBy: 'everthread', answeredAt: new Date(Date.now()).toISOString(), automatic: true };
  run.record({ type: 'approval_given', data });
  return null;
}
