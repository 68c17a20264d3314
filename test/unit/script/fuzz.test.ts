/**
 * Whatever somebody writes: reading, compiling and evaluating come to an end, soon, with an answer or a refusal, and never with anything else. A few seconds here; `npm run fuzz` gives it minutes
 * (`EVERTHREAD_FUZZ_MINUTES`, `EVERTHREAD_FUZZ_SEED`), and what was tried last is in the file `EVERTHREAD_FUZZ_LAST`, in case it never ends.
 */
import fc from 'fast-check';
import { randomInt } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import type { Json } from '../../../src/contracts/pattern/json';
import { compileScript, type ScriptFormat } from '../../../src/domain/script/compile-script';
import { evaluate } from '../../../src/domain/script/evaluate/evaluate';
import { fitFields, fits, type FitOptions } from '../../../src/domain/script/fit/fits';
import { printIrText } from '../../../src/domain/script/ir/print-ir';
import { parseExpression, parseType, ScriptTexts } from '../../../src/domain/script/ir/texts';
import { printScript } from '../../../src/domain/script/syntax/print';
import { printExpression } from '../../../src/domain/script/syntax/print-expression';
import { DECLARATIONS, VERBS } from '../../../src/domain/script/syntax/words';
import { FUNCTIONS } from '../../../src/domain/script/check/functions';
import { Fault } from '../../../src/errors/fault';
import { textOf } from '../../tidy/source-files';
import { arbitraryExpression, arbitraryScript } from './arbitrary-script';
import { INVOICE } from './invoice';

const MINUTES = Number(process.env['EVERTHREAD_FUZZ_MINUTES'] ?? 0);
const SEED = Number(process.env['EVERTHREAD_FUZZ_SEED'] ?? randomInt(2 ** 31));
const LAST = process.env['EVERTHREAD_FUZZ_LAST'];
/** Of the processor, for one input of ordinary size. */
const SOON_MS = 3_000;
const elapsed = (since: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1_000;
};

const EXAMPLES = [INVOICE, ...[...textOf('docs/scriptum.md').matchAll(/^```scriptum\n([\s\S]*?)^```$/gm)].map(([, example]) => example as string)];
const YAML = EXAMPLES.map((example) => compileScript(example).irYaml as string);
const JSONS = EXAMPLES.map((example) => JSON.stringify(compileScript(example).ir));

/** Pieces cut out of `texts`, put elsewhere, doubled, or exchanged for something else. */
const spoilt = (texts: readonly string[]): fc.Arbitrary<string> => {
  const put = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 8 }),
    fc.constantFrom('"', '{', '}', '(', '[', ']', '\n', '\n  ', ':', '->', '--', '=', '0', 'null', ' and ', '\t'),
  );
  const cut = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.nat({ max: 40 }),
    put,
    from: fc.double({ min: 0, max: 1, noNaN: true }),
    copied: fc.nat({ max: 60 }),
  });
  return fc.tuple(fc.constantFrom(...texts), fc.array(cut, { minLength: 1, maxLength: 8 })).map(([text, cuts]) =>
    cuts.reduce((now, one) => {
      const [at, from] = [Math.floor(one.at * now.length), Math.floor(one.from * now.length)];
      return now.slice(0, at) + one.put + now.slice(from, from + one.copied) + now.slice(at + one.length);
    }, text),
  );
};

const WORDS = [
  ...VERBS,
  ...DECLARATIONS,
  ...Object.keys(FUNCTIONS),
  ...[
    'with',
    'llm',
    'rules',
    'in',
    'from',
    'parallel',
    'sleep',
    'until',
    'max',
    'as',
    'on',
    'error',
    'thread',
    'pass',
    'fail',
    'retry',
    'goto',
    'when',
    'otherwise',
    'script',
    'tools',
  ],
  ...['x', 'y', 'text', 'number', 'list', 'object', '1', '0.5', '1e400', '"a"', '"{x}"', '"', 'true', 'null', 'and', 'or', 'not'],
  ...[
    '(',
    ')',
    '[',
    ']',
    '{',
    '}',
    '<',
    '>',
    '+',
    '-',
    '--',
    '*',
    '/',
    '%',
    '=',
    '==',
    '=>',
    '->',
    '->>',
    '?.',
    '?[',
    '??',
    ':',
    ',',
    '.',
    '\n',
    '\n  ',
    '\n    ',
    '\n\t',
  ],
];
const soup = fc.array(fc.constantFrom(...WORDS), { maxLength: 120 }).map((words) => words.join(' '));

/** A few pieces again and again, up to a mebibyte: what takes the square of its length shows here. */
const large = fc.tuple(
  fc.array(fc.oneof(fc.constantFrom(...WORDS), fc.constantFrom('let a = x', 'do with llm', 'a: text', '-- c', '"{', 'a = 1', '"b":', 'x: [', '- a')), {
    minLength: 1,
    maxLength: 6,
  }),
  fc.constantFrom('', ' ', '\n', '\n  '),
  fc.constantFrom('', 'script "x"\n', 'let a = ', 'let a = {', 'input\n  ', 'steps:\n', '{"steps": ['),
);

