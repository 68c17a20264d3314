/** Questions of agents that the routing of the chart sends to another role, whose answer is typed in as a person's would be. */
import * as wf from '@temporalio/workflow';
import { ANSWER_MAX } from '../../../src/contracts/execution/org';
import type { Role } from '../../../src/contracts/pattern/org-chart';
import { questionMessage } from '../../../src/domain/org/messages';
import { whoAnswers } from '../../../src/domain/org/routing';
import { faultFrom } from '../../../src/errors/fault';
import { orgCalls, roleOf, type OrgRun } from './org-run';
import type { RoleAnswer, RoleTask } from './role-work';
import type { Member } from './staff';
import type { Ask, TurnTask } from './thread-turn';

/** Questions of one task that go to another role; further ones wait for a person, so that two agents do not talk for ever. */
const QUESTIONS_MAX = 3;

/** Only what is asked in words is routed: whether something is permitted is for the approval preset and for people. */
export function questions(org: OrgRun, member: Member, step: string, perform: Perform): TurnTask['onAsk'] {
  let asked = 0;
  return async (ask) => {
    const to = org.notes && ask.kind === 'question' ? whoAnswers(org.plan, member.role, ask.text) : null;
    if (to === null || asked >= QUESTIONS_MAX) return;
    asked += 1;
    const reason = await answeredBy(org, member, { step, to, ask }, perform).catch(whyNot);
    const who = { threadId: member.threadId, role: member.role.id, step };
    org.run.record({ type: 'question_routed', data: { ...who, askId: ask.id, to, answered: reason === null, reason } });
  };
}

type Perform = (org: OrgRun, role: Role, task: RoleTask) => Promise<RoleAnswer | null>;

/** Whoever is asked and fails leaves the question to a person. */
function whyNot(thrown: unknown): string {
  if (wf.isCancellation(thrown)) throw thrown;
  return faultFrom(thrown).message.slice(0, 500);
}

interface Asked {
  readonly step: string;
  readonly to: string;
  readonly ask: Ask;
}

/** Null when the answer was typed in; else why it was not. */
async function answeredBy(org: OrgRun, { threadId, role }: Member, { step, to, ask }: Asked, perform: Perform): Promise<string | null> {
  const { run, plan } = org;
  const withinMs = plan.structure.escalation.timeoutMs;
  const given = await perform(org, roleOf(plan, to), { step, message: questionMessage(role.id, ask.text), withinMs });
  if (!given) return `${to} was not free within ${withinMs} ms`;
  const text = given.summary.trim().slice(0, ANSWER_MAX);
  if (text === '') return `${to} said nothing`;
  const { tenant, id: executionId } = run.start;
  const { answered } = await orgCalls(`answer of ${to}`).answerQuestion({ tenant, executionId, threadId, askId: ask.id, requestId: run.nextTaskId(), text });
  return answered ? null : 'the question no longer waited for an answer in words';
}
