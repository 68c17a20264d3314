/** What expressions give. The cases are data, so that each reads as one line. */
import { FUNCTIONS } from '../../../src/domain/script/check/functions';
import { evaluate, holds } from '../../../src/domain/script/evaluate/evaluate';
import { IMPLEMENTED } from '../../../src/domain/script/evaluate/functions';
import { namesIn } from '../../../src/domain/script/ir/names';
import { parseExpression, parseType, ScriptTexts } from '../../../src/domain/script/ir/texts';
import { faultFrom, type Fault } from '../../../src/errors/fault';
import type { Json } from '../../../src/contracts/pattern/json';
import cases from './evaluation.json';

const SCOPE = cases.scope as { readonly [name: string]: Json };
const lookup = (name: string): Json | undefined => SCOPE[name];
const fault = (work: () => unknown): Fault | null => {
  try {
    work();
    return null;
  } catch (thrown) {
    return faultFrom(thrown);
  }
};

/** Texts in texts. */
const nested = (depth: number): string => (depth === 0 ? '1' : `"{${nested(depth - 1)}}"`);

it.each(cases.values as [string, Json][])('%s gives %j', (text, value) => {
  expect(evaluate(parseExpression(text), lookup)).toStrictEqual(value);
});

it.each(cases.faults as [string, string, string][])('%s is refused as %s', (text, code, message) => {
  expect(fault(() => evaluate(parseExpression(text), lookup))).toMatchObject({ kind: 'invalid', code, message });
});

it('has every function that a script may call, and a case for each', () => {
  expect([...IMPLEMENTED].sort()).toEqual(Object.keys(FUNCTIONS).sort());
  expect(Object.keys(FUNCTIONS).filter((name) => !cases.values.some(([text]) => String(text).includes(`${name}(`)))).toEqual([]);
});

it('takes null for false in a condition, and refuses what is neither true nor false', () => {
  expect([holds(parseExpression('nothing'), lookup), holds(parseExpression('yes'), lookup)]).toEqual([false, true]);
  expect(fault(() => holds(parseExpression('name'), lookup))?.message).toBe('A condition is true or false, found the text "Ada".');
});

it('keeps to the limits that it is given', () => {
  const limits = { steps: 100, characters: 10, items: 5 };

  expect(fault(() => evaluate(parseExpression('range(6)'), lookup, limits))?.code).toBe('expression.too_large');
  expect(fault(() => evaluate(parseExpression('"0123456789" + "a"'), lookup, limits))?.code).toBe('expression.too_large');
  expect(fault(() => evaluate(parseExpression('map(range(5), a => map(range(5), b => map(range(5), c => c)))'), lookup, limits))?.code).toBe(
    'expression.too_large',
  );
});

it.each([
  ['a small text that becomes a large value', 'map(range(90000), a => map(range(90000), b => a))'],
  ['a value that is meant a thousand times', 'to_json(map(range(1000), a => big))'],
  ['texts that double', 'join(map(range(100000), a => long), long)'],
  ['a needle of which most is found everywhere', 'contains(long + long, needle)'],
])('is done soon with %s', (_what, text) => {
  const values: { readonly [name: string]: Json } = {
    big: Array.from({ length: 90_000 }, (_, at) => at),
    long: 'a'.repeat(250_000),
    needle: `b${'a'.repeat(200_000)}`,
  };
  const expression = parseExpression(text);
  const started = process.cpuUsage();

  fault(() => evaluate(expression, (name) => values[name]));

  // Of the processor: the machine may be busy.
  const { user, system } = process.cpuUsage(started);
  expect((user + system) / 1_000).toBeLessThan(3_000);
});

describe('the texts of the representation', () => {
  it('tell the names that they mention, without those that a lambda binds', () => {
    const text = 'filter(items, item => item.ok and limit > item.size) + [input.a, env.KEY, "{name} {name}"]';

    expect(namesIn(parseExpression(text))).toEqual({ names: ['items', 'limit', 'name'], env: true, input: true });
    expect(namesIn(parseExpression('1 + 2'))).toEqual({ names: [], env: false, input: false });
  });

  it.each([
    ['1 +', 'Expected a value, found the end of the script.'],
    ['a b', 'Expected the end of the text, found `b`.'],
    ['', 'Expected a value, found nothing.'],
    ['1 -- 2', 'A comment cannot stand here.'],
    ['"open', 'This text is not closed in its line.'],
    [`${'('.repeat(61)}1${')'.repeat(61)}`, 'Expressions are nested more than 60 deep.'],
    [`1${' + 1'.repeat(501)}`, 'An expression has at most 500 operators.'],
    [nested(10), 'cannot be read'],
  ])('say what is wrong with them (%#)', (text, message) => {
    expect(fault(() => parseExpression(text))).toMatchObject({ code: 'expression.unreadable', message: expect.stringContaining(message) });
  });

  it('are read once, and forgotten when they are many', () => {
    const texts = new ScriptTexts();

    expect(texts.expression('a + 1')).toBe(texts.expression('a + 1'));
    const first = texts.expression('first');
    for (let at = 0; at < 2_100; at++) texts.expression(`a + ${at}`);
    expect(texts.expression('first')).not.toBe(first);
    expect(texts.type('list<text>')).toEqual(parseType('list<text>'));
  });
});
