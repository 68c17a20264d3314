/** The arguments of a function, each taken as what it has to be. */
import type { Json } from '../../../contracts/pattern/json';
import { Fault } from '../../../errors/fault';
import type { Budget } from './limits';
import { described, isList, isObject, truth, type JsonObject } from './values';

export type Lambda = (item: Json) => Json;
export type Given = Json | Lambda;
export type Implementation = (args: Arguments) => Json;

const ORDINALS = ['first', 'second', 'third'];

/** Positions count from 0. Fault `expression.argument`. */
export class Arguments {
  constructor(
    private readonly name: string,
    private readonly values: readonly Given[],
    readonly budget: Budget,
  ) {}

  has(at: number): boolean {
    return at < this.values.length;
  }

  value(at: number): Json {
    const given = this.values[at];
    if (typeof given === 'function') throw this.refused(at, 'a value', given);
    return given ?? null;
  }

  lambda(at: number): Lambda {
    const given = this.values[at];
    if (typeof given !== 'function') throw this.refused(at, 'a lambda', given);
    return given;
  }

  /** A lambda that says yes or no. */
  test(at: number): (item: Json) => boolean {
    const lambda = this.lambda(at);
    return (item) => truth(lambda(item), `What the lambda of \`${this.name}\` gives`);
  }

  text(at: number): string {
    const given = this.value(at);
    if (typeof given !== 'string') throw this.refused(at, 'a text', given);
    return given;
  }

  number(at: number): number {
    const given = this.value(at);
    if (typeof given !== 'number') throw this.refused(at, 'a number', given);
    return given;
  }

  whole(at: number): number {
    const given = this.value(at);
    if (typeof given !== 'number' || !Number.isSafeInteger(given)) throw this.refused(at, 'a whole number', given);
    return given;
  }

  list(at: number): readonly Json[] {
    const given = this.value(at);
    if (!isList(given)) throw this.refused(at, 'a list', given);
    this.budget.step(given.length);
    return given;
  }

  numbers(at: number): readonly number[] {
    const items = this.list(at);
    const other = items.findIndex((item) => typeof item !== 'number');
    if (other >= 0) throw this.failed(`expected a list of numbers, found ${described(items[other])} at ${other}`);
    return items as readonly number[];
  }

  object(at: number): JsonObject {
    const given = this.value(at);
    if (!isObject(given)) throw this.refused(at, 'an object', given);
    this.budget.step(Object.keys(given).length);
    return given;
  }

  refused(at: number, expected: string, found: Given | undefined): Fault {
    const which = this.values.length > 1 ? ` as the ${ORDINALS[at] ?? `${at + 1}th`} value` : '';
    return this.failed(`expected ${expected}${which}, found ${typeof found === 'function' ? 'a lambda' : described(found)}`);
  }

  failed(why: string): Fault {
    return new Fault('invalid', 'expression.argument', `\`${this.name}\` failed: ${why}.`, { function: this.name });
  }
}
