/** A pattern: from its fields to the plan. */
import { STEPS_RUN_DEFAULT, STEPS_RUN_MAX } from '../../../contracts/pattern/bounds';
import { PLAN_FORMAT, type PatternPlan } from '../../../contracts/pattern/plan';
import type { Step } from '../../../contracts/pattern/step';
import type { ValueSchema } from '../../../contracts/pattern/value-schema';
import { duration, readWork, type Defaults } from './agents';
import { HEAD_FIELDS, readHead, type Head } from './head';
import { checkNames } from './names';
import { isFields, type Fields, type Reading } from './reading';
import { readAllSteps } from './steps';
import { readValidation } from './validation';
import { readInput } from './value-schemas';
import { readValue } from './values';

export const PATTERN_FIELDS = [...HEAD_FIELDS, 'security', 'input', 'agents', 'execution', 'aggregation', 'validation', 'steps', 'output'];

export function readPattern(reading: Reading, value: unknown): PatternPlan {
  const fields = reading.object(value, [], PATTERN_FIELDS);
  const head = readHead(reading, fields);
  const input = readInput(reading, fields['input'], ['input']);
  const { steps, names } = fields['steps'] === undefined ? mainStep(reading, fields) : severalSteps(reading, fields);
  const plan = planOf(reading, fields, head, input, steps);
  checkNames(reading, steps, names, input);
  return plan;
}

type Steps = { readonly steps: Step[]; readonly names: ReadonlySet<string> };

/** A pattern without steps asks its agents once. */
function mainStep(reading: Reading, fields: Fields): Steps {
  const { maxSteps: _maxSteps, ...execution } = isFields(fields['execution']) ? fields['execution'] : {};
  const own = { ...fields, ...(isFields(fields['execution']) ? { execution } : {}), input: undefined };
  const work = readWork(reading, own, [], { agents: null, aggregation: null });
  const step: Step = { id: 'main', type: 'agents', condition: null, output: null, onError: { type: 'fail' }, next: { kind: 'continue' }, ledTo: false, work };
  return { steps: [step], names: new Set(['main']) };
}

function severalSteps(reading: Reading, fields: Fields): Steps {
  const given = (name: string): Defaults['agents'] => (fields[name] === undefined ? null : { value: fields[name], path: [name] });
  if (isFields(fields['execution'])) reading.object(fields['execution'], ['execution'], ['strategy', 'timeout', 'maxSteps', 'waitForAll']);
  return readAllSteps(reading, { agents: given('agents'), aggregation: given('aggregation') }, fields['steps'], ['steps']);
}

function planOf(reading: Reading, fields: Fields, { name, version }: Head, input: ValueSchema, steps: Step[]): PatternPlan {
  const execution = isFields(fields['execution']) ? fields['execution'] : {};
  const { $metrics: metrics, ...output } = isFields(fields['output']) ? fields['output'] : {};
  const security = fields['security'] === undefined ? null : reading.object(fields['security'], ['security'], ['allowedUsers', 'allowedRoles']);
  return {
    format: PLAN_FORMAT,
    kind: 'pattern',
    name,
    version,
    input,
    steps,
    maxSteps: reading.optionalNumber(execution['maxSteps'], ['execution', 'maxSteps'], { min: 1, max: STEPS_RUN_MAX, integer: true }) ?? STEPS_RUN_DEFAULT,
    timeoutMs: fields['steps'] === undefined ? null : duration(reading, execution['timeout'], ['execution', 'timeout']),
    validation: fields['steps'] === undefined || fields['validation'] === undefined ? null : readValidation(reading, fields['validation'], ['validation']),
    output: fields['output'] === undefined ? null : readValue(reading, isFields(fields['output']) ? output : fields['output'], ['output']),
    metrics: readMetrics(reading, metrics),
    security: security && {
      allowedUsers: reading.texts(security['allowedUsers'], ['security', 'allowedUsers']),
      allowedRoles: reading.texts(security['allowedRoles'], ['security', 'allowedRoles']),
    },
  };
}

function readMetrics(reading: Reading, value: unknown): PatternPlan['metrics'] {
  const path = ['output', '$metrics'];
  return reading.list(value, path).map((each, at) => {
    const fields = reading.object(each, [...path, at], ['name', 'value']);
    return { name: reading.text(fields['name'], [...path, at, 'name'], { max: 128 }), value: readValue(reading, fields['value'], [...path, at, 'value']) };
  });
}
