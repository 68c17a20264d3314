/** Work that runs at one time: the first that fails, or goes elsewhere, ends the others. */
import * as wf from '@temporalio/workflow';
import type { Flow } from './performing';

/** The first that does not simply go on, after all others have stopped; null: all have gone on. */
export async function lanes(works: readonly (() => Promise<Flow>)[]): Promise<Exclude<Flow, { readonly kind: 'next' }> | null> {
  const scope = new wf.CancellationScope({ cancellable: true });
  let left: Exclude<Flow, { readonly kind: 'next' }> | null = null;
  let failure: { readonly thrown: unknown } | null = null;
  await Promise.all(
    works.map((work) =>
      scope.run(work).then(
        (flow) => {
          if (flow.kind === 'next' || left || failure) return;
          left = flow;
          scope.cancel();
        },
        (thrown: unknown) => {
          if (left || failure) return;
          failure = { thrown };
          scope.cancel();
        },
      ),
    ),
  );
  const ended = { left, failure } as { readonly left: Exclude<Flow, { readonly kind: 'next' }> | null; readonly failure: { readonly thrown: unknown } | null };
  if (ended.failure) throw ended.failure.thrown as Error;
  return ended.left;
}
