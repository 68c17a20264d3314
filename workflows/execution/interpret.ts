/** A pattern's plan from its input to its result: all steps, the validation of the whole, the output. */
import type { Json } from '../../src/contracts/pattern/json';
import type { Outcome } from '../../src/contracts/pattern/outcome';
import type { PatternPlan } from '../../src/contracts/pattern/plan';
import { Frame } from '../../src/domain/execution/frame';
import { isOutcome, outcomeOf } from '../../src/domain/pattern/expression/outcome';
import type { Run } from './run';
import { walk } from './steps';
import { untilGood } from './validated';
import { keptOf, valueOf } from './values';

export interface Interpreted {
  readonly result: Json;
  readonly confidence: number | null;
  readonly metrics: { readonly [name: string]: Json };
}

export async function interpret(run: Run, plan: PatternPlan, input: Json): Promise<Interpreted> {
  let frame = new Frame();
  const attempt = async (): Promise<{ readonly outcome: Outcome; readonly latencyMs: number; readonly undecided: null }> => {
    const began = Date.now();
    frame = new Frame();
    frame.set('input', input);
    run.watch(frame);
    const outcome = (await walk(plan.steps, { run, frame, label: '' })) ?? outcomeOf(null, { source: 'steps' });
    frame.set('final', outcome as unknown as Json);
    return { outcome, latencyMs: Date.now() - began, undecided: null };
  };
  const final = plan.validation
    ? await untilGood(run, { step: 'final', input, validation: plan.validation, attempt, frame: () => frame })
    : (await attempt()).outcome;
  frame.set('final', final as unknown as Json);
  frame.set('result', final as unknown as Json);
  run.watch(frame);
  const metrics = Object.fromEntries(plan.metrics.map(({ name, value }) => [name, valueOf(value, frame)]));
  if (plan.output === null) return { result: final.result, confidence: final.confidence, metrics };
  const kept = keptOf(plan.output, frame);
  return { result: valueOf(plan.output, frame), confidence: isOutcome(kept) ? kept.confidence : final.confidence, metrics };
}
