/** The instances of thread roles: spawned once each, given one task at a time, more of them as long as the role may have more. */
import * as wf from '@temporalio/workflow';
import type { OrgChartPlan, Role, ThreadSettings } from '../../../src/contracts/pattern/org-chart';
import type { SpawnThread } from '../../../src/contracts/managed-thread/spawn';
import type { Frame } from '../../../src/domain/execution/frame';
import { chooseInstance, type Criteria } from '../../../src/domain/org/instances';
import { objectiveOf } from '../../../src/domain/org/messages';
import { together } from '../together';
import { within, type Run } from '../run';
import { textOf, valueOf } from '../values';
import { orgCalls } from './org-run';

/** One instance, which is a managed thread. */
export interface Member {
  readonly role: Role;
  readonly index: number;
  readonly threadId: string;
  busy: boolean;
  tasks: number;
  readonly confidences: number[];
  /** Of the thread's events: what was seen last. */
  after: number;
}

interface Ticket {
  readonly role: Role;
  readonly member: Member | null;
}

/** Threads that are spawned at once at the start. */
const SPAWNED_AT_ONCE = 10;

export class Staff {
  private readonly members = new Map<string, Member[]>();
  /** Instances that are being spawned, so that two tasks do not take one place. */
  private readonly coming = new Map<string, number>();
  private readonly chosen = new Map<string, number>();
  private readonly last = new Map<string, number>();
  private readonly waiting: Ticket[] = [];
  private readonly agents = new Map<string, string>();

  constructor(
    private readonly run: Run,
    private readonly plan: OrgChartPlan,
    private readonly frame: Frame,
  ) {}

  /** Spawns what every thread role starts with. */
  async begin(): Promise<void> {
    const wanted = this.plan.structure.roles.filter(({ thread }) => thread !== null).flatMap((role) => Array.from({ length: role.minInstances }, () => role));
    let next = 0;
    const worker = async (): Promise<void> => {
      for (let role = wanted[next++]; role; role = wanted[next++]) await this.add(role);
    };
    await together(Array.from({ length: Math.min(SPAWNED_AT_ONCE, wanted.length) }, () => worker));
  }

  of(roleId: string): readonly Member[] {
    return this.members.get(roleId) ?? [];
  }

  /** An agent of the registry for the tasks of an agent role that follow. */
  prefer(role: Role, agentId: string): void {
    this.agents.set(role.id, agentId);
  }

  preferred(role: Role): readonly string[] {
    const agentId = this.agents.get(role.id);
    return agentId === undefined ? [] : [agentId];
  }

  /** The instance that worked last: where a command looks at the role's work. */
  lastOf(roleId: string): Member | null {
    return this.of(roleId).find(({ index }) => index === this.last.get(roleId)) ?? this.of(roleId)[0] ?? null;
  }

  /** For the assignments that follow. */
  select(role: Role, criteria: Criteria): Member | null {
    const index = chooseInstance(this.of(role.id), criteria, this.chosen.get(role.id) ?? null);
    if (index !== null) this.chosen.set(role.id, index);
    return this.of(role.id).find((each) => each.index === index) ?? null;
  }

  /**
   * Takes an instance for one task: `member` where it must be that one, else the one that was selected, else one that is idle, else a new one while there may be more. Whoever asked first
   * gets the first that is free. Null when `withinMs` is over before one is. Give it back by `free`.
   */
  async take(
    role: Role,
    { member = null, withinMs = null }: { readonly member?: Member | null; readonly withinMs?: number | null } = {},
  ): Promise<Member | null> {
    const ticket: Ticket = { role, member };
    this.waiting.push(ticket);
    try {
      // At once, before anybody else looks: else the next one would count it as free and as taken.
      const now = this.mayHave(ticket);
      if (now) return this.occupy(now);
      if (member === null && this.pinned(role) === null && this.mayAdd(role)) return this.occupy(await this.add(role, { busy: true }));
      if (!(await within(() => this.mayHave(ticket) !== null, withinMs, `an instance of ${role.id}`))) return null;
      return this.occupy(this.mayHave(ticket) as Member);
    } finally {
      this.waiting.splice(this.waiting.indexOf(ticket), 1);
    }
  }

  give(member: Member): void {
    member.busy = false;
  }

  private occupy(member: Member): Member {
    member.busy = true;
    member.tasks += 1;
    this.last.set(member.role.id, member.index);
    return member;
  }

