import { parseExpression } from '../../../src/domain/pattern/expression/parse-expression';
import { parseText, type TextKind } from '../../../src/domain/pattern/expression/parse-text';
import { evaluate, evaluateKept, holds, type Item } from '../../../src/domain/pattern/expression/evaluate';
import { outcomeOf } from '../../../src/domain/pattern/expression/outcome';
import type { Expression } from '../../../src/contracts/pattern/expression';
import type { Json } from '../../../src/contracts/pattern/json';

const read = (text: string, kind: TextKind = 'condition'): Expression => {
  const parsed = parseText(text, kind);
  if ('problem' in parsed) throw new TypeError(`${parsed.problem.message} at ${parsed.problem.at} of ${text}`);
  return parsed.expression;
};

const variables = {
  input: { text: 'Hello', list: [3, 1, 2], limit: 0.5, nested: { 'a b': 1, deep: [{ n: 1 }, { n: 2 }] }, length: 7 },
  vote: outcomeOf({ category: 'technology', confidence: 0.1 }, { source: 'main', confidence: 0.92, distribution: { technology: 1 } }),
  'quality-check': outcomeOf(null, { source: 'quality-check', passed: false, tier: 'high' }),
  runs: [outcomeOf({ verified: true, score: 1 }, { source: 'a', confidence: 0.5 }), outcomeOf({ verified: false }, { source: 'b', confidence: 1 })],
} as unknown as { [name: string]: Json };

const valueOf = (text: string, item: Item | null = null): Json => evaluate(read(text), variables, item);

describe('paths', () => {
  it.each<[string, Json]>([
    ['$input.text', 'Hello'],
    ['$input.list[0]', 3],
    ['$input.list[-1]', 2],
    ['$input.list.length', 3],
    ['$input.text.length', 5],
    ['$input.length', 7],
    ['$input.nested["a b"]', 1],
    ["$input['te' + 'xt']", 'Hello'],
    ['$input.nested.deep.*.n', [1, 2]],
    ['$input.nothing.at.all', null],
    ['$input.text.constructor', null],
    ['$input.__proto__', null],
    ['$input.list.map', null],
    ['$quality-check.passed', false],
    ['$nobody', null],
  ])('%s is %j', (text, expected) => expect(valueOf(text)).toEqual(expected));
});

describe('an outcome', () => {
  it('gives its own words first and then fields of its result', () => {
    expect([valueOf('$vote.confidence'), valueOf('$vote.category'), valueOf('$vote.result.confidence')]).toEqual([0.92, 'technology', 0.1]);
  });

  it('is its result wherever a value is meant', () => {
    expect(valueOf('$vote')).toEqual({ category: 'technology', confidence: 0.1 });
    expect(valueOf('$runs')).toEqual([{ verified: true, score: 1 }, { verified: false }]);
    expect(valueOf("$vote == {{$vote.result}}")).toBe(true); // prettier-ignore
  });

  it('keeps its confidence when it is handed on', () => {
    expect(evaluateKept(read('$nobody || $vote'), variables)).toBe(variables['vote']);
  });

  it('has its own words in lists of outcomes too', () => expect(valueOf('average($runs.*.confidence)')).toBe(0.75));
});

describe('operators', () => {
  it.each<[string, Json]>([
    ['1 + 2 * 3 - 4 / 2', 5],
    ['(1 + 2) * 3', 9],
    ['-2 * -3', 6],
    ['7 % 4', 3],
    ['1 / 0', null],
    ["'a' + 1", 'a1'],
    ["null + 1", null],
    ['2 < 10', true],
    ["'2' < '10'", false],
    ["2 < '10'", false],
    ['null < 1', false],
    ['1 == 1.0', true],
    ["1 == '1'", false],
    ['[1, [2]] == [1, [2]]', true],
    ['null == $nobody', true],
    ['!$nobody', true],
    ['not true', false],
    ['true && false || true', true],
    ["$nobody || 'else'", 'else'],
    ["0 ?? 'else'", 0],
    ["'' || 'else'", 'else'],
    ["$input.list && 'there'", 'there'],
    ['2 in $input.list', true],
    ["'ell' in $input.text", true],
    ["$input contains 'text'", true],
    ["$input.text matches '^H.*o$'", true],
    ['$input.list matches "1"', false],
    ["$input.limit >= 0.5 ? 'enough' : 'little'", 'enough'],
    ["false ? 1 : true ? 2 : 3", 2],
    ['${input_unknown} == null', true],
  ])('%s is %j', (text, expected) => expect(evaluate(read(text), variables)).toEqual(expected)); // prettier-ignore
});