function compiles(content: string, within: number, format?: ScriptFormat): void {
  const started = process.cpuUsage();
  const compiled = compileScript(content, format);
  expect(elapsed(started)).toBeLessThan(within);
  expect(compiled.ok).toBe(!compiled.diagnostics.some(({ severity }) => severity === 'error'));
  for (const { line, column, message } of compiled.diagnostics) expect([line > 0, column > 0, message === '']).toEqual([true, true, false]);
  if (!compiled.ir) return;
  // What was compiled is found again in each of its forms.
  const text = printIrText(compiled.ir);
  expect(text).not.toBeNull();
  expect(compileScript(text as string).diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
}

const value: fc.Arbitrary<Json> = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>;
const scope = fc.dictionary(fc.string({ minLength: 1, maxLength: 2 }), value, { maxKeys: 4 });

/** A value or a refusal; the same one each time. */
function outcome(work: () => unknown): unknown {
  try {
    return { value: work() };
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(Fault);
    const { kind, code, message } = thrown as Fault;
    expect([kind, code.startsWith('expression.')]).toEqual(['invalid', true]);
    return { code, message };
  }
}

/** Names stand for values of the scope by their length, so that most of them are there. */
const lookupIn =
  (values: Readonly<Record<string, Json>>) =>
  (name: string): Json | undefined =>
    Object.values(values)[name.length % 5];

const PROPERTIES: Readonly<Record<string, fc.IRawProperty<any>>> = {
  'spoilt scripts': fc.property(spoilt(EXAMPLES), (text) => compiles(text, SOON_MS)),
  'words in any order': fc.property(soup, fc.constantFrom('', 'script "x"\n'), (text, before) => compiles(before + text, SOON_MS)),
  'any characters': fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.constantFrom<ScriptFormat>('scriptum', 'yaml', 'json'), (text, format) =>
    compiles(text, SOON_MS, format),
  ),
  'made-up scripts': fc.property(arbitraryScript, (script) => compiles(printScript(script), SOON_MS)),
  'spoilt YAML': fc.property(spoilt(YAML), (text) => compiles(text, SOON_MS, 'yaml')),
  'spoilt JSON': fc.property(spoilt(JSONS), (text) => compiles(text, SOON_MS, 'json')),
  'made-up expressions': fc.property(arbitraryExpression, scope, (expression, values) => {
    const lookup = lookupIn(values);
    const started = process.cpuUsage();
    const first = outcome(() => evaluate(expression, lookup));
    expect(elapsed(started)).toBeLessThan(SOON_MS);
    expect(outcome(() => evaluate(parseExpression(printExpression(expression)), lookup))).toEqual(first);
    // What comes out is JSON, and nothing else.
    if (first !== null && typeof first === 'object' && 'value' in first) expect(JSON.parse(JSON.stringify(first.value))).toEqual(first.value);
  }),
  'spoilt expressions': fc.property(
    spoilt(['map(items, item => item.a + "x {item.b ?? 1}")', '{ a: [1, -2.5], "b c": not (x == y) }', 'range(1, 20)[2] % 3']),
    scope,
    (text, values) => {
      outcome(() => evaluate(parseExpression(text), lookupIn(values)));
    },
  ),
  'values and types': fc.property(
    fc.oneof(
      spoilt(['{a: list<text(min = 1)>, b?: number = 2}', 'list<timestamp>', 'text(pattern = "^(a|b)+$", max = 9)', 'Mood']),
      fc.constantFrom('integer', 'date', 'any', 'list'),
    ),
    fc.oneof(
      value,
      fc.string().map((text) => text as Json),
    ),
    fc.boolean(),
    (type, given, convert) => {
      const options: FitOptions = { enums: { Mood: ['calm'] }, texts: new ScriptTexts(), convert };
      const typed = outcome(() => parseType(type)) as { readonly value?: unknown };
      if (!typed.value) return;
      outcome(() => {
        const fit = fits(given, type, options);
        if (fit.misfit === null) expect(fits(fit.value, type, { ...options, convert: false }).misfit === null || convert).toBe(true);
        else expect(fit.value).toBe(given);
        return fitFields(given, [{ name: 'a', type }], options);
      });
    },
  ),
  'a mebibyte of the same': fc.property(large, ([pieces, between, before]) => {
    const piece = pieces.join(between) + between;
    const text = before + piece.repeat(Math.max(1, Math.floor((1024 * 1024 - before.length) / piece.length)));
    const started = process.cpuUsage();
    compileScript(text);
    expect(elapsed(started)).toBeLessThan(5 * SOON_MS);
  }),
};

it.each(Object.entries(PROPERTIES))(
  `comes to an end with %s (seed ${SEED})`,
  async (name, property) => {
    const share = (MINUTES * 60_000) / Object.keys(PROPERTIES).length;
    const tried = { count: 0 };
    await fc.assert(LAST === undefined ? property : watched(name, property, tried), {
      seed: SEED,
      ...(share > 0
        ? { numRuns: 1_000_000_000, interruptAfterTimeLimit: share, markInterruptAsFailure: false }
        : { numRuns: name === 'a mebibyte of the same' ? 3 : 60 }),
    });
    if (LAST !== undefined) process.stderr.write(`${name}: ${tried.count} tried\n`);
  },
  (MINUTES + 1) * 60_000 * 2,
);

/** Writes each input down before it is tried, and counts. */
function watched(name: string, property: fc.IRawProperty<any>, tried: { count: number }): fc.IRawProperty<any> {
  return new Proxy(property, {
    get: (target, key) => {
      if (key !== 'run') {
        const member: unknown = Reflect.get(target, key);
        return typeof member === 'function' ? (member as (...args: unknown[]) => unknown).bind(target) : member;
      }
      return (input: unknown): unknown => {
        writeFileSync(LAST as string, `${name}\n${JSON.stringify(input).slice(0, 100_000)}\n`);
        tried.count += 1;
        return target.run(input);
      };
    },
  });
}
