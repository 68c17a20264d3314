/** Values of expressions for the interpreter, in the forms that its parts need. What cannot be used as such is a fault of the step, named by what was expected. */
import type { Expression } from '../../src/contracts/pattern/expression';
import type { Json } from '../../src/contracts/pattern/json';
import type { ValueSchema } from '../../src/contracts/pattern/value-schema';
import type { Frame } from '../../src/domain/execution/frame';
import type { Answer } from '../../src/domain/pattern/aggregation/answer';
import { evaluate, evaluateKept, holds } from '../../src/domain/pattern/expression/evaluate';
import { isOutcome } from '../../src/domain/pattern/expression/outcome';
import { textOf as spoken } from '../../src/domain/pattern/expression/values';
import { checkValue } from '../../src/domain/pattern/schema/check-value';
import { Fault } from '../../src/errors/fault';

export const valueOf = (expression: Expression, frame: Frame): Json => evaluate(expression, frame.all());
/** With outcomes as they are, so that the confidence of what is passed on is not lost. */
export const keptOf = (expression: Expression, frame: Frame): Json => evaluateKept(expression, frame.all());
export const isTrue = (expression: Expression, frame: Frame): boolean => holds(expression, frame.all());
export const textOf = (expression: Expression, frame: Frame): string => spoken(valueOf(expression, frame));

/** A list as it is, nothing for null, a single thing as a list of one. Fault `execution.not_a_list` is never thrown: there is a list in everything. */
export function itemsOf(expression: Expression, frame: Frame): readonly Json[] {
  const value = keptOf(expression, frame);
  const plain = isOutcome(value) ? value.result : value;
  if (plain === null) return [];
  return Array.isArray(plain) ? (plain as readonly Json[]) : [plain];
}

/** A whole number within the bounds. Fault `execution.not_a_number` (invalid). */
export function numberOf(expression: Expression, frame: Frame, { min, max }: { readonly min: number; readonly max: number }): number {
  const value = valueOf(expression, frame);
  const number = typeof value === 'string' ? Number(value) : value;
  if (typeof number === 'number' && Number.isInteger(number) && number >= min && number <= max) return number;
  throw new Fault('invalid', 'execution.not_a_number', `Expected a whole number from ${min} to ${max}, found ${JSON.stringify(value).slice(0, 100)}.`, {
    min,
    max,
  });
}

/** Things to merge, each an answer of its own: outcomes bring their confidence along. */
export const answersOf = (items: readonly Json[]): readonly Answer[] =>
  items.map((item, index) =>
    isOutcome(item) ? { agent: item.source, result: item.result, confidence: item.confidence } : { agent: String(index), result: item, confidence: null },
  );

export const scoreOf = (formula: Expression, frame: Frame, words: object): Json => evaluate(formula, frame.all(), { value: words as Json });

/** What is wrong with a value, as sentences. */
export const problemsOf = (schema: ValueSchema, value: unknown): readonly string[] =>
  checkValue(schema, value as Json, 'result').problems.map(({ path, message, expected }) => `${path}: ${message} Expected ${expected}.`);

export { textsOf } from '../../src/domain/execution/texts';
export { similarityOf } from '../../src/domain/pattern/expression/similarity';
