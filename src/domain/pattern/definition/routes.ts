/** Where a step goes next: `onPass`, `onFail`, the cases of a switch, `then`, `onInconsistent`, `onError`. */
import { DURATION_MAX, RETRIES_MAX } from '../../../contracts/pattern/bounds';
import type { Escalation, OnError, PatternCall, Route } from '../../../contracts/pattern/step';
import { isRange } from '../../version';
import { shown, type Fields, type Reading } from './reading';
import type { Path } from '../../yaml/source';
import { readOptionalValue, readValue } from './values';

/** What a route may refer to: the ids of the list it stands in, its own place there, and the step that gave the value it decides on. */
export interface Place {
  readonly ids: readonly string[];
  readonly decides: string | null;
  /** Variables that steps give; a route that runs a pattern adds its `output`. */
  readonly names: Set<string>;
}

const GO_ON: Route = { kind: 'continue' };
const ROUTE_FIELDS = ['next', 'output', 'pattern', 'input', 'action', 'type', 'retry', 'maxRetries', 'target', 'to', 'context', 'timeout', 'message', 'value'];
const ACTIONS = ['accept', 'continue', 'fail', 'retry', 'escalate'] as const;

/** A text: the id of a step, or `output`, `continue`, `fail`. An object: what its fields say. */
export function readRoute(reading: Reading, value: unknown, path: Path, place: Place, also: readonly string[] = []): Route {
  if (value === undefined || value === null) return GO_ON;
  if (typeof value === 'string') return routeOfWord(reading, value, path, place);
  const fields = reading.object(value, path, [...also, ...ROUTE_FIELDS]);
  if (fields['next'] !== undefined) return nextTo(reading, fields['next'], [...path, 'next'], place);
  if (fields['pattern'] !== undefined) {
    const output = fields['output'] === undefined ? null : reading.name(fields['output'], [...path, 'output']);
    if (output !== null) place.names.add(output);
    return { kind: 'pattern', call: readCall(reading, fields, path), output };
  }
  if (fields['retry'] !== undefined) return retryFrom(reading, fields['retry'], [...path, 'retry'], fields, path, place);
  const word = fields['action'] === undefined ? 'type' : 'action';
  const action = reading.oneOf(fields[word], [...path, word], ACTIONS, fields['output'] === undefined ? 'continue' : 'accept');
  if (action === 'accept') return { kind: 'finish', value: readOptionalValue(reading, fields['output'], [...path, 'output']) };
  if (action === 'fail')
    return { kind: 'fail', message: reading.optionalText(fields['message'], [...path, 'message']) ?? 'The pattern ends here as its definition says.' };
  if (action === 'escalate') return { kind: 'escalate', escalation: readEscalation(reading, fields, path) };
  return action === 'retry' ? retryFrom(reading, fields['target'], [...path, 'target'], fields, path, place) : GO_ON;
}

function routeOfWord(reading: Reading, word: string, path: Path, place: Place): Route {
  if (place.ids.includes(word)) return { kind: 'next', step: word };
  if (word === 'output' || word === 'accept') return { kind: 'finish', value: null };
  if (word === 'continue') return GO_ON;
  if (word === 'fail') return { kind: 'fail', message: 'The pattern ends here as its definition says.' };
  return word === 'retry' ? retryFrom(reading, undefined, path, {}, path, place) : nextTo(reading, word, path, place);
}

function nextTo(reading: Reading, value: unknown, path: Path, { ids }: Place): Route {
  if (typeof value === 'string' && ids.includes(value)) return { kind: 'next', step: value };
  reading.report(path, `There is no step ${shown(value)} in this list.`, `the id of a step beside it: ${ids.join(', ')}`);
  return GO_ON;
}

/** `true` and nothing both mean: from the step whose outcome is decided on. */
function retryFrom(reading: Reading, target: unknown, path: Path, fields: Fields, whole: Path, { ids, decides }: Place): Route {
  const step = target === undefined || target === true ? decides : target;
  const maxRetries = reading.optionalNumber(fields['maxRetries'], [...whole, 'maxRetries'], { min: 1, max: RETRIES_MAX, integer: true }) ?? 1;
  if (typeof step === 'string' && ids.includes(step)) return { kind: 'retry', step, maxRetries };
  reading.report(
    path,
    step === null ? 'It is not clear from where to try again.' : `There is no step ${shown(step)} in this list.`,
    `target: the id of a step before it: ${ids.join(', ')}`,
  );
  return GO_ON;
}

export function readEscalation(reading: Reading, fields: Fields, path: Path): Escalation {
  return {
    to: reading.text(fields['to'], [...path, 'to'], { expected: 'whom to ask, such as human-review' }),
    context: readOptionalValue(reading, fields['context'], [...path, 'context']),
    timeoutMs: reading.optionalNumber(fields['timeout'], [...path, 'timeout'], { min: 1, max: DURATION_MAX, integer: true }),
    onTimeout: reading.oneOf(fields['onTimeout'], [...path, 'onTimeout'], ['fail', 'continue'], 'fail'),
  };
}

/** `pattern: name@1.x`, and its input. */
export function readCall(reading: Reading, fields: Fields, path: Path): PatternCall {
  const text = reading.text(fields['pattern'], [...path, 'pattern'], { max: 256, expected: 'the name of a pattern, such as entity-extraction@1.x' });
  const at = text.indexOf('@');
  const name = at < 0 ? text : text.slice(0, at);
  const range = at < 0 ? '*' : text.slice(at + 1);
  if (text !== '') reading.name(name, [...path, 'pattern']);
  if (range === '' || !isRange(range)) {
    reading.report(
      [...path, 'pattern'],
      `${JSON.stringify(range.slice(0, 60))} is no range of versions.`,
      'a range of versions after the @, such as 1.x, ^2.1 or 1.0.0',
    );
  }
  return { name, range, input: readOptionalValue(reading, fields['input'], [...path, 'input']) };
}

export function readOnError(reading: Reading, value: unknown, path: Path): OnError {
  if (value === undefined) return { type: 'fail' };
  const given = typeof value === 'string' ? { type: value } : value;
  const type = reading.oneOf(reading.map(given, path)['type'], [...path, 'type'], ['fail', 'continue', 'default', 'retry'], 'fail');
  const known = { fail: [], continue: [], default: ['value'], retry: ['maxRetries', 'delay'] }[type];
  const fields = reading.object(given, path, ['type', ...known]);
  if (type === 'default') return { type, value: readValue(reading, fields['value'], [...path, 'value']) };
  if (type !== 'retry') return { type };
  const maxRetries = reading.optionalNumber(fields['maxRetries'], [...path, 'maxRetries'], { min: 1, max: RETRIES_MAX, integer: true }) ?? 1;
  const delayMs = reading.optionalNumber(fields['delay'], [...path, 'delay'], { max: DURATION_MAX, integer: true }) ?? 0;
  return { type, maxRetries, delayMs };
}
