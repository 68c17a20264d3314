/**
 * Several streams as one, in the order in which their values come; nothing is pulled ahead of the reader beyond one value of each. A reader that breaks off leaves values behind that
 * nobody waits for: whoever made the streams ends them.
 */
export async function* merged<T>(sources: readonly AsyncGenerator<T, void, void>[]): AsyncGenerator<T, void, void> {
  type Come = { readonly source: AsyncGenerator<T, void, void>; readonly result: IteratorResult<T, void> } | { readonly failure: unknown };
  const come: Come[] = [];
  let wake = (): void => undefined;
  const arrived = (one: Come): void => {
    come.push(one);
    wake();
  };
  // Not a race of promises: one that is pending for hours would remember every race that it took part in.
  const pull = (source: AsyncGenerator<T, void, void>): void =>
    void source.next().then(
      (result) => arrived({ source, result }),
      (failure: unknown) => arrived({ failure }),
    );
  sources.forEach(pull);
  for (let open = sources.length; open > 0;) {
    const one = come.shift();
    if (one === undefined) await new Promise<void>((resolve) => (wake = resolve));
    else if ('failure' in one) throw one.failure;
    else if (one.result.done) open -= 1;
    else {
      pull(one.source);
      yield one.result.value;
    }
  }
}
