/** Work of a role that is judged: measured, tried once more where it is weak, done by the superior where it is too weak; and that work is judged as well. */
import type { ConfidencePolicy, Role } from '../../../src/contracts/pattern/org-chart';
import type { Json } from '../../../src/contracts/pattern/json';
import type { ExecutionEventData } from '../../../src/contracts/execution/events';
import type { Frame } from '../../../src/domain/execution/frame';
import { bandOf } from '../../../src/domain/org/confidence-policy';
import { critiqueMessage, taskMessage } from '../../../src/domain/org/messages';
import { escalate } from './escalate';
import { consult, looksInside, measure, type Measured, type Signal } from './oracles';
import type { OrgRun } from './org-run';
import { performSurely, type RoleAnswer, type RoleTask } from './role-work';

export interface Work {
  readonly step: string;
  readonly task: Json;
  readonly input: Json | null;
  readonly frame: Frame;
}

export interface Judged {
  readonly answer: RoleAnswer;
  readonly measured: Measured;
}

/** The role does the task, and what it gives is judged by its own rules. */
export async function performJudged(org: OrgRun, role: Role, work: Work): Promise<Judged> {
  const message = taskMessage(work.task, work.input, { judged: role.confidence !== null || role.verify !== null });
  const first = await measured(org, role, work, (meanwhile) => performSurely(org, role, { step: work.step, message, meanwhile }));
  return settled(org, role, work, first, { depth: 1, mayRetry: true });
}

type Performing = (meanwhile: NonNullable<RoleTask['meanwhile']>) => Promise<RoleAnswer>;

/** Commands run before anybody else may use the workspace; everybody else is asked afterwards. `by`: whose rules count. */
export async function measured(org: OrgRun, by: Role, { step, frame }: Work, perform: Performing): Promise<Judged> {
  const oracles = by.verify?.oracles ?? [];
  const inside: Signal[] = [];
  const subject = ({ result, role, member }: RoleAnswer) => ({ step, result, role, member, frame });
  const answer = await perform(async (given) => {
    inside.push(
      ...(await consult(
        org,
        oracles.filter(({ oracle }) => looksInside(oracle)),
        subject(given),
      )),
    );
  });
  const rest = await consult(
    org,
    oracles.filter(({ oracle }) => !looksInside(oracle)),
    subject(answer),
  );
  const self: Signal = { source: 'selfreport', confidence: answer.confidence, weight: 1, detail: '' };
  const found = measure([self, ...inside, ...rest], by.verify?.combine ?? 'min');
  note(org, found);
  return { answer, measured: found };
}

/** Goes through the bands until one holds. */
export async function settled(
  org: OrgRun,
  role: Role,
  work: Work,
  judged: Judged,
  { depth, mayRetry }: { readonly depth: number; readonly mayRetry: boolean },
): Promise<Judged> {
  const policy = role.confidence;
  if (!policy) return judged;
  const band = bandOf(judged.measured.confidence, policy, { mayRetry });
  if (band === 'retry') return settled(org, role, work, await again(org, role, work, judged), { depth, mayRetry: false });
  if (band !== 'escalate') {
    tell(org, work, role, judged, band);
    if (band === 'accept_with_warning') org.run.warn(`${work.step}: taken with a confidence of ${shown(judged)}, below ${policy.accept}`);
    return judged;
  }
  return escalate(org, role, work, judged, depth);
}

/** Once more with what was found wanting, by the same instance; the better one is kept. */
async function again(org: OrgRun, role: Role, work: Work, judged: Judged): Promise<Judged> {
  tell(org, work, role, judged, 'retry');
  const { answer, measured: before } = judged;
  const message = critiqueMessage(work.task, answer.result, before.detail);
  const second = await measured(org, role, work, (meanwhile) => performSurely(org, role, { step: work.step, message, member: answer.member, meanwhile }));
  return (second.measured.confidence ?? -1) >= (before.confidence ?? -1) ? second : judged;
}

export function note({ signals }: OrgRun, { confidence }: Measured): void {
  if (confidence !== null) signals.push(confidence);
}

const shown = ({ measured: { confidence } }: Judged): string => (confidence === null ? 'unknown' : confidence.toFixed(2));

type Action = ExecutionEventData<'step_confidence'>['action'];

export function tell(
  { run }: OrgRun,
  { step }: Pick<Work, 'step'>,
  role: Pick<Role, 'id'> | null,
  { measured: { confidence, measured: own, source, detail } }: Pick<Judged, 'measured'>,
  action: Action,
  supervisor?: string,
): void {
  const data = { step, role: role?.id ?? null, confidence, action, source, detail: detail.slice(0, 2_000), measured: own };
  run.record({ type: 'step_confidence', data: supervisor === undefined ? data : { ...data, supervisor } });
}

/** The rules by which the work of somebody else is judged: one's own, else those of the role whose work it is. */
export const rulesOf = (role: Role, otherwise: Role): Role => ({
  ...role,
  verify: role.verify ?? otherwise.verify,
  confidence: role.confidence ?? (otherwise.confidence as ConfidencePolicy),
});
