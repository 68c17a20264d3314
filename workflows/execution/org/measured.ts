/** Work of a role as it is measured: what it says of itself, and what the oracles of whoever's rules count say. */
import type { ConfidencePolicy, Role } from '../../../src/contracts/pattern/org-chart';
import type { Json } from '../../../src/contracts/pattern/json';
import type { ExecutionEventData } from '../../../src/contracts/execution/events';
import type { Frame } from '../../../src/domain/execution/frame';
import { consult, looksInside, measure, type Measured, type Signal } from './oracles';
import type { OrgRun } from './org-run';
import type { RoleAnswer, RoleTask } from './role-work';

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

export function note({ signals }: OrgRun, { confidence }: Measured): void {
  if (confidence !== null) signals.push(confidence);
}

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
