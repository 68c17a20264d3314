import * as wf from '@temporalio/workflow';

/** Runs all at once; the first that fails cancels the others, and its fault is thrown. */
export async function together<T>(works: readonly (() => Promise<T>)[]): Promise<T[]> {
  const scope = new wf.CancellationScope();
  let first: unknown = null;
  const all = works.map((work) =>
    scope.run(work).catch((thrown: unknown) => {
      first ??= thrown;
      scope.cancel();
      return null;
    }),
  );
  const results = await Promise.all(all);
  if (first !== null) throw first as Error;
  return results as T[];
}
