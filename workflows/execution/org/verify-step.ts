/** A step that verifies something that is there already, and says what happens when it is not good enough. */
import type { OrgStep, Role } from '../../../src/contracts/pattern/org-chart';
import type { Json } from '../../../src/contracts/pattern/json';
import type { Frame } from '../../../src/domain/execution/frame';
import { critiqueMessage, escalationMessage } from '../../../src/domain/org/messages';
import { isStepResult, wordsOf, type StepResult } from '../../../src/domain/org/step-result';
import { Fault } from '../../../src/errors/fault';
import { valueOf } from '../values';
import { byPerson } from './escalate';
import { note, tell, type Judged } from './measured';
import { consult, measure } from './oracles';
import { placeOf, roleOf, type OrgRun } from './org-run';
import { authorOf, performSurely, type RoleAnswer } from './role-work';

type VerifyStep = Extract<OrgStep, { type: 'verify' }>;

interface Verifying {
  readonly org: OrgRun;
  readonly step: VerifyStep;
  readonly frame: Frame;
  readonly role: Role | null;
}

/** What was verified, with the confidence that the oracles give and whether it passed. Faults: `execution.validation_failed`, `execution.rejected` (both conflict). */
export async function verify(org: OrgRun, step: VerifyStep, frame: Frame): Promise<StepResult> {
  const role = step.role === null ? null : roleOf(org.plan, step.role);
  const verifying: Verifying = { org, step, frame, role };
  const first = await judged(verifying, subjectOf(org, role, valueOf(step.subject, frame)));
  const settled = await handled(verifying, first);
  const { answer, measured } = settled;
  const passed = measured.confidence === null || step.onLow === null || measured.confidence >= step.onLow.threshold;
  return {
    ...authorOf(answer),
    passed,
    detail: measured.detail,
    step: step.id,
    result: answer.result,
    summary: answer.summary,
    confidence: measured.confidence,
  };
}

/** The subject as if the role had just given it; the instance that worked last is the one whose workspace counts. */
function subjectOf({ staff, plan }: OrgRun, role: Role | null, subject: Json): RoleAnswer {
  const result = isStepResult(subject) ? subject.result : subject;
  const summary = isStepResult(subject) ? subject.summary : wordsOf(result);
  const first = plan.structure.roles[0] as Role;
  return { role: role ?? first, result, summary, confidence: null, member: role && staff.lastOf(role.id), agentId: null };
}

async function judged({ org, step, frame, role }: Verifying, answer: RoleAnswer): Promise<Judged> {
  const subject = { step: placeOf(step), result: answer.result, role, member: answer.member, frame };
  const measured = measure(await consult(org, step.verification.oracles, subject), step.verification.combine);
  note(org, measured);
  return { answer, measured };
}

const isLow = ({ onLow }: VerifyStep, { measured: { confidence } }: Judged): boolean => onLow !== null && confidence !== null && confidence < onLow.threshold;

async function handled(verifying: Verifying, first: Judged): Promise<Judged> {
  const { org, step, role } = verifying;
  const { onLow } = step;
  const work = { step: placeOf(step) };
  if (!onLow || !isLow(step, first)) {
    tell(org, work, role, first, first.measured.confidence === null ? 'no_signal' : 'accept');
    return first;
  }
  switch (onLow.action) {
    case 'fail':
      tell(org, work, role, first, 'accept_with_warning');
      throw tooLow(step, first);
    case 'surface':
      return byPerson(org, role, work, first);
    case 'retry':
      return retried(verifying, first, onLow.maxRetries);
    case 'escalate':
      return escalated(verifying, first, onLow.to);
  }
}

const tooLow = (step: VerifyStep, { measured: { confidence, source, detail } }: Judged): Fault =>
  new Fault(
    'conflict',
    'execution.validation_failed',
    `${placeOf(step)}: the confidence is ${String(confidence)}, at least ${String(step.onLow?.threshold)} is needed.`,
    {
      step: placeOf(step),
      confidence,
      failures: [{ check: source, message: detail.slice(0, 1_000) }],
    },
  );

async function retried(verifying: Verifying, first: Judged, retries: number): Promise<Judged> {
  const { org, step, role } = verifying;
  if (!role) throw tooLow(step, first);
  let best = first;
  let last = first;
  for (let retry = 0; retry < retries && isLow(step, best); retry++) {
    tell(org, { step: placeOf(step) }, role, last, 'retry');
    const message = critiqueMessage('What was verified', last.answer.result, last.measured.detail);
    last = await judged(verifying, await performSurely(org, role, { step: placeOf(step), message, member: last.answer.member }));
    if ((last.measured.confidence ?? -1) >= (best.measured.confidence ?? -1)) best = last;
  }
  if (isLow(step, best)) throw tooLow(step, best);
  tell(org, { step: placeOf(step) }, role, best, 'accept');
  return best;
}

async function escalated(verifying: Verifying, first: Judged, to: string | null): Promise<Judged> {
  const { org, step, role } = verifying;
  const work = { step: placeOf(step) };
  const id = to ?? role?.reportsTo ?? null;
  if (id === null) {
    tell(org, work, role, first, 'escalation_unrouted');
    throw tooLow(step, first);
  }
  tell(org, work, role, first, 'escalate', id);
  const superior = roleOf(org.plan, id);
  const message = escalationMessage(role?.id ?? 'this step', 'What was verified', first.answer.result, first.measured.detail);
  const answer = await performSurely(org, superior, { step: placeOf(step), message });
  // Whoever took over does not judge it.
  const second = await judged({ ...verifying, role: superior }, answer);
  if (isLow(step, second)) throw tooLow(step, second);
  tell(org, work, superior, second, second.measured.confidence === null ? 'no_signal' : 'accept');
  return second;
}
