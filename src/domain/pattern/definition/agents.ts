/** `agents`, `execution` and what else a step says that asks agents. */
import type { AgentsRequirement, AgentsWork, Execution, SequentialTask } from '../../../contracts/pattern/agents-step';
import type { Aggregation } from '../../../contracts/pattern/aggregation';
import { AGENTS_MAX, DURATION_MAX } from '../../../contracts/pattern/bounds';
import { readAggregation } from './aggregation';
import type { Fields, Reading } from './reading';
import type { Path } from '../../yaml/source';
import { readValidation } from './validation';
import { readOptionalValue, readValue, readValues } from './values';

export const WORK_FIELDS = ['agents', 'input', 'instructions', 'execution', 'aggregation', 'validation'] as const;

/** What the pattern itself says of agents holds for its steps where they say nothing. */
export interface Defaults {
  readonly agents: { readonly value: unknown; readonly path: Path } | null;
  readonly aggregation: { readonly value: unknown; readonly path: Path } | null;
}

export const duration = (reading: Reading, value: unknown, path: Path): number | null =>
  reading.optionalNumber(value, path, { min: 1, max: DURATION_MAX, integer: true });

export function readWork(reading: Reading, fields: Fields, path: Path, defaults: Defaults): AgentsWork {
  const given = fields['agents'] === undefined ? defaults.agents : { value: fields['agents'], path: [...path, 'agents'] };
  const execution = readExecution(reading, fields['execution'], [...path, 'execution']);
  const tasks = execution.strategy === 'sequential' && execution.tasks.length > 0;
  if (given === null && !tasks) reading.report(path, 'It says nothing of agents.', 'agents: {capabilities: […], min: 1}');
  const agents = given === null ? anyone : readAgents(reading, given.value, given.path, tasks);
  if (execution.strategy === 'parallel' && (execution.minResults ?? 0) > (agents.max ?? agents.min)) {
    reading.report([...path, 'execution', 'minResults'], 'It is more than the agents that are asked.', `at most ${agents.max ?? agents.min}`);
  }
  const aggregation = fields['aggregation'] === undefined ? defaults.aggregation : { value: fields['aggregation'], path: [...path, 'aggregation'] };
  return {
    agents,
    input: readOptionalValue(reading, fields['input'], [...path, 'input']),
    instructions: readOptionalValue(reading, fields['instructions'], [...path, 'instructions']),
    execution,
    aggregation: aggregation === null ? usual(execution, agents) : readAggregation(reading, aggregation.value, aggregation.path),
    validation: fields['validation'] === undefined ? null : readValidation(reading, fields['validation'], [...path, 'validation']),
  };
}

const anyone: AgentsRequirement = { capabilities: [], min: 1, max: null, taskTimeoutMs: null, prefer: [], exclude: [] };

function readAgents(reading: Reading, value: unknown, path: Path, tasks: boolean): AgentsRequirement {
  const fields = reading.object(value, path, ['capabilities', 'min', 'max', 'taskTimeout', 'prefer', 'exclude']);
  const at = (name: string): Path => [...path, name];
  const capabilities = readValues(reading, fields['capabilities'], at('capabilities'));
  if (capabilities.length === 0 && !tasks) reading.report(at('capabilities'), 'There is no capability.', 'a list of at least one, such as [classification]');
  const amount = { min: 1, max: AGENTS_MAX, integer: true };
  const min = reading.optionalNumber(fields['min'], at('min'), amount) ?? 1;
  const max = reading.optionalNumber(fields['max'], at('max'), amount);
  if (max !== null && max < min) reading.report(at('max'), `max is ${max} and min is ${min}.`, `at least ${min}`);
  return {
    capabilities,
    min,
    max,
    taskTimeoutMs: duration(reading, fields['taskTimeout'], at('taskTimeout')),
    prefer: readValues(reading, fields['prefer'], at('prefer')),
    exclude: readValues(reading, fields['exclude'], at('exclude')),
  };
}

const STRATEGIES = ['parallel', 'sequential', 'race', 'first'] as const;
const KNOWN: Readonly<Record<(typeof STRATEGIES)[number], readonly string[]>> = {
  parallel: ['waitForAll', 'minResults'],
  sequential: ['stopOnError', 'steps'],
  race: ['minConfidence'],
  first: [],
};

export function readExecution(reading: Reading, value: unknown, path: Path, also: readonly string[] = []): Execution {
  const strategy = reading.oneOf(reading.map(value ?? {}, path)['strategy'], [...path, 'strategy'], STRATEGIES, 'parallel');
  const fields = reading.object(value ?? {}, path, ['strategy', 'timeout', ...also, ...KNOWN[strategy]]);
  const timeoutMs = duration(reading, fields['timeout'], [...path, 'timeout']);
  if (strategy === 'race') return { strategy, timeoutMs, minConfidence: reading.share(fields['minConfidence'], [...path, 'minConfidence']) };
  if (strategy === 'first') return { strategy, timeoutMs };
  if (strategy === 'sequential') {
    const tasks = reading.list(fields['steps'], [...path, 'steps'], AGENTS_MAX).map((each, index) => readTask(reading, each, [...path, 'steps', index]));
    return { strategy, timeoutMs, stopOnError: reading.boolean(fields['stopOnError'], [...path, 'stopOnError'], true), tasks };
  }
  const waitForAll = reading.boolean(fields['waitForAll'], [...path, 'waitForAll'], true);
  const minResults = reading.optionalNumber(fields['minResults'], [...path, 'minResults'], { min: 1, max: AGENTS_MAX, integer: true });
  if (waitForAll && minResults !== null)
    reading.report([...path, 'minResults'], 'minResults has no meaning while all are waited for.', 'waitForAll: false beside it');
  return { strategy, timeoutMs, waitForAll, minResults };
}

function readTask(reading: Reading, value: unknown, path: Path): SequentialTask {
  const fields = reading.object(value, path, ['capability', 'input', 'output']);
  return {
    capability: readValue(reading, fields['capability'], [...path, 'capability']),
    input: readOptionalValue(reading, fields['input'], [...path, 'input']),
    output: fields['output'] === undefined ? null : reading.name(fields['output'], [...path, 'output']),
  };
}

/** Without `aggregation`: the result where there is one, and of several agents what they agree on; of tasks in turn the last one's. */
function usual(execution: Execution, { min, max }: AgentsRequirement): Aggregation {
  const one = execution.strategy === 'race' || execution.strategy === 'first' || (max ?? min) === 1;
  if (one || execution.strategy === 'sequential') return { strategy: 'first', minConfidence: null };
  return { strategy: 'consensus', threshold: 0.7, minVotes: 1, conflictResolution: 'weighted', minConfidence: null, fields: null };
}
