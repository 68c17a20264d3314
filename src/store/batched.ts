/**
 * Reads by key, many at a time: what is asked for while a query is under way waits for the next one and goes together, and one key is read once. Alone, a read goes at once.
 *
 * No read is answered by a query that began before it, so whoever has just been told that something was committed sees it.
 */
export class Batched<V> {
  readonly #waiting = new Map<string, PromiseWithResolvers<V | null>>();
  #under = 0;

  /** `read` finds what there is of at most `max` keys; `atOnce` queries are under way at most. */
  constructor(
    private readonly read: (keys: readonly string[]) => Promise<ReadonlyMap<string, V>>,
    private readonly bounds: { readonly atOnce: number; readonly max: number },
  ) {}

  get(key: string): Promise<V | null> {
    let waiting = this.#waiting.get(key);
    if (!waiting) this.#waiting.set(key, (waiting = withResolvers<V | null>()));
    const { promise } = waiting;
    this.#next();
    return promise;
  }

  #next(): void {
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
