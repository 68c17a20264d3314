/** What each type of step says besides what all steps say. */
import type { PatternCall, Route, Step, StepOf, StepType } from '../../../contracts/pattern/step';
import { BATCH_CONCURRENCY_DEFAULT, LOOP_ITERATIONS_MAX } from '../../../contracts/pattern/bounds';
import { FUNCTIONS, type Expression, type FunctionName } from '../../../contracts/pattern/expression';
import { parseText } from '../expression/parse-text';
import { MERGE_FIELDS, readMerge } from './aggregation';
import { WORK_FIELDS, readWork } from './agents';
import { readCall, readEscalation, readRoute } from './routes';
import { noteName, type StepAt } from './gathering';
import { readBranches, readCases } from './step-parts';
import { NOTHING, readCondition, readFormula, readOptionalValue, readValue } from './values';

type Base = keyof Pick<StepOf<'compute'>, 'id' | 'condition' | 'output' | 'onError' | 'next' | 'ledTo'>;
type Rest<T extends StepType> = T extends StepType ? Omit<StepOf<T>, Base> : never;

interface Kind<T extends StepType> {
  readonly fields: readonly string[];
  /** `condition` means something else here than whether the step runs at all. */
  readonly usesCondition?: boolean;
  readonly read: (step: StepAt) => Rest<T>;
}

const value = (step: StepAt, name: string): Expression => readValue(step.gathering.reading, step.fields[name], [...step.path, name]);
const optional = (step: StepAt, name: string): Expression | null => readOptionalValue(step.gathering.reading, step.fields[name], [...step.path, name]);
const route = (step: StepAt, name: string): Route => readRoute(step.gathering.reading, step.fields[name], [...step.path, name], step.place, ['onTimeout']);
const call = (step: StepAt): PatternCall => readCall(step.gathering.reading, step.fields, step.path);

/** `task` of a batch or a repeat: one step that needs no id, or `steps`. */
function task({ gathering, id, fields, path, depth }: StepAt, names: readonly string[]): Step[] {
  const at = [...path, 'task'];
  const given = gathering.reading.map(fields['task'], at);
  return gathering.reading.within(names, () =>
    given['steps'] === undefined || given['type'] !== undefined
      ? [gathering.step(fields['task'] ?? {}, at, depth + 1, `${id}-task`)]
      : gathering.steps(gathering.reading.object(given, at, ['steps'])['steps'], [...at, 'steps'], depth + 1),
  );
}

function number(step: StepAt, name: string, bounds: { readonly min: number; readonly max: number; readonly integer?: boolean }, otherwise: number): number {
  return step.gathering.reading.optionalNumber(step.fields[name], [...step.path, name], bounds) ?? otherwise;
}

/** `operation: merge` with the fields of a merge; the name of a function; or a value in which `$items` is the list. */
function reduction(step: StepAt): Pick<StepOf<'reduce'>, 'merge' | 'value'> {
  const { gathering, fields, path } = step;
  const { operation = 'merge' } = fields;
  if (operation === 'merge') return { merge: readMerge(gathering.reading, fields, path), value: null };
  const items: Expression = { kind: 'name', name: 'items' };
  if (typeof operation === 'string' && Object.hasOwn(FUNCTIONS, operation) && FUNCTIONS[operation as FunctionName][0] === 1) {
    return { merge: null, value: { kind: 'call', function: operation as FunctionName, arguments: [items] } };
  }
  return { merge: null, value: gathering.reading.within(['items', 'item'], () => readValue(gathering.reading, operation, [...path, 'operation'])) };
}

/** `operation` and `inputs`: a function and its arguments; or `value`, an expression. */
function computation(step: StepAt): Expression {
  const { gathering, fields, path } = step;
  const { reading } = gathering;
  if (fields['value'] !== undefined) return readFormulaOrValue(step);
  const operation = reading.oneOf(fields['operation'], [...path, 'operation'], Object.keys(FUNCTIONS) as FunctionName[], 'sum');
  if (fields['operation'] === undefined) reading.report(path, 'There is nothing to compute.', 'operation and inputs, or value');
  const inputs = Array.isArray(fields['inputs'])
    ? reading.list(fields['inputs'], [...path, 'inputs']).map((each, at) => readValue(reading, each, [...path, 'inputs', at]))
    : [value(step, 'inputs')];
  const [fewest, most] = FUNCTIONS[operation];
  if (inputs.length < fewest || inputs.length > most)
    reading.report([...path, 'inputs'], `${operation} was given ${inputs.length} inputs.`, `${fewest} to ${most}`);
  return { kind: 'call', function: operation, arguments: inputs };
}

/** A text is a formula when it can be read as one: `value: $a + $b`, `value: (1 + 2) * 3`. */
const readFormulaOrValue = ({ gathering, fields, path }: StepAt): Expression =>
  typeof fields['value'] === 'string' && 'expression' in parseText(fields['value'], 'condition')
    ? readFormula(gathering.reading, fields['value'], [...path, 'value'])
    : readValue(gathering.reading, fields['value'], [...path, 'value']);

