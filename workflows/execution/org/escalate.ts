/** Work that is too weak goes up: to the superior, to everybody, or to a person, as the escalation of the chart says. */
import type { OrgEscalation, Role } from '../../../src/contracts/pattern/org-chart';
import type { Json } from '../../../src/contracts/pattern/json';
import { escalationRoute, listenersOf } from '../../../src/domain/org/escalation';
import { escalationMessage } from '../../../src/domain/org/messages';
import { wordsOf } from '../../../src/domain/org/step-result';
import { Fault } from '../../../src/errors/fault';
import { ask } from '../approval';
import { together } from '../together';
import { measured, rulesOf, tell, type Judged, type Work } from './measured';
import { roleOf, type OrgRun } from './org-run';
import { perform } from './role-work';

/** How far up it is, and how the work of whoever takes over is judged. */
interface Way {
  readonly depth: number;
  readonly settle: (org: OrgRun, role: Role, work: Work, judged: Judged, at: { readonly depth: number; readonly mayRetry: boolean }) => Promise<Judged>;
}

/** The result of whoever took over, judged as well; else the best there is. Faults: `execution.validation_failed`, `execution.rejected` (both conflict). */
export async function escalate(org: OrgRun, role: Role, work: Work, judged: Judged, { depth, settle }: Way): Promise<Judged> {
  const { escalation } = org.plan.structure;
  if (depth > escalation.maxDepth) return atMaxDepth(org, role, work, judged, escalation.onMaxDepth);
  const route = escalationRoute(org.plan, role, wordsOf(work.task));
  if (route.kind === 'nobody') return unrouted(org, role, work, judged, 'there is no superior');
  if (route.kind === 'person') return byPerson(org, role, work, judged);
  if (route.kind !== 'role') return byEverybody(org, role, work, judged);
  const superior = rulesOf(roleOf(org.plan, route.role), role);
  tell(org, work, role, judged, 'escalate', superior.id);
  const done = await redone(org, role, superior, work, judged);
  if (!done) return unrouted(org, role, work, judged, `${superior.id} was not free within ${escalation.timeoutMs} ms`);
  const after = await settle(org, superior, work, done, { depth: depth + 1, mayRetry: true });
  return better(after, judged);
}

/** Null when nobody of the role was free in time. */
async function redone(org: OrgRun, role: Role, superior: Role, work: Work, { answer, measured: { detail } }: Judged): Promise<Judged | null> {
  const message = escalationMessage(role.id, work.task, answer.result, detail);
  let free = true;
  try {
    return await measured(org, superior, work, async (meanwhile) => {
      const given = await perform(org, superior, { step: work.step, message, withinMs: org.plan.structure.escalation.timeoutMs, meanwhile });
      if (given) return given;
      free = false;
      throw new Fault('deadline', 'execution.superior_busy', `${superior.id} was not free in time.`, { role: superior.id });
    });
  } catch (thrown) {
    if (free) throw thrown;
    return null;
  }
}

const better = (one: Judged, other: Judged): Judged => ((one.measured.confidence ?? 1) >= (other.measured.confidence ?? -1) ? one : other);

function unrouted(org: OrgRun, role: Role, work: Work, judged: Judged, why: string): Judged {
  tell(org, work, role, judged, 'escalation_unrouted');
  org.run.warn(`${work.step}: the work of ${role.id} is weak and could not be escalated: ${why}`);
  return judged;
}

/** All roles that the routing lets it speak to, else all others; the best of theirs is kept. */
async function byEverybody(org: OrgRun, role: Role, work: Work, judged: Judged): Promise<Judged> {
  const listeners = listenersOf(org.plan, role).map((id) => rulesOf(roleOf(org.plan, id), role));
  if (listeners.length === 0) return unrouted(org, role, work, judged, 'there is nobody to ask');
  tell(org, work, role, judged, 'escalate', listeners.map(({ id }) => id).join(','));
  const done = await together(listeners.map((listener) => () => redone(org, role, listener, work, judged)));
  const [best] = done.flatMap((each) => each ?? []).sort((a, b) => (b.measured.confidence ?? -1) - (a.measured.confidence ?? -1));
  if (!best) return unrouted(org, role, work, judged, 'nobody was free in time');
  const kept = better(best, judged);
  tell(org, work, kept.answer.role, kept, (kept.measured.confidence ?? 1) >= (role.confidence?.accept ?? 0) ? 'accept' : 'accept_with_warning');
  return kept;
}

async function atMaxDepth(org: OrgRun, role: Role, work: Work, judged: Judged, onMaxDepth: OrgEscalation['onMaxDepth']): Promise<Judged> {
  switch (onMaxDepth) {
    case 'surface_to_user':
      return byPerson(org, role, work, judged);
    case 'return_best_effort':
      return unrouted(org, role, work, judged, 'it went up as far as it may');
    case 'fail':
      throw new Fault(
        'conflict',
        'execution.validation_failed',
        `${work.step}: the work of ${role.id} stayed too weak after it was escalated as far as it may be.`,
        {
          step: work.step,
          confidence: judged.measured.confidence,
          failures: [{ check: judged.measured.source, message: judged.measured.detail.slice(0, 1_000) }],
        },
      );
  }
}

/** A yes takes the work as it is, a value stands in its place, a no fails the step. */
export async function byPerson({ run, ...org }: OrgRun, role: Role | null, work: Pick<Work, 'step'>, judged: Judged): Promise<Judged> {
  tell({ run, ...org }, work, role, judged, 'escalate', 'person');
  const message = `The work of ${role?.id ?? work.step} is weak. Take it as it is, or give another result.`;
  const { answer, measured: found } = judged;
  const given = await ask(run, {
    step: work.step,
    to: null,
    message,
    context: { result: answer.result, confidence: found.confidence, detail: found.detail },
    timeoutMs: null,
  });
  if (!given?.approve)
    throw new Fault('conflict', 'execution.rejected', `${given?.answeredBy ?? 'Nobody'} rejected the result of ${work.step}.`, {
      step: work.step,
      comment: given?.comment ?? null,
    });
  const value = given.value === undefined ? answer.result : (given.value as Json);
  const detail = `taken by ${given.answeredBy}`;
  return {
    answer: { ...answer, result: value, summary: given.value === undefined ? answer.summary : wordsOf(value) },
    measured: { confidence: 1, measured: 1, source: 'human', detail },
  };
}
