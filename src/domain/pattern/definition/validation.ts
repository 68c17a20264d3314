/** `validation` of a definition: when a result is good enough, and what follows when it is not. */
import { FAILURE_ACTIONS, type Fallback, type Validation } from '../../../contracts/pattern/agents-step';
import { DURATION_MAX, RETRIES_MAX } from '../../../contracts/pattern/bounds';
import type { Fields, Reading } from './reading';
import type { Path } from '../../yaml/source';
import { readSchema } from './value-schemas';
import { readCondition, readOptionalValue, readValue } from './values';

const FIELDS = [
  'minConfidence',
  'checks',
  'onFailure',
  'schema',
  'onInvalid',
  'maxLatency',
  'onTimeout',
  'maxRetries',
  'retryDelay',
  'fallback',
  '$custom',
] as const;
const RETRIES = 2;

export function readValidation(reading: Reading, value: unknown, path: Path): Validation {
  const fields = reading.object(value, path, FIELDS);
  const at = (name: (typeof FIELDS)[number]): Path => [...path, name];
  const fallback = fields['fallback'] === undefined ? null : readFallback(reading, fields['fallback'], at('fallback'));
  const usual = fallback === null ? 'fail' : 'fallback';
  const onFailure = reading.oneOf(fields['onFailure'], at('onFailure'), FAILURE_ACTIONS, usual);
  const validation: Validation = {
    minConfidence: reading.share(fields['minConfidence'], at('minConfidence')),
    checks: reading.list(fields['checks'], at('checks')).map((each, index) => readCheck(reading, each, [...at('checks'), index])),
    onFailure,
    schema: fields['schema'] === undefined ? null : readSchema(reading, fields['schema'], at('schema')),
    onInvalid: reading.oneOf(fields['onInvalid'], at('onInvalid'), FAILURE_ACTIONS, onFailure),
    maxLatencyMs: milliseconds(reading, fields['maxLatency'], at('maxLatency')),
    onTimeout: reading.oneOf(fields['onTimeout'], at('onTimeout'), FAILURE_ACTIONS, onFailure),
    maxRetries: reading.optionalNumber(fields['maxRetries'], at('maxRetries'), { max: RETRIES_MAX, integer: true }) ?? RETRIES,
    retryDelayMs: reading.optionalNumber(fields['retryDelay'], at('retryDelay'), { max: DURATION_MAX, integer: true }) ?? 0,
    fallback,
    custom: fields['$custom'] === undefined ? null : readCustom(reading, fields['$custom'], at('$custom')),
  };
  for (const name of ['onFailure', 'onInvalid', 'onTimeout'] as const) {
    if (validation[name] === 'fallback' && fallback === null) reading.report(at(name), 'There is no fallback to take.', 'a field fallback beside it');
  }
  return validation;
}

const milliseconds = (reading: Reading, value: unknown, path: Path): number | null =>
  reading.optionalNumber(value, path, { min: 1, max: DURATION_MAX, integer: true });

function readCheck(reading: Reading, value: unknown, path: Path): Validation['checks'][number] {
  const fields = reading.object(value, path, ['name', 'condition']);
  return {
    name: reading.text(fields['name'], [...path, 'name'], { max: 128 }),
    condition: readCondition(reading, fields['condition'], [...path, 'condition']),
  };
}

const TYPES = ['default', 'escalate', 'previous', 'cached'] as const;
const KNOWN: Readonly<Record<(typeof TYPES)[number], readonly string[]>> = {
  default: ['value'],
  escalate: ['to', 'includeContext', 'timeout'],
  previous: ['maxAge'],
  cached: ['maxAge'],
};
const CONTEXT = ['input', 'result', 'results', 'validation', 'agentResponses', 'agreementMetrics'];

function readFallback(reading: Reading, value: unknown, path: Path): Fallback {
  const given = reading.map(value, path)['type'];
  if (given === undefined) reading.report(path, 'The fallback has no type.', `type: one of ${TYPES.join(', ')}`);
  const type = reading.oneOf(given, [...path, 'type'], TYPES, 'default');
  const fields = reading.object(value, path, ['type', ...KNOWN[type]]);
  if (type === 'default') return { type, value: readValue(reading, fields['value'], [...path, 'value']) };
  if (type !== 'escalate') return { type, maxAgeMs: milliseconds(reading, fields['maxAge'], [...path, 'maxAge']) };
  return {
    type,
    to: reading.text(fields['to'], [...path, 'to']),
    context: readContext(reading, fields, path),
    timeoutMs: milliseconds(reading, fields['timeout'], [...path, 'timeout']),
  };
}

/** true (as usual): the input and the result; a list: these. */
function readContext(reading: Reading, fields: Fields, path: Path): string[] {
  const given = fields['includeContext'];
  if (Array.isArray(given)) return given.map((each, at) => reading.oneOf(each, [...path, 'includeContext', at], CONTEXT, 'result'));
  return reading.boolean(given, [...path, 'includeContext'], true) ? ['input', 'result', 'validation'] : [];
}

function readCustom(reading: Reading, value: unknown, path: Path): Validation['custom'] {
  const fields = reading.object(value, path, ['condition', 'action', 'value']);
  const action = reading.oneOf(fields['action'], [...path, 'action'], ['override', ...FAILURE_ACTIONS], 'override');
  if (action === 'override' && fields['value'] === undefined)
    reading.report(path, 'There is nothing to take instead.', 'value: what takes the place of the result');
  return {
    condition: readCondition(reading, fields['condition'], [...path, 'condition']),
    action,
    value: readOptionalValue(reading, fields['value'], [...path, 'value']),
  };
}
