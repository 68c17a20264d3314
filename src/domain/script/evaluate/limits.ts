/** What one evaluation may cost. Expressions come from people and models, and are evaluated in workflows: one that would take too long is a fault, never a stuck worker. */
import type { Json } from '../../../contracts/pattern/json';
import { Fault } from '../../../errors/fault';

export interface EvaluationLimits {
  /** Nodes of the expression and items of lists that are gone through; a text counts one for each 256 characters. */
  readonly steps: number;
  /** Characters of the texts that are made, together. */
  readonly characters: number;
  /** Items of one list. */
  readonly items: number;
}

/** About a tenth of a second at worst. */
export const EVALUATION_LIMITS: EvaluationLimits = { steps: 1_000_000, characters: 1024 * 1024, items: 100_000 };

/** Values in each other. */
const DEPTH_MAX = 100;

export class Budget {
  #steps: number;
  #characters: number;

  constructor(private readonly limits: EvaluationLimits) {
    this.#steps = limits.steps;
    this.#characters = limits.characters;
  }

  step(count = 1): void {
    this.#steps -= count;
    if (this.#steps < 0) throw tooLarge(`takes more than ${this.limits.steps} steps`);
  }

  /** Counts `text` as made by the evaluation. */
  text(text: string): string {
    this.#characters -= text.length;
    if (this.#characters < 0) throw tooLarge(`makes texts of more than ${this.limits.characters} characters`);
    this.step(text.length >> 8);
    return text;
  }

  /** Before a text of so many characters is made. */
  room(characters: number): void {
    if (characters > this.#characters) throw tooLarge(`makes texts of more than ${this.limits.characters} characters`);
  }

  list<T>(items: readonly T[]): readonly T[] {
    this.size(items.length);
    this.step(items.length);
    return items;
  }

  /** Before a list of so many items is made. */
  size(items: number): void {
    if (items > this.limits.items) throw tooLarge(`makes a list of more than ${this.limits.items} items`);
  }

  /** `value`, when it is small enough to be gone through: what is there once can be meant a thousand times. */
  walk<T extends Json>(value: T, depth = DEPTH_MAX): T {
    this.step(typeof value === 'string' ? 1 + (value.length >> 8) : 1);
    if (value === null || typeof value !== 'object') return value;
    if (depth === 0) throw tooLarge(`makes a value that is more than ${DEPTH_MAX} deep`);
    if (Array.isArray(value)) (value as readonly Json[]).forEach((item) => this.walk(item, depth - 1));
    else for (const each of Object.values(value as { readonly [key: string]: Json })) this.walk(each, depth - 1);
    return value;
  }
}

const tooLarge = (what: string): Fault => new Fault('invalid', 'expression.too_large', `The expression ${what}.`);
