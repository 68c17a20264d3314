/** A step that asks a person: what they answer is the result. */
import type { Json } from '../../src/contracts/pattern/json';
import type { Outcome } from '../../src/contracts/pattern/outcome';
import type { Escalation } from '../../src/contracts/pattern/step';
import type { Frame } from '../../src/domain/execution/frame';
import { failedOutcome } from '../../src/domain/execution/outcome';
import { outcomeOf } from '../../src/domain/pattern/expression/outcome';
import { Fault } from '../../src/errors/fault';
import { ask } from './approval';
import type { Run } from './run';
import { valueOf } from './values';

/** `value`, where one is given; else `{approved, comment}`. Fault `execution.approval_timeout` (deadline) when nobody answers and the plan says that this fails. */
export async function askPerson(run: Run, escalation: Escalation, frame: Frame, place: string): Promise<Outcome> {
  const context = escalation.context === null ? null : valueOf(escalation.context, frame);
  const answer = await ask(run, { step: place, to: escalation.to, message: `${place} asks for a decision.`, context, timeoutMs: escalation.timeoutMs });
  if (!answer) {
    const message = `Nobody answered ${place} in time.`;
    if (escalation.onTimeout === 'fail') throw new Fault('deadline', 'execution.approval_timeout', message, { step: place });
    return failedOutcome({ code: 'execution.approval_timeout', message }, place);
  }
  const { approve, value, comment, answeredBy } = answer;
  const result = value === undefined ? { approved: approve, comment } : (value as Json);
  return outcomeOf(result, { source: place, confidence: 1, passed: approve, metadata: { approved: approve, answeredBy, comment } });
}
