import type { Info } from '@temporalio/activity';
import type { WaitingActivity } from '../../src/contracts/agent/outcome';
import { Fault } from '../../src/errors/fault';

/** Which activity this is, by the ids under which others may complete it. */
export function waitingActivity({ workflowExecution, activityId }: Info): WaitingActivity {
  if (!workflowExecution) throw new Fault('internal', 'agent.no_workflow', 'A task of an agent belongs to a workflow.');
  return { ...workflowExecution, activityId };
}
