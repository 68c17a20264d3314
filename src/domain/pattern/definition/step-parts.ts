/** The cases of a switch and the branches of a parallel step. */
import type { StepOf } from '../../../contracts/pattern/step';
import type { BinaryOperator, Expression } from '../../../contracts/pattern/expression';
import { parseText } from '../expression/parse-text';
import { isFields, type Reading } from './reading';
import { readRoute } from './routes';
import type { Path } from '../../yaml/source';
import { readId, type StepAt } from './gathering';
import { NOTHING, readCondition } from './values';

const VALUE: Expression = { kind: 'name', name: 'value' };

/** A case fits when the value is its name; one with `condition`, when that holds. `default` stands among them or beside them. */
export function readCases({ gathering, fields, path, place }: StepAt): Pick<StepOf<'switch'>, 'cases' | 'otherwise'> {
  const { reading } = gathering;
  const { default: inside, ...cases } = reading.map(fields['cases'], [...path, 'cases']);
  if (fields['cases'] === undefined || Object.keys(cases).length === 0)
    reading.report([...path, 'cases'], 'There is no case.', 'cases: {name: {next: a-step}}');
  const otherwise = fields['default'] ?? inside;
  return {
    cases: Object.entries(cases).map(([name, each]) => {
      const at = [...path, 'cases', name];
      const condition = isFields(each) ? each['condition'] : undefined;
      return {
        name,
        condition: condition === undefined ? sameAs(name) : reading.within(['value'], () => readComparison(reading, condition, [...at, 'condition'])),
        route: readRoute(reading, each, at, place, ['condition', 'onTimeout']),
      };
    }),
    otherwise: readRoute(reading, otherwise, fields['default'] === undefined ? [...path, 'cases', 'default'] : [...path, 'default'], place),
  };
}

/** Names of cases are texts, also where the value is a number or true. */
const sameAs = (name: string): Expression => ({
  kind: 'binary',
  operator: '==',
  left: { kind: 'call', function: 'string', arguments: [VALUE] },
  right: { kind: 'literal', value: name },
});

const WORDS: Readonly<Record<string, BinaryOperator>> = { eq: '==', ne: '!=', gt: '>', gte: '>=', lt: '<', lte: '<=', in: 'in' };

/** `gte 0.8` is short for `$value >= 0.8`. */
function readComparison(reading: Reading, value: unknown, path: Path): Expression {
  const [, word, right] = (typeof value === 'string' ? /^\s*(eq|ne|gte?|lte?|in)\s+(.+)$/s.exec(value) : null) ?? [];
  if (word === undefined || right === undefined) return readCondition(reading, value, path);
  const parsed = parseText(right, 'condition');
  if ('problem' in parsed) {
    reading.report(path, parsed.problem.message, parsed.problem.expected);
    return NOTHING;
  }
  return { kind: 'binary', operator: WORDS[word] ?? '==', left: VALUE, right: readCondition(reading, right, path) };
}

/** A branch is one step, or `id` and `steps`. */
export function readBranches({ gathering, fields, path, depth }: StepAt): StepOf<'parallel'>['branches'] {
  const { reading } = gathering;
  const list = reading.list(fields['branches'], [...path, 'branches'], 50);
  if (list.length === 0) reading.report([...path, 'branches'], 'There is no branch.', 'at least one');
  return list.map((branch, index) => {
    const at = [...path, 'branches', index];
    if (!isFields(branch) || branch['steps'] === undefined || branch['type'] !== undefined) {
      const step = gathering.step(branch, at, depth + 1);
      return { id: step.id, steps: [step] };
    }
    const several = reading.object(branch, at, ['id', 'description', 'steps']);
    const id = readId(gathering, several['id'], [...at, 'id']);
    return { id, steps: gathering.steps(several['steps'], [...at, 'steps'], depth + 1) };
  });
}
