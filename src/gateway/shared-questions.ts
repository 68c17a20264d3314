/**
 * One question at a time for each key, and everybody who asks before the next one begins shares its answer: nobody gets an answer that is older than the question.
 *
 * Temporal describes a schedule by a query of its workflow and keeps one query waiting for each; more at once are turned away and tried again a second later.
 */
export class SharedQuestions<T> {
  /** Bounded by the requests in hand. */
  private readonly asked = new Map<string, { readonly now: Promise<T>; next: Promise<T> | null }>();

  ask(key: string, question: () => Promise<T>): Promise<T> {
    const entry = this.asked.get(key);
    if (!entry) return this.begin(key, question);
    const over = entry.now.then(
      () => undefined,
      () => undefined,
    );
    return (entry.next ??= over.then(() => this.begin(key, question)));
  }

  private begin(key: string, question: () => Promise<T>): Promise<T> {
    const entry = { now: question(), next: null };
    this.asked.set(key, entry);
    const over = (): void => {
      if (entry.next === null) this.asked.delete(key);
    };
    entry.now.then(over, over);
    return entry.now;
  }
}
