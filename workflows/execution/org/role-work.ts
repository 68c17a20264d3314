/** A role does something: by a thread of its own, or by an agent of the registry. */
import type { Role } from '../../../src/contracts/pattern/org-chart';
import type { Json } from '../../../src/contracts/pattern/json';
import { markedConfidence } from '../../../src/domain/pattern/confidence/markers';
import { withNotes } from '../../../src/domain/org/messages';
import { wordsOf } from '../../../src/domain/org/step-result';
import { Fault } from '../../../src/errors/fault';
import type { SelectedAgent } from '../../../src/contracts/agent/task';
import { selectAgents } from '../../agents/agent-calls';
import { askUntilAnswered } from '../ask-agent';
import { TASK_TIMEOUT_MS } from '../ask-agents';
import type { OrgRun } from './org-run';
import { questions } from './questions';
import type { Member } from './staff';
import { performTurn } from './thread-turn';

export interface RoleAnswer {
  readonly role: Role;
  readonly result: Json;
  readonly summary: string;
  /** What the role says of itself. */
  readonly confidence: number | null;
  readonly member: Member | null;
  readonly agentId: string | null;
}

export interface RoleTask {
  /** Of the step, for events. */
  readonly step: string;
  readonly message: string;
  /** The instance that must do it: the one that did it before. */
  readonly member?: Member | null;
  /** Waits only so long for an instance that is free. */
  readonly withinMs?: number | null;
  /** Runs with the answer while nobody else may use the instance. */
  readonly meanwhile?: (answer: RoleAnswer) => Promise<void>;
}

/** Null when no instance was free within `withinMs`. */
export async function perform(org: OrgRun, role: Role, task: RoleTask): Promise<RoleAnswer | null> {
  return role.thread === null ? byAgent(org, role, task) : byThread(org, role, task);
}

/** The role does it, however long it takes until an instance is free. */
export async function performSurely(org: OrgRun, role: Role, task: Omit<RoleTask, 'withinMs'>): Promise<RoleAnswer> {
  const answer = await perform(org, role, task);
  if (!answer) throw new Fault('internal', 'execution.no_instance', `Nobody of ${role.id} took the task.`, { role: role.id });
  return answer;
}

async function byThread(org: OrgRun, role: Role, { step, message, member: wanted = null, withinMs = null, meanwhile }: RoleTask): Promise<RoleAnswer | null> {
  const { run, staff, notes } = org;
  const member = await staff.take(role, { member: wanted, withinMs });
  if (!member) return null;
  try {
    const told = withNotes(notes?.take(role.id, member.index) ?? [], message);
    const onAsk = questions(org, member, step, perform);
    const { output, summary, confidence } = await performTurn(run, member, { step, message: told, onAsk });
    const answer: RoleAnswer = {
      ...{ role, result: output, summary: summary === '' ? wordsOf(output) : summary },
      ...{ confidence: confidence ?? markedConfidence(output), member, agentId: null },
    };
    if (answer.confidence !== null) member.confidences.push(answer.confidence);
    await meanwhile?.(answer);
    return answer;
  } finally {
    staff.give(member);
  }
}

/** Agents that were chosen by a `select` step come first. */
async function byAgent({ run, staff, notes }: OrgRun, role: Role, { step, message: task, meanwhile }: RoleTask): Promise<RoleAnswer> {
  const message = withNotes(notes?.take(role.id, null) ?? [], task);
  const select = (exclude: readonly string[]) =>
    selectAgents({
      ...{ tenant: run.start.tenant, executionId: run.start.id, capabilities: role.capabilities, min: 1, max: 1 },
      ...{ prefer: [...staff.preferred(role), ...role.expertise], exclude },
    });
  const { agents } = await select([]);
  const [agent] = agents as [SelectedAgent];
  run.record({ type: 'agents_selected', data: { step, count: 1, agents: [{ agentId: agent.agentId, name: agent.name }] } });
  const configured = role.agentConfig?.['taskTimeout'];
  const assignment = {
    ...{ step, capability: role.capabilities[0] ?? role.id, input: { role: role.id, task: message }, instructions: message },
    ...{ timeoutMs: typeof configured === 'number' ? configured : TASK_TIMEOUT_MS, context: { stepIndex: 0, totalSteps: 1 } },
  };
  const asked = [agent.agentId];
  const told = await askUntilAnswered(run, agent, assignment, async () => {
    const [next] = (await select(asked).catch(() => ({ agents: [] as readonly SelectedAgent[] }))).agents;
    if (next) asked.push(next.agentId);
    return next ?? null;
  });
  const summary = wordsOf(told.result);
  const answer = { role, result: told.result, summary, confidence: told.confidence ?? markedConfidence(summary), member: null, agentId: told.agent };
  await meanwhile?.(answer);
  return answer;
}

/** Whose result it is. */
export const authorOf = ({ role, member, agentId }: RoleAnswer): { readonly [member: string]: Json } => ({
  role: role.id,
  threadId: member?.threadId ?? null,
  agentId,
});
