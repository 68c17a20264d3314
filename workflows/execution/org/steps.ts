/** The steps of an org chart, one after the other, and those that hold steps. */
import * as wf from '@temporalio/workflow';
import type { SelectedAgent } from '../../../src/contracts/agent/task';
import type { OrgStep, Role } from '../../../src/contracts/pattern/org-chart';
import type { Json } from '../../../src/contracts/pattern/json';
import type { Frame } from '../../../src/domain/execution/frame';
import { aggregateResults } from '../../../src/domain/org/aggregate';
import { noteOf, reviewMessage } from '../../../src/domain/org/messages';
import { whoHears, type Saying } from '../../../src/domain/org/routing';
import { isStepResult, meanConfidenceOf, wordsOf, type StepResult } from '../../../src/domain/org/step-result';
import { reviewed } from '../../../src/domain/pattern/confidence/markers';
import { Fault, faultFrom } from '../../../src/errors/fault';
import { selectAgents } from '../../agents/agent-calls';
import { together } from '../together';
import { isTrue, valueOf } from '../values';
import { performJudged } from './judged';
import { note, tell } from './measured';
import { placeOf, roleOf, type OrgRun } from './org-run';
import { authorOf, performSurely } from './role-work';
import { verify } from './verify-step';

type StepOf<T extends OrgStep['type']> = Extract<OrgStep, { type: T }>;

/** What the last step gave; null when none gave anything. `before`: what `aggregate` works on where it stands first. */
export async function walk(org: OrgRun, steps: readonly OrgStep[], frame: Frame, before: Json = null): Promise<Json> {
  let last = before;
  for (const step of steps) {
    const given = await performStep(org, step, frame, last);
    frame.set(`step_${step.id}_result`, given);
    if (step.name !== null) frame.set(step.name, given);
    last = given;
  }
  return last;
}

async function performStep(org: OrgRun, step: OrgStep, frame: Frame, before: Json): Promise<Json> {
  const { run } = org;
  const place = placeOf(step);
  run.countStep();
  run.record({ type: 'step_started', data: { step: place, type: step.type, name: step.name } });
  try {
    const given = await perform(org, step, frame, before);
    const confidence = isStepResult(given) ? given.confidence : Array.isArray(given) ? meanConfidenceOf(given as readonly Json[]) : null;
    run.record({ type: 'step_completed', data: { step: place, type: step.type, confidence } });
    return given;
  } catch (thrown) {
    if (wf.isCancellation(thrown)) throw thrown;
    const { code, message } = faultFrom(thrown);
    run.record({ type: 'step_failed', data: { step: place, type: step.type, error: { code, message: message.slice(0, 2_000) }, handled: false } });
    throw thrown;
  }
}

function perform(org: OrgRun, step: OrgStep, frame: Frame, before: Json): Promise<Json> | Json {
  switch (step.type) {
    case 'assign':
      return assign(org, step, frame);
    case 'select':
      return select(org, step);
    case 'review':
      return decide(org, step, roleOf(org.plan, step.reviewer), frame);
    case 'approve':
      return decide(org, step, roleOf(org.plan, step.approver), frame);
    case 'aggregate':
      return aggregateResults(step.id, step.method, step.inputs === null ? before : valueOf(step.inputs, frame));
    case 'verify':
      return verify(org, step, frame);
    case 'sequential':
      return walk(org, step.steps, frame, before);
    case 'parallel':
      return branches(org, step, frame, before);
    case 'condition':
      return walk(org, isTrue(step.check, frame) ? step.then : step.otherwise, frame);
  }
}

/** Branches do not see each other's results; afterwards everybody sees them all. */
async function branches(org: OrgRun, { steps }: { readonly steps: readonly OrgStep[] }, frame: Frame, before: Json): Promise<Json> {
  const opened = steps.map((step) => ({ step, inner: frame.inner() }));
  const results = await together(
    opened.map(
      ({ step, inner }) =>
        () =>
          walk(org, [step], inner, before),
    ),
  );
  for (const { inner } of opened) frame.adopt(inner);
  return results;
}

/** What a role said goes to those who are to hear it, with their next task. */
function share({ plan, notes }: OrgRun, role: Role, saying: Saying, step: string, said: string): void {
  if (notes) for (const listener of whoHears(plan, role, saying, said)) notes.put(listener, noteOf(role.id, step, said));
}

async function assign(org: OrgRun, step: StepOf<'assign'>, frame: Frame): Promise<StepResult> {
  const role = roleOf(org.plan, step.role);
  const work = { step: placeOf(step), task: valueOf(step.task, frame), input: step.input && valueOf(step.input, frame), frame };
  const { answer, measured } = await performJudged(org, role, work);
  share(org, answer.role, 'result', placeOf(step), answer.summary);
  return { ...authorOf(answer), step: step.id, result: answer.result, summary: answer.summary, confidence: measured.confidence };
}

async function decide(org: OrgRun, step: StepOf<'review'> | StepOf<'approve'>, role: Role, frame: Frame): Promise<StepResult> {
  const message = reviewMessage(step.type, valueOf(step.subject, frame), step.instructions && valueOf(step.instructions, frame));
  const answer = await performSurely(org, role, { step: placeOf(step), message });
  const { verdict, confidence } = reviewed(typeof answer.result === 'string' ? answer.result : wordsOf(answer.result));
  const measured = { confidence, measured: confidence, source: 'review', detail: verdict ?? 'no verdict' };
  note(org, measured);
  tell(org, { step: placeOf(step) }, role, { measured }, confidence === null ? 'no_signal' : 'review_verdict');
  if (verdict === null) org.run.warn(`${placeOf(step)}: ${role.id} gave no verdict, which counts as not approved`);
  share(org, role, 'verdict', placeOf(step), answer.summary);
  const approved = verdict === 'approve';
  if (step.type === 'approve' && step.required && !approved)
    throw new Fault('conflict', 'execution.rejected', `${role.id} did not approve ${placeOf(step)}.`, {
      step: placeOf(step),
      comment: answer.summary.slice(0, 1_000),
    });
  return { ...authorOf(answer), verdict, approved, step: step.id, result: answer.result, summary: answer.summary, confidence };
}

async function select(org: OrgRun, step: StepOf<'select'>): Promise<StepResult> {
  const role = roleOf(org.plan, step.role);
  const { run, staff } = org;
  const chosen = (id: string, more: { readonly [member: string]: Json }): StepResult => ({
    ...more,
    role: role.id,
    step: step.id,
    result: id,
    summary: id,
    confidence: null,
  });
  if (role.thread !== null) {
    const member = staff.select(role, step.criteria);
    if (!member) throw new Fault('internal', 'execution.no_instance', `There is no instance of ${role.id}.`, { role: role.id });
    return chosen(member.threadId, { threadId: member.threadId, instance: member.index });
  }
  const avoid = step.criteria === 'round_robin' ? staff.preferred(role) : [];
  const wanted = { tenant: run.start.tenant, executionId: run.start.id, capabilities: role.capabilities, min: 1, max: 1, prefer: role.expertise };
  // Round robin: another one than the last, where there is another one.
  const { agents } = await selectAgents({ ...wanted, exclude: avoid }).catch((thrown: unknown) => {
    if (wf.isCancellation(thrown) || avoid.length === 0) throw thrown;
    return selectAgents(wanted);
  });
  const [agent] = agents as [SelectedAgent];
  staff.prefer(role, agent.agentId);
  return chosen(agent.agentId, { agentId: agent.agentId });
}
