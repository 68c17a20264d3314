/** Work of a role that is judged: measured, tried once more where it is weak, done by the superior where it is too weak; and that work is judged as well. */
import type { Role } from '../../../src/contracts/pattern/org-chart';
import { bandOf } from '../../../src/domain/org/confidence-policy';
import { critiqueMessage, taskMessage } from '../../../src/domain/org/messages';
import { escalate } from './escalate';
import { measured, tell, type Judged, type Work } from './measured';
import type { OrgRun } from './org-run';
import { performSurely } from './role-work';

/** The role does the task, and what it gives is judged by its own rules. */
export async function performJudged(org: OrgRun, role: Role, work: Work): Promise<Judged> {
  const message = taskMessage(work.task, work.input, { judged: role.confidence !== null || role.verify !== null });
  const first = await measured(org, role, work, (meanwhile) => performSurely(org, role, { step: work.step, message, meanwhile }));
  return settled(org, role, work, first, { depth: 1, mayRetry: true });
}

/** Goes through the bands until one holds. */
async function settled(
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
  return escalate(org, role, work, judged, { depth, settle: settled });
}

/** Once more with what was found wanting, by the same instance; the better one is kept. */
async function again(org: OrgRun, role: Role, work: Work, judged: Judged): Promise<Judged> {
  tell(org, work, role, judged, 'retry');
  const { answer, measured: before } = judged;
  const message = critiqueMessage(work.task, answer.result, before.detail);
  const second = await measured(org, role, work, (meanwhile) => performSurely(org, role, { step: work.step, message, member: answer.member, meanwhile }));
  return (second.measured.confidence ?? -1) >= (before.confidence ?? -1) ? second : judged;
}

const shown = ({ measured: { confidence } }: Judged): string => (confidence === null ? 'unknown' : confidence.toFixed(2));
