/** The names that can be used at one place of a script. A block sees what is around it; what it binds ends with it. */

export class Scope {
  readonly #names = new Set<string>();

  constructor(private readonly outer: Scope | null = null) {}

  /** False when the name is bound already here or around: a name means one thing. What is declared above the steps may be hidden by what they bind. */
  bind(name: string): boolean {
    if (this.#bound(name)) return false;
    this.#names.add(name);
    return true;
  }

  #bound(name: string): boolean {
    return this.#names.has(name) || (this.outer?.outer ? this.outer.#bound(name) : false);
  }

  has(name: string): boolean {
    return this.#names.has(name) || (this.outer?.has(name) ?? false);
  }

  inner(): Scope {
    return new Scope(this);
  }

  /** Bound here, not around. */
  get own(): ReadonlySet<string> {
    return this.#names;
  }

  get all(): readonly string[] {
    return [...this.#names, ...(this.outer?.all ?? [])];
  }
}
