/** What names stand for at one place of a running script: a block sees what is around it, and what it binds ends with it. */
import type { StoredValue } from '../../../contracts/execution/value';

/** `sealed`: it came of the environment, so it is a reference, and what comes of it is one too: values of the environment never travel. */
export interface Named {
  readonly value: StoredValue;
  readonly sealed: boolean;
}

export class Names {
  readonly #bound = new Map<string, Named>();

  constructor(private readonly outer: Names | null = null) {}

  get(name: string): Named | undefined {
    return this.#bound.get(name) ?? this.outer?.get(name);
  }

  /** Again where its step is performed again. */
  set(name: string, value: StoredValue, sealed = false): void {
    this.#bound.set(name, { value, sealed });
  }

  inner(): Names {
    return new Names(this);
  }
}