describe('functions', () => {
  it.each<[string, Json]>([
    ['min(3, 1, 2)', 1],
    ['max($input.list)', 3],
    ['sum($input.list)', 6],
    ["sum(1, 'two', null)", 1],
    ['average([])', null],
    ['count($input.list)', 3],
    ['all(true, 1, "")', false],
    ['any([0, null, 1])', true],
    ['round(2.345, 2)', 2.35],
    ['floor(-1.5)', -2],
    ['sqrt(-1)', null],
    ['pow(2, 10)', 1024],
    ['upper(trim("  a "))', 'A'],
    ['starts_with("pattern", "pat")', true],
    ['join(split("a-b", "-"), "+")', 'a+b'],
    ['first([])', null],
    ['keys($input.nested)', ['a b', 'deep']],
    ['unique([1, 1, [2], [2]])', [1, [2]]],
    ['flatten([[1], [2, 3]])', [1, 2, 3]],
    ['concat([1], 2, null, [3])', [1, 2, 3]],
    ['coalesce($nobody, 0)', 0],
    ['exists($input.text)', true],
    ['string([1])', '[1]'],
    ['number(" 1.5 ")', 1.5],
    ['number("1.5kg")', null],
    ['cosine_similarity([1, 0], [0, 2])', 0],
    ['cosine_similarity([1, 2], [2, 4])', 1],
    ['similarity("the quick fox", "The quick dog")', 2 / 3],
    ['similarity({{$vote}}, $vote)', 1],
  ])('%s is %j', (text, expected) => expect(valueOf(text)).toEqual(typeof expected === 'number' ? expect.closeTo(expected) : expected));
});

describe('texts', () => {
  it.each<[TextKind, string, Json]>([
    ['value', 'plain', 'plain'],
    ['value', '$input.text', 'Hello'],
    ['value', '!$input.text', false],
    ['value', '$input.limit >= 0.5', true],
    ['value', 'Say ${input}!', 'Say !'],
    ['value', 'Say ${$input.text} ${$input.list}', 'Say Hello [3,1,2]'],
    ['value', '${$input.list}', [3, 1, 2]],
    ['value', '$5 and $$name', '$5 and $name'],
    ['value', '$$input', '$input'],
    ['value', '{{$input.text}}', '{{$input.text}}'],
    ['template', '{{$input.limit}}\n', 0.5],
    ['template', "{{$input.text == 'Hello' ? '}}' : 'no'}}", '}}'],
    ['template', '$input.text is {{ $input.text }}, ${$input.limit}', '$input.text is Hello, 0.5'],
    ['item', 'item.name', 'Ada'],
    ['item', 'item number one', 'item number one'],
    ['item', 'value', { name: 'Ada', type: 'person' }],
  ])('as %s, %j is %j', (kind, text, expected) => {
    expect(evaluate(read(text, kind), variables, { value: { name: 'Ada', type: 'person' }, index: 0 })).toEqual(expected);
  });
});

describe('words', () => {
  const item = { value: { type: 'person', text: 'of the item' }, index: 2 };

  it('are fields of the item, then of the input, then of the result, then of validation and execution', () => {
    const all = { ...variables, result: outcomeOf({ mood: 'good' }, { source: 'x', confidence: 0.4 }), validation: { retryCount: 3 } } as never;

    expect(['type', 'text', 'limit', 'mood', 'confidence', 'retryCount', 'index', 'nothing'].map((word) => evaluate(read(word), all, item))).toEqual([
      'person',
      'of the item',
      0.5,
      'good',
      0.4,
      3,
      2,
      null,
    ]);
  });

  it('are fields of the object around that stand before', () => {
    const expression: Expression = { kind: 'object', fields: [{ name: 'a', value: read('2') }, { name: 'b', value: read('a * 3') }] }; // prettier-ignore

    expect(evaluate(expression, {})).toEqual({ a: 2, b: 6 });
  });
});

