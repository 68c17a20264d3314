/** Scripts as fast-check makes them up: every kind of node, with texts that need escaping. Places are left out; the printer does not look at them. */
import fc from 'fast-check';
import { FUNCTIONS } from '../../../src/domain/script/check/functions';
import type { Expression, Script, Step, Type } from '../../../src/domain/script/syntax/ast';
import { beginsLine, EXPRESSION_WORDS } from '../../../src/domain/script/syntax/words';

const at = { line: 1, column: 1 };

const SUFFIXES = ['as', 'parallel', 'sleep', 'batch', 'max', 'in', 'from', 'with', 'via', 'until', 'version', 'type', 'on', 'llm', 'script'];
const name = fc
  .stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,6}$/)
  .filter((word) => !EXPRESSION_WORDS.has(word) && !beginsLine(word) && !SUFFIXES.includes(word) && !['when', 'otherwise', 'not'].includes(word));
const text = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.constantFrom('{a}', '"', '\\', '-- no comment', '\n\t\r', '\u2028'),
);
const comment = fc.stringMatching(/^[a-z"{}\\-]{1,8}( [a-z-]{1,5})?$/).map((value) => value.trim());
const remarks = { comments: fc.array(comment, { maxLength: 2 }), comment: fc.option(comment) };

const pieces = (expression: fc.Arbitrary<Expression>): fc.Arbitrary<readonly (string | Expression)[]> =>
  fc.array(fc.oneof(text, expression), { maxLength: 4 }).map((parts) =>
    // Neighbouring texts are one, and empty ones are none.
    parts.reduce<(string | Expression)[]>((all, part) => {
      if (typeof part === 'string' && typeof all.at(-1) === 'string') all[all.length - 1] = `${String(all.at(-1))}${part}`;
      else if (part !== '') all.push(part);
      return all;
    }, []),
  );

const argument = (value: fc.Arbitrary<Expression>) => fc.record({ name, value, at: fc.constant(at) });
const distinct = <T extends { readonly name: string }>(one: fc.Arbitrary<T>, maxLength: number) =>
  fc.uniqueArray(one, { maxLength, selector: (item) => item.name });

export const arbitraryExpression: fc.Arbitrary<Expression> = fc.letrec<{ any: Expression }>((tie) => {
  const any = tie('any');
  const node = <T extends object>(parts: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record({ ...parts, at: fc.constant(at) }) as fc.Arbitrary<never>;
  const field = fc.record({ name: fc.oneof(name, text), value: any, at: fc.constant(at) });
  return {
    any: fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      node({ kind: fc.constant('number'), value: fc.oneof(fc.nat(), fc.double({ min: 0, noNaN: true, noDefaultInfinity: true })).map(Math.abs) }),
      node({ kind: fc.constant('name'), name }),
      node({ kind: fc.constant('boolean'), value: fc.boolean() }),
      node({ kind: fc.constant('null') }),
      node({ kind: fc.constant('text'), parts: pieces(any) }),
      node({ kind: fc.constant('field'), of: any, name, safe: fc.boolean() }),
      node({ kind: fc.constant('index'), of: any, index: any, safe: fc.boolean() }),
      node({
        kind: fc.constant('call'),
        name: fc.oneof(name, fc.constantFrom(...Object.keys(FUNCTIONS))),
        args: fc.array(fc.oneof(any, node({ kind: fc.constant('lambda'), parameters: fc.tuple(name), body: any })), { maxLength: 3 }),
      }),
      node({ kind: fc.constant('list'), items: fc.array(any, { maxLength: 3 }) }),
      node({ kind: fc.constant('object'), fields: distinct(field, 3) }),
      node({ kind: fc.constant('unary'), operator: fc.constantFrom('not', '-'), of: any }),
      node({ kind: fc.constant('binary'), operator: fc.constantFrom('==', '<', '>=', '+', '-', '*', '%', 'and', 'or', '??'), left: any, right: any }),
    ),
  };
}).any;
const expression = arbitraryExpression;

const type: fc.Arbitrary<Type> = fc.letrec<{ any: Type }>((tie) => {
  const constraints = fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, fc.array(argument(expression), { maxLength: 2 }));
  const field = fc.record({ name, optional: fc.boolean(), type: tie('any'), value: fc.option(expression), at: fc.constant(at) });
  return {
    any: fc.oneof(
      { maxDepth: 2, depthSize: 'small' },
      fc.record({ kind: fc.constant('scalar'), name: fc.constantFrom('text', 'integer', 'boolean', 'any', 'timestamp'), constraints, at: fc.constant(at) }),
      fc.record({ kind: fc.constant('enum'), name: name.map((word) => `E${word}`), constraints: fc.constant([]), at: fc.constant(at) }),
      fc.record({ kind: fc.constant('list'), of: tie('any'), constraints, at: fc.constant(at) }),
      fc.record({ kind: fc.constant('object'), fields: fc.option(fc.array(field, { maxLength: 2 })), constraints, at: fc.constant(at) }),
    ) as fc.Arbitrary<Type>,
  };
}).any;

const line = <T extends object>(one: fc.Arbitrary<T>) => fc.tuple(one, fc.record(remarks)).map(([value, said]) => ({ ...value, ...said }));
const args = fc.array(line(argument(expression)), { maxLength: 2 });
const plainArgs = distinct(argument(expression), 2);
const label = fc.option(text);
const binding = fc.option(fc.record({ name, stream: fc.boolean(), at: fc.constant(at) }));
const count = fc.nat({ max: 99 });

const step: fc.Arbitrary<Step> = fc.letrec<{ any: Step; steps: readonly Step[] }>((tie) => {
  const steps = tie('steps');
  const verb = (said: string, parts: object) =>
    fc.record({ verb: fc.constant(said), label, binding, at: fc.constant(at), ...remarks, ...parts }) as fc.Arbitrary<never>;
  const none = fc.constant(null);
  const option = fc.option(expression);
  const named = fc.array(line(fc.record({ name: text, steps, at: fc.constant(at) })), { minLength: 1, maxLength: 2 });
  const onError = fc
    .record({
      retry: fc.option(count),
      then: fc.oneof(fc.constantFrom('fail' as const, 'ignore' as const), fc.record({ tool: name, args: plainArgs })),
      at: fc.constant(at),
    })
    .filter(({ retry, then }) => retry !== null || then !== 'fail');
  const action = fc.oneof(
    fc.record({ kind: fc.constant('continue'), at: fc.constant(at) }),
    fc.record({ kind: fc.constant('goto'), label: text, at: fc.constant(at) }),
    fc.record({ kind: fc.constant('retry'), times: fc.option(count), at: fc.constant(at) }),
    fc.record({ kind: fc.constant('fail'), message: expression, at: fc.constant(at) }),
  );
  const branch = { branch: text, at: fc.constant(at) };
  return {
    steps: fc.array(tie('any'), { minLength: 1, maxLength: 2 }),
    any: fc.oneof(
      { maxDepth: 2, depthSize: 'small' },
      verb('let', { name, value: expression, binding: none }),
      verb('wait', { until: fc.boolean(), value: expression, binding: none }),
      verb('section', { label: text, binding: none }),
      verb('do', { tool: name, args, onError: fc.option(onError) }),
      verb('agent', { tool: name, args }),
      verb('plan', { tool: name, args }),
      verb('ask', { type: fc.option(type), args }),
      verb('send', { channel: text, args }),
      verb('emit', { value: fc.constant(null), args, label: none, binding: none }),
      verb('yield', { value: expression, args: fc.constant([]), label: none, binding: none }),
      verb('run', { script: none, plan: name, version: none, args }),
      verb('run', { script: text, plan: none, version: fc.option(count), args }),
      verb('each', { item: name, index: fc.option(name), list: expression, parallel: option, sleep: option, steps }),
      verb('pipe', { item: name, source: expression, batch: option, parallel: option, steps }),
      verb('repeat', { until: expression, max: option, sleep: option, steps }),
      verb('together', { lanes: named }),
      verb('check', { condition: fc.oneof(expression, fc.record({ question: expression })), onPass: fc.option(action), onFail: fc.option(action) }),
      verb('decide', {
        ...{ label: text, by: fc.constantFrom('rules', 'llm'), args },
        rules: fc.array(line(fc.record({ when: expression, ...branch })), { maxLength: 2 }),
        otherwise: fc.option(line(fc.record(branch))),
        branches: named,
      }),
    ),
  };
}).any;

const fields = fc.array(line(fc.record({ name, optional: fc.boolean(), type, value: fc.option(expression), at: fc.constant(at) })), { maxLength: 2 });
const someFields = fc.array(line(fc.record({ name, optional: fc.boolean(), type, value: fc.option(expression), at: fc.constant(at) })), {
  minLength: 1,
  maxLength: 2,
});

export const arbitraryScript: fc.Arbitrary<Script> = fc.record({
  name: text,
  description: fc.option(fc.oneof(text, fc.constantFrom('Reads invoices.\n\nAnd more.', 'do not take this for a step', ' blanks '))),
  version: fc.option(fc.constantFrom('0.1.0', '1.2.3')),
  input: fields,
  output: fields,
  stream: fc.option(someFields),
  env: fields,
  tools: fc.array(line(fc.record({ name, source: fc.constantFrom('native', 'mcp.files'), alias: fc.option(name), at: fc.constant(at) })), { maxLength: 2 }),
  enums: fc.array(
    line(fc.record({ name, values: fc.array(line(fc.record({ value: text, at: fc.constant(at) })), { minLength: 1, maxLength: 2 }), at: fc.constant(at) })),
    {
      maxLength: 2,
    },
  ),
  constants: fc.array(line(fc.record({ name, value: expression, at: fc.constant(at) })), { maxLength: 2 }),
  steps: fc.array(step, { maxLength: 3 }),
  onError: fc.option(fc.array(step, { minLength: 1, maxLength: 2 })),
  comments: fc.record({ head: fc.array(comment, { maxLength: 1 }), foot: fc.array(comment, { maxLength: 1 }) }),
}) as fc.Arbitrary<Script>;
