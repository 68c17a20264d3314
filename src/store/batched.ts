/**
 * Reads by key, many at a time: what is asked for while a query is under way waits for the next one and goes together, and one key is read once. Alone, a read goes at once.
 *
 * One query at a time is what a busy process wants: each costs the same whether it brings one row or fifty. Whoever has waited {@link BatchBounds.patienceMs} for a query that
 * does not end no longer waits for it: then another goes beside it.
 *
 * No read is answered by a query that began before it, so whoever has just been told that something was committed sees it.
 */
export interface BatchBounds {
  /** Queries under way at most. */
  readonly atOnce: number;
  /** Keys in one query at most. */
  readonly max: number;
  readonly patienceMs: number;
}

export class Batched<V> {
  readonly #waiting = new Map<string, PromiseWithResolvers<V | null>>();
  #under = 0;
  #impatient: NodeJS.Timeout | undefined;

  /** `read` finds what there is of at most `max` keys. */
  constructor(
    private readonly read: (keys: readonly string[]) => Promise<ReadonlyMap<string, V>>,
    private readonly bounds: BatchBounds,
  ) {}

  get(key: string): Promise<V | null> {
    let waiting = this.#waiting.get(key);
    if (!waiting) this.#waiting.set(key, (waiting = withResolvers<V | null>()));
    if (this.#under === 0) this.#next();
    else if (this.#under < this.bounds.atOnce) this.#impatient ??= setTimeout(() => this.#next(), this.bounds.patienceMs);
    return waiting.promise;
  }

  #next(): void {
    clearTimeout(this.#impatient);
    this.#impatient = undefined;
    if (this.#under >= this.bounds.atOnce || this.#waiting.size === 0) return;
    const taken = [...this.#waiting].slice(0, this.bounds.max);
    for (const [key] of taken) this.#waiting.delete(key);
    this.#under += 1;
    this.read(taken.map(([key]) => key))
      .then(
        (found) => taken.forEach(([key, { resolve }]) => resolve(found.get(key) ?? null)),
        (problem: unknown) => taken.forEach(([, { reject }]) => reject(problem)),
      )
      .finally(() => {
        this.#under -= 1;
        this.#next();
      });
    // More than one query may hold goes beside it at once.
    if (this.#waiting.size > 0) this.#next();
  }
}

interface PromiseWithResolvers<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (problem: unknown) => void;
}

/** Node has `Promise.withResolvers` from 22 on. */
function withResolvers<T>(): PromiseWithResolvers<T> {
  let resolve!: (value: T) => void;
  let reject!: (problem: unknown) => void;
  const promise = new Promise<T>((done, failed) => {
    resolve = done;
    reject = failed;
  });
  return { promise, resolve, reject };
}
