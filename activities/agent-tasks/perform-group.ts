/**
 * On a worker: several tasks of one step by one activity. Each is claimed before its call and has its receipt after it, as alone; claims go to the database together, and so do the
 * receipts of one moment.
 */
import { CancelledFailure, Context } from '@temporalio/activity';
import type { TaskOutcome, WaitingActivity } from '../../src/contracts/agent/outcome';
import { OUTCOMES_SIGNAL, taskOf, type GroupMember, type TaskGroup, type TaskGroupActivities, type ToldOutcome } from '../../src/contracts/agent/task-group';
import type { AgentTask } from '../../src/contracts/agent/task';
import { failed, taskFacts } from '../../src/domain/agent/task-outcome';
import { faultFrom } from '../../src/errors/fault';
import { OutcomesInHand, type SettledTask } from './outcomes-in-hand';
import { beating, claimedOrSettled, makeHere, of, unknown, type CalledAgent, type CalledAgentDependencies } from './perform-called';
import { waitingActivity } from './waiting-activity';

/** An agent that may be given tasks now. `fresh`: the task was not claimed before. */
export interface ClaimedMember extends CalledAgent {
  readonly fresh: boolean;
}

export interface GroupDependencies extends Pick<CalledAgentDependencies, 'calls' | 'quick'> {
  readonly tasks: Pick<CalledAgentDependencies['tasks'], 'claim'>;
  readonly groups: {
    /** By the id of the task; those whose agent may not be given tasks now are left out. */
    claim(group: TaskGroup, waiting: WaitingActivity): Promise<ReadonlyMap<string, ClaimedMember>>;
    settle(tenant: string, tasks: readonly SettledTask[]): Promise<void>;
  };
}

export const groupActivities = (dependencies: GroupDependencies): TaskGroupActivities => ({
  async performAgentTasks(group) {
    try {
      return { outcomes: await performAll(dependencies, group) };
    } catch (thrown) {
      throw thrown instanceof CancelledFailure ? thrown : faultFrom(thrown);
    }
  },
});

async function performAll({ calls, tasks, groups, quick }: GroupDependencies, group: TaskGroup): Promise<readonly ToldOutcome[]> {
  const context = Context.current();
  const waiting = waitingActivity(context.info);
  const claimed = await groups.claim(group, waiting);
  const { log } = context;
  const inHand = new OutcomesInHand(group.members.length, {
    settle: (settled) => groups.settle(group.tenant, settled),
    tell: async (outcomes) => {
      const { workflowId, runId } = waiting;
      await context.client.workflow.getHandle(workflowId, runId).signal(OUTCOMES_SIGNAL, { outcomes });
    },
    warn: (message, problem) => log.warn(message, { problem: String(problem) }),
  });
  const perform = async (member: GroupMember): Promise<TaskOutcome> => {
    const task = taskOf(group, member);
    const joined = await beating(() => quick.join(task, context.cancellationSignal));
    if (joined) return inHand.add(task, joined, null);
    const agent = claimed.get(member.taskId);
    if (!agent) return inHand.add(task, lost(task), null);
    const call = calls[agent.kind];
    if (!agent.fresh) {
      const before = await claimedOrSettled(tasks, task, agent.agent);
      return before.state === 'settled' ? inHand.add(task, of(task, before.outcome), null) : inHand.add(task, unknown(task), agent.agent);
    }
    return inHand.add(task, call ? await quick.made(task, agent.kind, () => makeHere(call, task, agent)) : lost(task), agent.agent);
  };
  const outcomes = await Promise.all(group.members.map(perform)).finally(() => inHand.settled());
  const cancelled = outcomes.find(({ state }) => state === 'cancelled');
  if (cancelled?.state === 'cancelled' && context.cancellationSignal.aborted) throw new CancelledFailure(cancelled.reason);
  return inHand.untold();
}

export const lost = (task: AgentTask): TaskOutcome => failed('agent.lost', 'This worker does not know the agent, or it is not available.', taskFacts(task));
