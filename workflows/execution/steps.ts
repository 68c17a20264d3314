/** A list of steps, gone through in the order of the plan and of the routes that its steps take. */
import * as wf from '@temporalio/workflow';
import type { Json } from '../../src/contracts/pattern/json';
import type { Outcome } from '../../src/contracts/pattern/outcome';
import type { OnError, Route, Step } from '../../src/contracts/pattern/step';
import type { Frame } from '../../src/domain/execution/frame';
import { failedOutcome, HISTORY_MAX } from '../../src/domain/execution/outcome';
import { isOutcome, outcomeFrom, outcomeOf } from '../../src/domain/pattern/expression/outcome';
import { following } from '../../src/domain/pattern/order';
import { Fault, faultFrom } from '../../src/errors/fault';
import { askPerson } from './escalation';
import { isFatal, type Run } from './run';
import type { Performed, Walk } from './performing';
import { perform } from './step';
import { callPattern } from './sub-pattern';
import { isTrue, keptOf, valueOf } from './values';

/** The outcome of the list: what `finish` gave, else that of the last step that gave one; null when none did. Throws what a step failed with. */
export async function walk(steps: readonly Step[], { run, frame, label }: Walk): Promise<Outcome | null> {
  const retries = new Map<string, number>();
  let last: Outcome | null = null;
  for (let at = 0; at < steps.length;) {
    const step = steps[at] as Step;
    const place = { step: `${label}${step.id}`, index: at, total: steps.length };
    if (step.condition && !isTrue(step.condition, frame)) {
      run.record({ type: 'step_skipped', data: { step: place.step, type: step.type, reason: 'its condition is not true' } });
      at = following(steps, at);
      continue;
    }
    const performed = await withOnError(run, step, frame, place.step, () => perform(step, { run, frame, place, label, walk }));
    if (performed.outcome) last = settle(frame, step, performed.outcome, DECISIONS.has(step.type)) ?? last;
    const route = performed.route?.kind === 'continue' || !performed.route ? step.next : performed.route;
    const taken = await take(route, { run, frame, place: place.step, steps, retries });
    if (taken.outcome) last = settle(frame, step, taken.outcome);
    if (taken.finished) return taken.outcome ?? last;
    at = taken.at ?? following(steps, at);
  }
  return last;
}

/** Steps that say where it goes on, or remember something: what they give is no result. */
const DECISIONS: ReadonlySet<Step['type']> = new Set<Step['type']>(['switch', 'gate', 'compare', 'assign']);

/** Sets the variables that a step's outcome stands in. The outcome as it stands there when it is a result; null when it only tells of a decision. */
function settle(frame: Frame, { id, output }: Pick<Step, 'id' | 'output'>, outcome: Outcome, isDecision = false): Outcome | null {
  const before = frame.get(id);
  const history = isOutcome(before) ? [...(before.history ?? []), before.result].slice(-HISTORY_MAX) : undefined;
  const settled = { ...outcome, ...(history && { history }) } as unknown as Outcome & Json;
  frame.set(id, settled);
  if (output !== null) frame.set(output, settled);
  if (isDecision) return null;
  frame.set('result', settled);
  return settled;
}

async function withOnError(run: Run, step: Step, frame: Frame, place: string, work: () => Promise<Performed>): Promise<Performed> {
  const { onError } = step;
  for (let retries = 0; ; retries++) {
    run.countStep();
    run.record({ type: 'step_started', data: { step: place, type: step.type, name: step.output } });
    try {
      const performed = await work();
      run.record({ type: 'step_completed', data: { step: place, type: step.type, confidence: performed.outcome?.confidence ?? null } });
      return performed;
    } catch (thrown) {
      if (wf.isCancellation(thrown)) throw thrown;
      const fault = faultFrom(thrown);
      const again = onError.type === 'retry' && retries < onError.maxRetries && !isFatal(fault);
      const instead = isFatal(fault) ? null : insteadOf(onError, fault, step.id, frame);
      run.record({
        type: 'step_failed',
        data: { step: place, type: step.type, error: { code: fault.code, message: fault.message }, handled: again || instead !== null },
      });
      if (instead) return { outcome: instead };
      if (!again) throw fault;
      if (onError.delayMs > 0) await wf.sleep(onError.delayMs, { summary: `before ${place} is tried again` });
    }
  }
}

function insteadOf(onError: OnError, fault: Fault, source: string, frame: Frame): Outcome | null {
  if (onError.type === 'continue') return failedOutcome({ code: fault.code, message: fault.message }, source);
  return onError.type === 'default' ? outcomeFrom(valueOf(onError.value, frame), { source }) : null;
}

interface Taking {
  readonly run: Run;
  readonly frame: Frame;
  readonly place: string;
  readonly steps: readonly Step[];
  readonly retries: Map<string, number>;
}

interface Taken {
  readonly at?: number;
  readonly finished?: true;
  readonly outcome?: Outcome | null;
}

/** Where the list goes on. A route that is not there any more was refused when the plan was made. */
async function take(route: Route, { run, frame, place, steps, retries }: Taking): Promise<Taken> {
  const indexOf = (id: string): number => {
    const at = steps.findIndex((step) => step.id === id);
    if (at < 0) throw new Fault('internal', 'execution.no_such_step', `There is no step ${id} beside ${place}.`, { step: id });
    return at;
  };
  switch (route.kind) {
    case 'continue':
      return {};
    case 'next':
      return { at: indexOf(route.step) };
    case 'finish':
      return { finished: true, outcome: route.value === null ? null : asOutcome(keptOf(route.value, frame), place) };
    case 'retry': {
      const used = retries.get(place) ?? 0;
      if (used >= route.maxRetries) return {};
      retries.set(place, used + 1);
      run.record({ type: 'retrying', data: { step: route.step, attempt: used + 2, reason: `${place} sends back`, confidence: null } });
      return { at: indexOf(route.step) };
    }
    case 'fail':
      throw new Fault('conflict', 'execution.step_failed', route.message === '' ? `${place} says that the execution fails.` : route.message, { step: place });
    case 'escalate':
      return { outcome: await askPerson(run, route.escalation, frame, place) };
    case 'pattern': {
      const { call, output } = route;
      const outcome = await callPattern(run, call, call.input ? valueOf(call.input, frame) : (frame.get('input') ?? null), place);
      if (output !== null) frame.set(output, outcome as unknown as Json);
      return { outcome };
    }
  }
}

const asOutcome = (value: Json, source: string): Outcome => (isOutcome(value) ? value : outcomeOf(value, { source }));