  /** What is free for this ticket, unless somebody who asked earlier could have it. */
  private mayHave(ticket: Ticket): Member | null {
    const earlier = this.waiting.slice(0, this.waiting.indexOf(ticket));
    const found = this.free(ticket.role, ticket.member);
    return earlier.some(({ role, member }) => role.id === ticket.role.id && this.free(role, member) === found) ? null : found;
  }

  private pinned(role: Role): Member | null {
    return this.of(role.id).find(({ index }) => index === this.chosen.get(role.id)) ?? null;
  }

  private free(role: Role, member: Member | null): Member | null {
    const only = member ?? this.pinned(role);
    if (only) return only.busy ? null : only;
    const index = chooseInstance(this.of(role.id), 'availability', null);
    const found = this.of(role.id).find((each) => each.index === index) ?? null;
    return found?.busy === false ? found : null;
  }

  private mayAdd(role: Role): boolean {
    return this.of(role.id).length + (this.coming.get(role.id) ?? 0) < role.maxInstances;
  }

  private async add(role: Role, { busy }: { readonly busy: boolean } = { busy: false }): Promise<Member> {
    const { start } = this.run;
    const before = this.coming.get(role.id) ?? 0;
    const index = this.of(role.id).length + before;
    this.coming.set(role.id, before + 1);
    try {
      // A thread that is being made when the execution is cancelled must be known to whoever stops the threads.
      const { threadId, agentType } = await wf.CancellationScope.nonCancellable(async () => {
        const calls = orgCalls(`${role.id} ${index}`);
        const { agentType } = await calls.chooseAgentType({ tenant: start.tenant, agentTypes: role.agentTypes });
        const spawn = spawnOf(role, role.thread as ThreadSettings, { run: this.run, plan: this.plan, frame: this.frame, index, agentType });
        return { agentType, ...(await calls.spawnRoleThread({ tenant: start.tenant, key: `${start.id}/${role.id}/${index}`, spawn })) };
      });
      const member: Member = { role, index, threadId, busy, tasks: 0, confidences: [], after: 0 };
      this.members.set(
        role.id,
        [...this.of(role.id), member].sort((a, b) => a.index - b.index),
      );
      this.run.record({ type: 'thread_spawned', data: { threadId, role: role.id, instance: index, agentType } });
      return member;
    } finally {
      this.coming.set(role.id, (this.coming.get(role.id) ?? 1) - 1);
    }
  }
}

interface Spawning {
  readonly run: Run;
  readonly plan: OrgChartPlan;
  readonly frame: Frame;
  readonly index: number;
  readonly agentType: string;
}

/** What the gateway is asked for; it is checked there, field by field. */
function spawnOf(role: Role, settings: ThreadSettings, { run, plan, frame, index, agentType }: Spawning): SpawnThread {
  const { start } = run;
  const texts = (values: ThreadSettings['env']): Record<string, string> =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, textOf(value, frame)]));
  const workspace = settings.workspace && { ...(settings.workspace.inherit && inherited(plan, frame)), ...texts(settings.workspace.values) };
  const objective = settings.objective === null ? '' : textOf(settings.objective, frame);
  return {
    executionId: start.id,
    name: role.maxInstances > 1 ? `${role.name} ${index + 1}` : role.name,
    agentType,
    role: role.id,
    objective: objective === '' ? objectiveOf(role) : objective,
    preparation: {
      ...(workspace && Object.keys(workspace).length > 0 && { workspace }),
      ...(Object.keys(settings.env).length > 0 && { env: texts(settings.env) }),
      ...(settings.approvalPreset && { approvalPreset: settings.approvalPreset }),
    },
    ...(settings.policy && { policy: settings.policy as SpawnThread['policy'] }),
    metadata: { ...settings.metadata, pattern: start.patternName, version: start.patternVersion, instance: index },
  };
}

/** The repository of the execution; each thread has a checkout of its own. */
function inherited({ workspace }: OrgChartPlan, frame: Frame): { readonly [field: string]: string } {
  if (!workspace?.enabled) return {};
  const repo = workspace.repo && valueOf(workspace.repo, frame);
  const branch = workspace.baseBranch && valueOf(workspace.baseBranch, frame);
  if (typeof repo !== 'string' || repo === '') return {};
  const fork = workspace.fork && textOf(workspace.fork, frame);
  return {
    repo,
    ...(typeof branch === 'string' && branch !== '' && { branch }),
    ...(workspace.branchStrategy !== 'feature_branch' && { branchStrategy: workspace.branchStrategy }),
    ...(fork !== undefined && { fork }),
  };
}
