/** Several streams as one, in the order in which their values come; nothing is pulled ahead of the reader beyond one value of each. */
export async function* merged<T>(sources: readonly AsyncGenerator<T, void, void>[]): AsyncGenerator<T, void, void> {
  const pull = (source: AsyncGenerator<T, void, void>) => {
    const next = source.next().then((result) => ({ source, result }));
    // A reader that breaks off leaves values behind that nobody waits for; their failure concerns nobody.
    next.catch(() => undefined);
    return next;
  };
  const pending = new Map(sources.map((source) => [source, pull(source)]));
  while (pending.size > 0) {
    const { source, result } = await Promise.race(pending.values());
    if (result.done) {
      pending.delete(source);
    } else {
      pending.set(source, pull(source));
      yield result.value;
    }
  }
}
