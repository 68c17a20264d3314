/** Whether every variable that a definition names is there: a typing mistake is told when the pattern is stored, not in the middle of an execution. */
import type { Aggregation } from '../../../contracts/pattern/aggregation';
import type { Step } from '../../../contracts/pattern/step';
import type { ValueSchema } from '../../../contracts/pattern/value-schema';
import { nearest } from '../../nearest';
import type { Reading, Use } from './reading';

/** Variables that every pattern has. */
const BUILT_IN = ['input', 'results', 'validResults', 'result', 'final', 'execution', 'validation'];

/** The variable of each strategy of aggregation. */
export const OUTCOME_NAMES: Readonly<Record<Aggregation['strategy'], string>> = {
  voting: 'vote',
  consensus: 'consensus',
  merge: 'merged',
  first: 'first',
  best: 'best',
  fields: 'aggregated',
};

/** All steps, with those inside of others. */
export const allSteps = (steps: readonly Step[]): readonly Step[] => steps.flatMap((step) => [step, ...allSteps(innerSteps(step))]);

function innerSteps(step: Step): readonly Step[] {
  if (step.type === 'loop') return step.steps;
  if (step.type === 'batch' || step.type === 'repeat') return step.task;
  return step.type === 'parallel' ? step.branches.flatMap(({ steps }) => steps) : [];
}

/** Variables that come from the way agents are asked: outcomes by strategy, and outputs of tasks in turn. */
function namesOfWork(steps: readonly Step[]): readonly string[] {
  return allSteps(steps).flatMap((step) => {
    if (step.type !== 'agents') return [];
    const { aggregation, execution } = step.work;
    const tasks = execution.strategy === 'sequential' ? execution.tasks.flatMap(({ output }) => output ?? []) : [];
    return [OUTCOME_NAMES[aggregation.strategy], ...tasks];
  });
}

export function checkNames(reading: Reading, steps: readonly Step[], given: ReadonlySet<string>, input: ValueSchema): void {
  const known = new Set([...BUILT_IN, ...given, ...namesOfWork(steps)]);
  checkUses(reading, known, input);
}

export function checkUses(reading: Reading, known: ReadonlySet<string>, input: ValueSchema): void {
  for (const use of reading.uses) {
    if (reading.isFull) return;
    checkUse(reading, use, known, input);
  }
}

function checkUse(reading: Reading, { name, path, local }: Use, known: ReadonlySet<string>, input: ValueSchema): void {
  const field = name.startsWith('input.') ? name.slice('input.'.length) : null;
  const properties = Object.keys(input.properties ?? {});
  if (field !== null) {
    if (properties.length === 0 || properties.includes(field)) return;
    reading.report(path, `The input has no field ${field}.${nearest(field, properties)}`, `one of ${properties.join(', ')}`);
  } else if (!known.has(name)) {
    const names = [...known, ...local].map((each) => `$${each}`);
    reading.report(path, `There is no variable $${name}.${nearest(`$${name}`, names)}${minusIn(name, known)}`, `one of ${names.slice(0, 40).join(', ')}`);
  }
}

/** `$a-1` is one name. */
function minusIn(name: string, known: ReadonlySet<string>): string {
  const before = name.split('-').slice(0, -1).join('-');
  return known.has(before) ? ` A minus sign needs a space before it: $${before} - ${name.slice(before.length + 1)}.` : '';
}
