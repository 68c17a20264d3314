import { DEFINITION_MAX, ERRORS_MAX, YAML_DEPTH_MAX, YAML_MARKS_MAX } from '../../../src/contracts/pattern/bounds';
import { parsePattern } from '../../../src/domain/pattern/parse-pattern';

const HEAD = 'name: a\nversion: 1.0.0\nagents:\n  capabilities: [x]\n';
const filled = (unit: string, before = ''): string => before + unit.repeat(Math.floor((DEFINITION_MAX - before.length) / unit.length));

const errorsOf = (text: string) => {
  const parsed = parsePattern(text);
  return parsed.ok ? [] : parsed.errors;
};

/** The same texts as whole definitions took seconds each, in which an API process answers nobody. */
describe('a definition of the most characters', () => {
  it.each([
    ['comments', filled('# x\n', HEAD), 'more than'],
    ['quotes', filled('"'), 'more than'],
    ['anchors', filled('&a '), 'more than'],
    ['dashes', filled('- '), 'more than'],
    ['question marks', filled('? '), 'more than'],
    ['colons', filled(': '), 'more than'],
    ['brackets', filled('{['), 'deeper than'],
    ['fields', filled('k: 1\n', HEAD), 'more than'],
    ['fields in one line', filled('a: [1,2,3],', `${HEAD}input: {`), 'more than'],
  ])('full of %s is given up early, at its place', (_name, text, message) => {
    const errors = errorsOf(text);

    expect(errors).toEqual([
      { line: expect.any(Number), column: expect.any(Number), path: '', message: expect.stringContaining(message), expected: 'less of it' },
    ]);
    expect(errors[0]!.line).toBeLessThanOrEqual(text.split('\n').length);
  });

  it('that holds one long text is read', () => {
    expect(errorsOf(filled('x', `${HEAD}description: `))).toMatchObject([{ path: 'description' }]);
  });
});

it('tells of at most so many errors', () => {
  const errors = errorsOf('"'.repeat(YAML_MARKS_MAX / 2));

  expect(errors).toHaveLength(ERRORS_MAX);
});

it('names the place where brackets are too deep', () => {
  const text = `${HEAD}input:\n  a: ${'['.repeat(YAML_DEPTH_MAX + 1)}`;

  expect(errorsOf(text)).toMatchObject([{ line: 6, column: 6 + YAML_DEPTH_MAX, message: expect.stringContaining('deeper') }]);
});

it('names every key that is there twice, in any map, without comparing each with each', () => {
  const fields = Array.from({ length: 5_000 }, (_, n) => `k${n}: 1\n`).join('');
  const errors = errorsOf(`${fields}k1: 2\nin: {a: 1, b: {c: 1, c: 2}}\nk7: 2\n`);

  expect(errors.map(({ line, column }) => [line, column])).toEqual([
    [5_001, 1],
    [5_002, 22],
    [5_003, 1],
  ]);
});
