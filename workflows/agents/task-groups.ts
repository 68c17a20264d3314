/** Tasks that a step gives to several agents in one moment, gathered into one activity (src/contracts/agent/task-group.ts). */
import * as wf from '@temporalio/workflow';
import type { Brings, CommitBatch } from '../../src/contracts/actor';
import {
  GROUP_MAX,
  groupCall,
  QUICK_CALL,
  QUICK_GROUPS_MAX,
  OUTCOMES_SIGNAL,
  OutcomesSignal,
  type QuickTaskActivities,
  type TaskGroup,
  type TaskGroupActivities,
  type ToldOutcome,
} from '../../src/contracts/agent/task-group';
import type { AgentTask, AgentTaskResult, SelectedAgent } from '../../src/contracts/agent/task';
import { faultOf } from '../../src/domain/agent/task-outcome';
import { performTask } from './agent-calls';

type Entrusted = readonly [] | readonly [CommitBatch];
interface Calls {
  /** Calls an activity on the worker's queue a moment later, with the events that it is to take along. */
  carrying<T extends Brings>(call: (...entrusted: Entrusted) => Promise<T>): Promise<T>;
  /** Calls one at once, alone. */
  outside<T>(call: () => Promise<T>): Promise<T>;
}

/** Runs what ends within the task of the workflow at hand. */
type Quickly = <T>(work: () => Promise<T>) => Promise<T>;

interface Member {
  readonly agent: SelectedAgent;
  readonly task: AgentTask;
  readonly resolve: (result: AgentTaskResult) => void;
  readonly reject: (thrown: unknown) => void;
}

function groupOf(members: readonly Member[]): TaskGroup {
  const { taskId, agentId, ...common } = (members[0] as Member).task;
  return { ...common, members: members.map(({ task }) => ({ taskId: task.taskId, agentId: task.agentId })) };
}

interface Group {
  /** What its members have in common, by identity. */
  readonly shared: object;
  readonly members: Member[];
}

const here = wf.proxyLocalActivities<QuickTaskActivities>(QUICK_CALL);

/** Calls that an activity waits for end with it; those that none waits for yet end so. */
function leave(tenant: string, taskIds: readonly string[]): void {
  void wf.CancellationScope.nonCancellable(() => here.leaveQuickTasks({ tenant, taskIds })).catch(() => undefined);
}

export class TaskGroups {
  private forming: Group | null = null;
  private listens = false;
  /** By the id of the task: those that wait for their outcome. */
  private readonly open = new Map<string, Member>();
  /** Groups that were asked quickly since one was asked by an activity. */
  private quickGroups = 0;

  constructor(
    private readonly calls: Calls,
    private readonly options: Pick<wf.ActivityOptions, 'priority'>,
    /** Agents in the worker's own process are asked so first; null: they are not. */
    private readonly quickly: Quickly | null,
  ) {}

  /**
   * Throws what {@link taskFailure} of ./task-failure.ts reads. Tasks with one `shared` object go out together; apart from their ids they must be equal, and their callers in one
   * cancellation scope: cancelling it cancels all that have no outcome yet.
   */
  perform(shared: object, agent: SelectedAgent, task: AgentTask): Promise<AgentTaskResult> {
    return new Promise((resolve, reject) => {
      const member = { agent, task, resolve, reject };
      if (this.forming?.shared === shared && this.forming.members.length < GROUP_MAX) this.forming.members.push(member);
      else void this.send((this.forming = { shared, members: [member] }));
    });
  }

  private async send(group: Group): Promise<void> {
    let { members }: { readonly members: readonly Member[] } = group;
    let underWay: readonly string[] = [];
    try {
      if (this.quickly) {
        ({ members, underWay } = await this.late(group, this.quickly));
        if (members.length === 0) return;
      }
      const { outcomes = [] } = await this.calls.carrying<Partial<Awaited<ReturnType<TaskGroupActivities['performAgentTasks']>>>>((...entrusted) => {
        if (this.forming === group) this.forming = null;
        return members.length === 1 ? this.alone(members[0] as Member, ...entrusted) : this.together(members, ...entrusted);
      });
      this.quickGroups = 0;
      this.tell(outcomes);
    } catch (thrown) {
      if (underWay.length > 0 && wf.isCancellation(thrown)) leave((members[0] as Member).task.tenant, underWay);
      for (const member of members) member.reject(thrown);
    } finally {
      for (const { task } of group.members) this.open.delete(task.taskId);
    }
  }

  /** Those of a group who did not answer at once; `underWay`: of whom it is known that they are at work. */
  private async late(group: Group, quickly: Quickly): Promise<{ readonly members: readonly Member[]; readonly underWay: readonly string[] }> {
    // Who asks in the same moment comes along.
    await Promise.resolve();
    this.forming = this.forming === group ? null : this.forming;
    const { members } = group;
    if (this.quickGroups >= QUICK_GROUPS_MAX || members.some(({ agent }) => agent.kind !== 'in-process')) return { members, underWay: [] };
    this.quickGroups += 1;
    for (const member of members) this.open.set(member.task.taskId, member);
    let underWay: readonly string[] = [];
    try {
      const told = await quickly(() => here.performQuickTasks(groupOf(members)));
      underWay = told.underWay ?? [];
      this.tell(told.outcomes);
    } catch (thrown) {
      if (wf.isCancellation(thrown)) throw thrown;
    }
    return { members: members.filter(({ task }) => this.open.has(task.taskId)), underWay };
  }

  private async alone({ agent, task, resolve }: Member, ...entrusted: Entrusted): Promise<Brings> {
    const told = await performTask(agent, task, this.options, ...entrusted);
    resolve(told);
    return told;
  }

  private together(members: readonly Member[], ...entrusted: Entrusted) {
    if (!this.listens) {
      wf.setHandler(wf.defineSignal<[unknown]>(OUTCOMES_SIGNAL), (told) => this.tell(OutcomesSignal.safeParse(told).data?.outcomes ?? []));
      this.listens = true;
    }
    for (const member of members) this.open.set(member.task.taskId, member);
    const group = groupOf(members);
    const options = groupCall(
      members.map(({ agent }) => agent),
      group,
    );
    return wf
      .proxyActivities<TaskGroupActivities>({ ...options, cancellationType: wf.ActivityCancellationType.TRY_CANCEL, ...this.options })
      .performAgentTasks(group, ...entrusted);
  }

  /** Nobody is told twice. */
  private tell(outcomes: readonly ToldOutcome[]): void {
    for (const { taskId, outcome } of outcomes) {
      const member = this.open.get(taskId);
      if (!member) continue;
      this.open.delete(taskId);
      if (outcome === null) void this.calls.outside(() => this.alone(member)).catch(member.reject);
      else if (outcome.state === 'completed') member.resolve(outcome.result);
      else member.reject(faultOf(outcome));
    }
  }
}
