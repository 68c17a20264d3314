/** What one evaluation may cost. Expressions come from users and run in workflows: one that would run too long is a fault, and never a stuck worker. */
import { EVALUATION_CHARACTERS_MAX, EVALUATION_ITEMS_MAX, EVALUATION_STEPS_MAX } from '../../../contracts/pattern/bounds';
import type { Json } from '../../../contracts/pattern/json';
import { Fault } from '../../../errors/fault';
import { isOutcome } from './outcome';

export class Budget {
  private steps = EVALUATION_STEPS_MAX;
  private characters = EVALUATION_CHARACTERS_MAX;

  step(count = 1): void {
    this.steps -= count;
    if (this.steps < 0) throw tooLarge(`takes more than ${EVALUATION_STEPS_MAX} steps`);
  }

  /** Counts `text` as made by the evaluation. */
  text(text: string): string {
    this.characters -= text.length;
    if (this.characters < 0) throw tooLarge(`gives more than ${EVALUATION_CHARACTERS_MAX} characters`);
    return text;
  }

  list<T>(items: readonly T[]): readonly T[] {
    if (items.length > EVALUATION_ITEMS_MAX) throw tooLarge(`gives a list of more than ${EVALUATION_ITEMS_MAX} entries`);
    this.step(items.length);
    return items;
  }

  /** `value` with the results of outcomes in their place. */
  plain(value: Json, depth = 100): Json {
    if (typeof value === 'string') {
      this.step(1 + (value.length >> 8));
      return value;
    }
    this.step();
    if (value === null || typeof value !== 'object') return value;
    if (depth === 0) throw tooLarge('gives a value that is nested too deep');
    if (isOutcome(value)) return this.plain(value.result, depth - 1);
    if (Array.isArray(value)) return value.map((each: Json) => this.plain(each, depth - 1));
    return Object.fromEntries(Object.entries(value as { readonly [key: string]: Json }).map(([key, each]) => [key, this.plain(each, depth - 1)]));
  }

  /** `value`, when it is small enough to be said as JSON: what is there once can be meant a thousand times. */
  sized(value: Json, depth = 100): Json {
    this.step();
    if (typeof value === 'string') this.text(value);
    if (value === null || typeof value !== 'object') return value;
    if (depth === 0) throw tooLarge('gives a value that is nested too deep');
    if (Array.isArray(value)) this.list(value as readonly Json[]).forEach((each) => this.sized(each, depth - 1));
    else
      for (const [key, each] of Object.entries(value as { readonly [key: string]: Json })) {
        this.text(key);
        this.sized(each, depth - 1);
      }
    return value;
  }
}

const tooLarge = (what: string): Fault => new Fault('invalid', 'expression.too_large', `The expression ${what}.`);