export const KINDS: { readonly [T in StepType]: Kind<T> } = {
  agents: {
    fields: WORK_FIELDS,
    read: ({ gathering, fields, path }) => ({ type: 'agents', work: readWork(gathering.reading, fields, path, gathering.defaults) }),
  },
  pattern: { fields: ['pattern', 'input'], read: (step) => ({ type: 'pattern', call: call(step) }) },
  switch: { fields: ['value', 'cases', 'default'], read: (step) => ({ type: 'switch', value: value(step, 'value'), ...readCases(step) }) },
  gate: {
    fields: ['onPass', 'onFail'],
    usesCondition: true,
    read: (step) => ({
      type: 'gate',
      check: readCondition(step.gathering.reading, step.fields['condition'], [...step.path, 'condition']),
      onPass: route(step, 'onPass'),
      onFail: route(step, 'onFail'),
    }),
  },
  parallel: { fields: ['branches'], read: (step) => ({ type: 'parallel', branches: readBranches(step) }) },
  merge: {
    fields: ['inputs', ...MERGE_FIELDS],
    read: (step) => ({ type: 'merge', inputs: value(step, 'inputs'), merge: readMerge(step.gathering.reading, step.fields, step.path) }),
  },
  batch: {
    fields: ['items', 'concurrency', 'stopOnError', 'task'],
    read: (step) => ({
      type: 'batch',
      items: value(step, 'items'),
      concurrency: optional(step, 'concurrency') ?? { kind: 'literal', value: BATCH_CONCURRENCY_DEFAULT },
      stopOnError: step.gathering.reading.boolean(step.fields['stopOnError'], [...step.path, 'stopOnError'], true),
      task: task(step, ['item', 'index']),
    }),
  },
  reduce: {
    fields: ['items', 'operation', ...MERGE_FIELDS],
    read: (step) => ({ type: 'reduce', items: value(step, 'items'), ...reduction(step) }),
  },
  split: { fields: ['items', 'chunkSize'], read: (step) => ({ type: 'split', items: value(step, 'items'), chunkSize: value(step, 'chunkSize') }) },
  loop: {
    fields: ['maxIterations', 'steps'],
    usesCondition: true,
    read: (step) => ({
      type: 'loop',
      maxIterations: number(step, 'maxIterations', { min: 1, max: LOOP_ITERATIONS_MAX, integer: true }, 10),
      goOn: readCondition(step.gathering.reading, step.fields['condition'], [...step.path, 'condition']),
      steps: step.gathering.reading.within(['index'], () => step.gathering.steps(step.fields['steps'], [...step.path, 'steps'], step.depth + 1)),
    }),
  },
  repeat: { fields: ['count', 'task'], read: (step) => ({ type: 'repeat', count: value(step, 'count'), task: task(step, ['index']) }) },
  compare: {
    fields: ['inputs', 'similarity', 'onInconsistent', 'maxRetries', 'target'],
    read: (step) => ({
      type: 'compare',
      inputs: value(step, 'inputs'),
      similarity: number(step, 'similarity', { min: 0, max: 1 }, 1),
      onInconsistent: inconsistent(step),
    }),
  },
  assign: {
    fields: ['values'],
    read: ({ gathering, fields, path }) => ({
      type: 'assign',
      values: Object.entries(gathering.reading.map(fields['values'], [...path, 'values'])).map(([name, each]) => {
        noteName(gathering, gathering.reading.name(name, [...path, 'values', name]), [...path, 'values', name]);
        return { name, value: readValue(gathering.reading, each, [...path, 'values', name]) };
      }),
    }),
  },
  compute: { fields: ['operation', 'inputs', 'value'], read: (step) => ({ type: 'compute', value: computation(step) }) },
  escalate: {
    fields: ['to', 'context', 'timeout', 'onTimeout'],
    read: ({ gathering, fields, path }) => ({ type: 'escalate', escalation: readEscalation(gathering.reading, fields, path) }),
  },
  default: { fields: ['value'], read: (step) => ({ type: 'default', value: step.fields['value'] === undefined ? missing(step) : value(step, 'value') }) },
};

function missing({ gathering, path }: StepAt): Expression {
  gathering.reading.report([...path, 'value'], 'It is missing.', 'a value');
  return NOTHING;
}

/** `onInconsistent: retry` with `maxRetries` and `target` beside it, or a route. */
function inconsistent(step: StepAt): Route {
  const { gathering, fields, path, place } = step;
  if (fields['onInconsistent'] !== 'retry') return route(step, 'onInconsistent');
  return readRoute(gathering.reading, { action: 'retry', target: fields['target'], maxRetries: fields['maxRetries'] }, path, place);
}
