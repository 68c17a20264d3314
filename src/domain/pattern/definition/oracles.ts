/** `verify` of a role and of a step: an oracle, a list of them, or `oracles` and `combine`. Digest of seed 001, §2.6. */
import { DURATION_MAX } from '../../../contracts/pattern/bounds';
import { COMBINATIONS, type Oracle, type Verification } from '../../../contracts/pattern/org-chart';
import { regexpProblem } from '../../regexp';
import { isFields, type Fields, type Reading } from './reading';
import { readOptionalRoleId } from './role-id';
import type { Path } from '../../yaml/source';
import { readOptionalValue, readValue } from './values';

const ORACLES_MAX = 20;
const KNOWN = {
  command: ['run', 'cwd', 'timeoutMs', 'passConfidence', 'failConfidence', 'scorePattern'],
  agent: ['role', 'rubric'],
  history: ['halfLifeDays', 'minRuns', 'saturationRuns', 'maxRuns', 'drift', 'driftRecentN', 'driftThreshold'],
  checklist: ['criteria', 'weighting', 'role'],
  human: ['prompt', 'timeoutMs', 'onTimeout'],
} as const satisfies Record<Oracle['type'], readonly string[]>;
type Type = Oracle['type'];

export function readVerification(reading: Reading, value: unknown, path: Path, ids: readonly string[]): Verification {
  const isWhole = isFields(value) && value['oracles'] !== undefined;
  const fields = isWhole ? reading.object(value, path, ['oracles', 'combine']) : {};
  const given = isWhole ? fields['oracles'] : value;
  const at = isWhole ? [...path, 'oracles'] : path;
  const list = Array.isArray(given) ? reading.list(given, at, ORACLES_MAX) : [given];
  if (list.length === 0) reading.report(at, 'There is no oracle.', 'at least one');
  return {
    oracles: list.map((each, index) => readOracle(reading, each, Array.isArray(given) ? [...at, index] : at, ids)),
    combine: reading.oneOf(fields['combine'], [...path, 'combine'], COMBINATIONS, 'min'),
  };
}

function readOracle(reading: Reading, value: unknown, path: Path, ids: readonly string[]): Verification['oracles'][number] {
  const given = reading.map(value ?? {}, path)['type'];
  const types = Object.keys(KNOWN) as Type[];
  if (given === undefined) reading.report(path, 'The oracle has no type.', `type: one of ${types.join(', ')}`);
  const type = reading.oneOf(given, [...path, 'type'], types, 'human');
  const fields = reading.object(value ?? {}, path, ['type', 'weight', ...KNOWN[type]]);
  const weight = reading.optionalNumber(fields['weight'], [...path, 'weight'], { min: 0, max: 1_000 }) ?? 1;
  return { oracle: READERS[type](reading, fields, path, ids), weight };
}

const READERS: Readonly<Record<Type, (reading: Reading, fields: Fields, path: Path, ids: readonly string[]) => Oracle>> = {
  command: (reading, fields, path) => ({
    type: 'command',
    run: readValue(reading, fields['run'], [...path, 'run'], 'variables'),
    cwd: readOptionalValue(reading, fields['cwd'], [...path, 'cwd'], 'variables'),
    timeoutMs: timeout(reading, fields, path) ?? 120_000,
    passConfidence: reading.share(fields['passConfidence'], [...path, 'passConfidence']) ?? 1,
    failConfidence: reading.share(fields['failConfidence'], [...path, 'failConfidence']) ?? 0,
    scorePattern: scorePattern(reading, fields['scorePattern'], [...path, 'scorePattern']),
  }),
  agent: (reading, fields, path, ids) => ({
    type: 'agent',
    role: readOptionalRoleId(reading, fields['role'], [...path, 'role'], ids),
    rubric: readOptionalValue(reading, fields['rubric'], [...path, 'rubric'], 'variables'),
  }),
  history: (reading, fields, path) => {
    const number = (name: string, otherwise: number, max: number, integer = true): number =>
      reading.optionalNumber(fields[name], [...path, name], { min: integer ? 1 : 0.01, max, integer }) ?? otherwise;
    return {
      type: 'history',
      halfLifeDays: number('halfLifeDays', 30, 3_650, false),
      minRuns: number('minRuns', 3, 1_000),
      saturationRuns: number('saturationRuns', 10, 1_000),
      maxRuns: number('maxRuns', 200, 1_000),
      drift: reading.boolean(fields['drift'], [...path, 'drift'], true),
      driftRecentN: number('driftRecentN', 5, 1_000),
      driftThreshold: reading.share(fields['driftThreshold'], [...path, 'driftThreshold']) ?? 0.25,
    };
  },
  checklist: (reading, fields, path, ids) => ({
    type: 'checklist',
    criteria: readCriteria(reading, fields['criteria'], [...path, 'criteria']),
    weighting: reading.oneOf(fields['weighting'], [...path, 'weighting'], ['equal', 'firstFailZero'], 'equal'),
    role: readOptionalRoleId(reading, fields['role'], [...path, 'role'], ids),
  }),
  human: (reading, fields, path) => ({
    type: 'human',
    prompt: readOptionalValue(reading, fields['prompt'], [...path, 'prompt'], 'variables'),
    timeoutMs: fields['timeoutMs'] === 0 ? null : timeout(reading, fields, path),
    onTimeout: reading.oneOf(fields['onTimeout'], [...path, 'onTimeout'], ['surface', 'reject'], 'surface'),
  }),
};

const timeout = (reading: Reading, fields: Fields, path: Path): number | null =>
  reading.optionalNumber(fields['timeoutMs'], [...path, 'timeoutMs'], { min: 1, max: DURATION_MAX, integer: true });

function scorePattern(reading: Reading, value: unknown, path: Path): string | null {
  if (value === undefined) return null;
  const pattern = reading.text(value, path, { max: 500 });
  const problem = regexpProblem(pattern);
  if (problem !== null) reading.report(path, `The regular expression cannot be used: ${problem}.`, 'RE2 with one group (a number) or two (passed, failed)');
  return pattern;
}

/** A text, or `text` and `run`. */
function readCriteria(reading: Reading, value: unknown, path: Path): Extract<Oracle, { type: 'checklist' }>['criteria'] {
  const list = reading.list(value, path);
  if (list.length === 0) reading.report(path, 'There is no criterion.', 'at least one');
  return list.map((each, at) => {
    if (typeof each === 'string') return { text: readValue(reading, each, [...path, at], 'variables'), run: null };
    const fields = reading.object(each, [...path, at], ['text', 'run']);
    return {
      text: readValue(reading, fields['text'], [...path, at, 'text'], 'variables'),
      run: readOptionalValue(reading, fields['run'], [...path, at, 'run'], 'variables'),
    };
  });
}