it('filters lists to lists and objects to objects', () => {
  const filter = (items: string): Json =>
    evaluate({ kind: 'filter', items: read(items), condition: read('value > 0.1') }, { a: [0, 1, 2], o: { x: 0.2, y: 0.1 }, none: {} });

  expect([filter('$a'), filter('$o'), filter('$none'), filter('$nobody')]).toEqual([[1, 2], { x: 0.2 }, {}, []]);
});

describe('what cannot be read', () => {
  it.each([
    ['$input.', 7, 'name of a field'],
    ['1 +', 3, 'a value is needed'],
    ['(1', 2, ')'],
    ["'abc", 0, 'no end'],
    ['a b', 2, 'does not fit'],
    ['summ(1)', 0, 'There is no function summ. Did you mean sum?'],
    ['pow(1)', 6, 'given 1 arguments'],
    ["$a matches '(b'", 11, 'cannot be used'],
    ['1 # 2', 2, 'has no meaning'],
    ['', 0, 'a value is needed'],
    [`${'('.repeat(100)}1${')'.repeat(100)}`, 21, 'too deep'],
    [`${'!'.repeat(100)}1`, 21, 'too deep'],
    [Array.from({ length: 600 }, (_, n) => `${n}`).join(','), 1, 'does not fit'],
    [`[${Array.from({ length: 600 }, (_, n) => `${n}`).join(',')}]`, expect.any(Number), 'too long'],
  ])('%j says where (%j) and why', (text, at, message) => {
    expect(parseExpression(text)).toMatchObject({ problem: { at, message: expect.stringContaining(message) } });
  });
});

describe('bounds', () => {
  const many = Array.from({ length: 9_000 }, (_, n) => n);

  it('ends an evaluation that takes too many steps', () => {
    const nested: Expression = {
      kind: 'map',
      items: { kind: 'name', name: 'many' },
      transform: { kind: 'map', items: { kind: 'name', name: 'many' }, transform: read('item') },
    };

    expect(() => evaluate(nested, { many })).toThrow(expect.objectContaining({ code: 'expression.too_large' }));
  });

  it('ends an evaluation that gives too much, also when it is one value many times', () => {
    const copies: Expression = { kind: 'map', items: { kind: 'name', name: 'many' }, transform: { kind: 'name', name: 'text' } };

    expect(() => evaluate(copies, { many, text: 'x'.repeat(1_000) })).toThrow(expect.objectContaining({ code: 'expression.too_large' }));
    expect(() => evaluateKept(copies, { many, text: 'x'.repeat(1_000) })).toThrow(expect.objectContaining({ code: 'expression.too_large' }));
  });

  it('ends a text that doubles itself', () => {
    const doubled = Array.from({ length: 24 }, () => 0).reduce<Expression>((of) => ({ kind: 'text', parts: [of, of] }), { kind: 'literal', value: 'x' });

    expect(() => evaluate(doubled, {})).toThrow(expect.objectContaining({ code: 'expression.too_large' }));
  });

  it('gives lists of 10,000 entries and no more', () => {
    expect(evaluate(read('concat($many, $few)'), { many, few: many.slice(0, 1_000) })).toHaveLength(10_000);
    expect(() => evaluate(read('concat($many, $many)'), { many })).toThrow(expect.objectContaining({ code: 'expression.too_large' }));
  });

  it('matches a hostile regular expression in time linear to the text', () => {
    const started = performance.now();

    expect(holds(read("$text matches '^(a+)+$'"), { text: `${'a'.repeat(50_000)}b` })).toBe(false);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});
