/** What names stand for at one place of a running script: a block sees what is around it, and what it binds ends with it. */
import type { StoredValue } from '../../../contracts/execution/value';

export class Names {
  readonly #bound = new Map<string, StoredValue>();

  constructor(private readonly outer: Names | null = null) {}

  get(name: string): StoredValue | undefined {
    return this.#bound.get(name) ?? this.outer?.get(name);
  }

  /** Again where its step is performed again. */
  set(name: string, value: StoredValue): void {
    this.#bound.set(name, value);
  }

  inner(): Names {
    return new Names(this);
  }
}
