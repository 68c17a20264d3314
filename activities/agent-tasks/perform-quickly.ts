/** On a worker, as a local activity: what functions in this process answer at once. They are claimed and have their receipts as all tasks do. */
import { CancelledFailure, Context } from '@temporalio/activity';
import { setTimeout as delay } from 'node:timers/promises';
import type { TaskOutcome } from '../../src/contracts/agent/outcome';
import {
  QUICK_MS,
  QUICK_TOLD_MAX,
  taskOf,
  type GroupMember,
  type QuickTaskActivities,
  type TaskGroup,
  type ToldOutcome,
} from '../../src/contracts/agent/task-group';
import { faultFrom } from '../../src/errors/fault';
import { OutcomesInHand } from './outcomes-in-hand';
import { make, of } from './perform-called';
import { lost, type GroupDependencies } from './perform-group';
import { waitingActivity } from './waiting-activity';

export const quickActivities = (dependencies: GroupDependencies): QuickTaskActivities => ({
  async performQuickTasks(group) {
    try {
      return group.members.some((member) => dependencies.quick.isSlow(member)) ? { outcomes: [] } : await performQuickly(dependencies, group);
    } catch (thrown) {
      throw thrown instanceof CancelledFailure ? thrown : faultFrom(thrown);
    }
  },
  leaveQuickTasks({ tenant, taskIds }) {
    return Promise.resolve({ count: taskIds.filter((taskId) => dependencies.quick.leave({ tenant, taskId })).length });
  },
});

interface Quickly {
  readonly outcomes: readonly ToldOutcome[];
  readonly underWay?: readonly string[];
}

async function performQuickly({ calls, tasks, groups, quick }: GroupDependencies, group: TaskGroup): Promise<Quickly> {
  const { info, log } = Context.current();
  const waiting = waitingActivity(info);
  const claimed = await groups.claim(group, waiting);
  const inHand = new OutcomesInHand(group.members.length, {
    settle: (settled) => groups.settle(group.tenant, settled),
    tell: null,
    toldMax: QUICK_TOLD_MAX,
    warn: (message, problem) => log.warn(message, { problem: String(problem) }),
  });
  const perform = async (member: GroupMember): Promise<void> => {
    const task = taskOf(group, member);
    const agent = claimed.get(member.taskId);
    const call = agent && calls[agent.kind];
    if (!call) return void inHand.add(task, lost(task), null);
    if (!agent.fresh) {
      const before = await tasks.claim({ task, agent: agent.agent, waiting, asking: true });
      // One that is open was asked by a task of the workflow that was lost: whoever waits longer finds out what became of it.
      if (before.state === 'settled') inHand.add(task, of(task, before.outcome), null);
      return;
    }
    await quick.begin(task, async (signal): Promise<TaskOutcome> => {
      const outcome = inHand.add(task, await make(call, task, agent, signal), agent.agent);
      await inHand.written();
      return outcome;
    });
  };
  const late = new AbortController();
  try {
    await Promise.race([Promise.all(group.members.map(perform)), delay(QUICK_MS, undefined, { signal: late.signal })]);
  } finally {
    late.abort();
  }
  const outcomes = inHand.untold();
  const underWay = group.members.flatMap(({ taskId }) => (quick.isUnderWay({ tenant: group.tenant, taskId }) ? [taskId] : []));
  return { outcomes, ...(underWay.length > 0 && { underWay }) };
}
