/** What each type of step does. Steps that hold steps are in ./nested.ts, those that ask agents in ./agents-step.ts. */
import type { Json } from '../../src/contracts/pattern/json';
import type { Outcome } from '../../src/contracts/pattern/outcome';
import type { Step, StepOf } from '../../src/contracts/pattern/step';
import type { Frame } from '../../src/domain/execution/frame';
import { outcomeFrom, outcomeOf } from '../../src/domain/pattern/expression/outcome';
import { aggregate } from '../../src/domain/pattern/aggregation/aggregate';
import { Fault } from '../../src/errors/fault';
import { performWork } from './agents-step';
import { askPerson } from './escalation';
import { batch, branches, loop, repeat } from './nested';
import type { Performed, Performing } from './performing';
import { callPattern } from './sub-pattern';
import { answersOf, isTrue, itemsOf, keptOf, numberOf, scoreOf, similarityOf, valueOf } from './values';

export async function perform(step: Step, at: Performing): Promise<Performed> {
  const { run, frame, place } = at;
  switch (step.type) {
    case 'agents':
      return { outcome: await performWork(run, step.work, frame, place) };
    case 'pattern':
      return { outcome: await callPattern(run, step.call, step.call.input ? valueOf(step.call.input, frame) : (frame.get('input') ?? null), place.step) };
    case 'switch':
      return chosen(step, frame);
    case 'gate': {
      const passed = isTrue(step.check, frame);
      return { outcome: outcomeOf(passed, { source: step.id, passed }), route: passed ? step.onPass : step.onFail };
    }
    case 'merge':
      return { outcome: merged(step.id, itemsOf(step.inputs, frame), step.merge, frame) };
    case 'reduce':
      return { outcome: reduced(step, frame) };
    case 'split':
      return { outcome: outcomeOf(chunks(itemsOf(step.items, frame), numberOf(step.chunkSize, frame, { min: 1, max: 10_000 })), { source: step.id }) };
    case 'compare': {
      const similarity = lowestSimilarity(itemsOf(step.inputs, frame));
      const passed = similarity >= step.similarity;
      return { outcome: outcomeOf(passed, { source: step.id, passed, similarity }), ...(passed ? {} : { route: step.onInconsistent }) };
    }
    case 'assign':
      return { outcome: outcomeOf(assigned(step, frame), { source: step.id }) };
    case 'compute':
      return { outcome: outcomeOf(valueOf(step.value, frame), { source: step.id }) };
    case 'default':
      return { outcome: outcomeFrom(valueOf(step.value, frame), { source: step.id }) };
    case 'escalate':
      return { outcome: await askPerson(run, step.escalation, frame, place.step) };
    case 'parallel':
      return { outcome: await branches(step, at) };
    case 'batch':
      return { outcome: await batch(step, at) };
    case 'repeat':
      return { outcome: await repeat(step, at) };
    case 'loop':
      return { outcome: await loop(step, at) };
  }
}

function chosen(step: StepOf<'switch'>, frame: Frame): Performed {
  const value = valueOf(step.value, frame);
  const inside = frame.inner({ value });
  const found = step.cases.find(({ condition }) => isTrue(condition, inside));
  return { outcome: outcomeOf(value, { source: step.id, tier: found?.name ?? 'default' }), route: found?.route ?? step.otherwise };
}

function assigned(step: StepOf<'assign'>, frame: Frame): { readonly [name: string]: Json } {
  const values: { [name: string]: Json } = {};
  for (const { name, value } of step.values) {
    values[name] = keptOf(value, frame);
    frame.set(name, values[name]);
  }
  return values;
}

/** The things to merge speak for themselves: each is an answer of its own. Fault `execution.undecided`. */
function merged(id: string, inputs: readonly Json[], merge: StepOf<'merge'>['merge'], frame: Frame): Outcome {
  const aggregated = aggregate(answersOf(inputs), merge, { seed: id, evaluate: (formula, words) => scoreOf(formula, frame, words) });
  if (aggregated.state === 'undecided') throw new Fault('conflict', 'execution.undecided', aggregated.message, { reason: aggregated.reason });
  return outcomeOf(aggregated.value as Json, { source: id, confidence: aggregated.confidence });
}

function reduced(step: StepOf<'reduce'>, frame: Frame): Outcome {
  const items = itemsOf(step.items, frame);
  if (step.merge) return merged(step.id, items, step.merge, frame);
  return outcomeOf(step.value ? valueOf(step.value, frame.inner({ items, item: items })) : items, { source: step.id });
}

const chunks = (items: readonly Json[], size: number): readonly Json[] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, at) => items.slice(at * size, (at + 1) * size));

/** Inputs that are compared with each other. */
const COMPARED_MAX = 50;

/** Of any two of them; 1 when there is nothing to compare. */
function lowestSimilarity(items: readonly Json[]): number {
  if (items.length > COMPARED_MAX)
    throw new Fault('invalid', 'execution.too_many_items', `At most ${COMPARED_MAX} inputs are compared with each other; there are ${items.length}.`, {
      max: COMPARED_MAX,
    });
  let lowest = 1;
  for (const [at, one] of items.entries()) for (const other of items.slice(at + 1)) lowest = Math.min(lowest, similarityOf(one, other));
  return lowest;
}
