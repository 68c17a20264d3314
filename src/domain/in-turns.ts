/** Work on many things, a few at a time: results in the order of the things. */
export async function inTurns<A, B>(items: readonly A[], atOnce: number, work: (item: A, at: number) => Promise<B>): Promise<B[]> {
  const results: B[] = [];
  for (let from = 0; from < items.length; from += atOnce)
    results.push(...(await Promise.all(items.slice(from, from + atOnce).map((item, at) => work(item, from + at)))));
  return results;
}
