/** Expressions as texts. */
import type { Expression } from '../../contracts/pattern/expression';
import type { Json } from '../../contracts/pattern/json';
import { evaluate } from '../pattern/expression/evaluate';
import { textOf as spoken } from '../pattern/expression/values';
import type { Frame } from './frame';

/** An entry that gives a list stands for all of its entries. */
export const textsOf = (expressions: readonly Expression[], frame: Frame): string[] =>
  expressions.flatMap((expression) => {
    const value = evaluate(expression, frame.all());
    const texts = Array.isArray(value) ? (value as readonly Json[]).map(spoken) : [spoken(value)];
    return texts.filter((text) => text !== '');
  });
