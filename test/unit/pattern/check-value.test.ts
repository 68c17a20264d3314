import fc from 'fast-check';
import { checkInput, checkValue } from '../../../src/domain/pattern/schema/check-value';
import { parsePattern } from '../../../src/domain/pattern/parse-pattern';
import type { Json } from '../../../src/contracts/pattern/json';
import type { ValueSchema } from '../../../src/contracts/pattern/value-schema';

function inputOf(fields: string): ValueSchema {
  const parsed = parsePattern(`name: p\nversion: 1.0.0\nagents: {capabilities: [a]}\ninput: {${fields}}`);
  if (!parsed.ok || parsed.plan.kind !== 'pattern') throw new TypeError(JSON.stringify(parsed));
  return parsed.plan.input;
}

const problems = (fields: string, value: Json): readonly string[] =>
  checkInput(inputOf(fields), value).problems.map(({ path, message, expected }) => `${path}: ${message} (${expected})`);

it.each<[string, Json, readonly string[]]>([
  ['a: string', {}, ['a: It is missing. (a text)']],
  ['a: string', { a: 1 }, ['a: It is a number. (a text)']],
  ['a: {type: string, required: false}', {}, []],
  ['a: {type: string, required: false}', { a: null }, ['a: It is null. (a text)']],
  ['a: {type: string, minLength: 2, maxLength: 3}', { a: 'x' }, ['a: It has 1 characters. (at least 2)']],
  ['a: {type: string, pattern: "^[a-z]+$"}', { a: 'A' }, ['a: It does not match its pattern. (a text that matches ^[a-z]+$)']],
  ['a: {type: string, enum: [x, y]}', { a: 'z' }, ['a: It is none of the values that are allowed. (one of "x", "y")']],
  ['a: {type: integer, minimum: 1}', { a: 0.5 }, ['a: It is a number. (a whole number)']],
  ['a: {type: number, multipleOf: 0.1}', { a: 0.3 }, []],
  ['a: {type: number, multipleOf: 0.1}', { a: 0.35 }, ['a: It is 0.35. (a multiple of 0.1)']],
  ['a: {type: number, maximum: 100}', { a: 101 }, ['a: It is 101. (at most 100)']],
  ['a: boolean', { a: 'true' }, ['a: It is a string. (true or false)']],
  ['a: {type: array, items: string, maxItems: 2}', { a: ['x', 1, 'y'] }, ['a: It has 3 entries. (at most 2)', 'a[1]: It is a number. (a text)']],
  ['a: {type: array, uniqueItems: true}', { a: [{ b: 1, c: 2 }, { c: 2, b: 1 }] }, ['a: It has an entry twice. (entries that are all different)']],
  ['a: {type: object, properties: {b: {type: array, items: {type: object, properties: {c: number}}}}}', { a: { b: [{ c: 'x' }] } }, ['a.b[0].c: It is a string. (a number)']],
  ['a: {type: object, properties: {b: string}, required: [b], additionalProperties: false}', { a: { bb: 1 } }, ['a.b: It is missing. (a text)', 'a.bb: There is no field bb here. Did you mean b? (one of b)']],
  ['a: object', { a: [] }, ['a: It is a list. (an object)']],
  ['a: any', { a: [1] }, []],
  ['a: string', { a: 'x', more: 1 }, []],
  ['a: string', [] as Json, [': It is a list. (an object)']],
])('of {%s}, %j: %j', (fields, value, expected) => expect(problems(fields, value)).toEqual(expected)); // prettier-ignore

it.each<[string, string, string]>([
  ['email', 'ada@example.com', 'ada'],
  ['uri', 'https://example.com/a?b=c', 'no uri'],
  ['date', '2026-02-28', '2026-02-30'],
  ['date-time', '2026-02-28T10:00:00+01:00', '2026-02-28'],
  ['uuid', '01890a5d-ac96-774b-bcce-b302099a8057', '01890a5d'],
])('knows the format %s', (format, good, bad) => {
  expect([good, bad].map((a) => problems(`a: {type: string, format: ${format}}`, { a }).length)).toEqual([0, 1]);
});

it('fills in defaults, also inside of objects', () => {
  const input = inputOf('a: {type: string, default: x}, b: {type: object, required: false, properties: {c: {type: number, default: 1}, d: string}}');

  expect(checkInput(input, { b: { d: 'y' } })).toEqual({ value: { a: 'x', b: { c: 1, d: 'y' } }, problems: [] });
  expect(checkInput(input, undefined)).toEqual({ value: { a: 'x' }, problems: [] });
});

it('says no more than twenty things about one value', () => {
  expect(problems('a: {type: array, items: string}', { a: Array.from({ length: 100 }, () => 1) })).toHaveLength(20);
});

it('answers for a text that is too long for its pattern instead of trying', () => {
  expect(problems("a: {type: string, pattern: '(a{500}b){2}'}", { a: 'a'.repeat(1_000_000) })).toEqual([
    expect.stringContaining('too long for the regular expression'),
  ]);
});

it('changes nothing about a value that fits, and never fails on one that does not', () => {
  const schema: ValueSchema = {
    type: 'object',
    properties: { a: { type: 'array', items: { type: 'object', properties: { b: { type: 'string', minLength: 1 } }, required: ['b'] } } },
  };
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<Json>, (value) => {
      const checked = checkValue(schema, value, '');
      expect(JSON.stringify(checked.value)).toBe(JSON.stringify(value));
      expect(checked.problems.every(({ message, expected }) => message !== '' && expected !== '')).toBe(true);
    }),
  );
});
