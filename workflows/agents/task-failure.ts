/** What a failed task means for the pattern that asked for it: whether another agent may be asked, and why. Pure; for workflows. */
import { ApplicationFailure, CancelledFailure, TimeoutFailure } from '@temporalio/common';
import { TASK_FAULTS, type TaskFault } from '../../src/contracts/agent/task';
import { Fault, faultFrom } from '../../src/errors/fault';

export interface TaskFailure {
  readonly fault: Fault;
  /** Another agent, or this one later, may do it. */
  readonly reassign: boolean;
  /** It is certain that the agent never heard of the task. */
  readonly neverAsked: boolean;
}

const isTaskFault = (code: string): code is TaskFault => code in TASK_FAULTS;

function innermost(thrown: unknown): unknown {
  let at = thrown;
  for (let depth = 0; depth < 10 && at instanceof Error && at.cause instanceof Error && !(at instanceof ApplicationFailure); depth++) at = at.cause;
  return at;
}

/** Reads what `performAgentTask` threw at a workflow. A cancellation is not a failure of the task: it is thrown on. */
export function taskFailure(thrown: unknown, agentId: string): TaskFailure {
  const cause = innermost(thrown);
  if (cause instanceof CancelledFailure) throw thrown;
  if (cause instanceof TimeoutFailure) {
    if (cause.timeoutType === 'SCHEDULE_TO_START') {
      const fault = new Fault('unavailable', 'agent.lost', 'The process that held the agent did not take the task up.', { agentId });
      return { fault, reassign: true, neverAsked: true };
    }
    const silent = cause.timeoutType === 'HEARTBEAT';
    const fault = silent
      ? new Fault('unavailable', 'agent.lost', 'There was no sign of life while the agent had the task.', { agentId })
      : new Fault('deadline', 'agent.timeout', 'The agent did not answer in time.', { agentId });
    return { fault, reassign: true, neverAsked: false };
  }
  const fault = faultFrom(thrown);
  return { fault, reassign: isTaskFault(fault.code) && TASK_FAULTS[fault.code].reassign, neverAsked: false };
}
