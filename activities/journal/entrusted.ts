/**
 * Events that come along with another activity: they are brought to the journal beside its own work, so that they cost no activity of their own. That they do not arrive is no
 * failure of the activity: their actor keeps them until it is told that they did.
 */
import { Context } from '@temporalio/activity';
import type { Brings, CommitBatch } from '../../src/contracts/actor';
import type { Journal } from '../ports';

type Carrier = (request: never, entrusted?: CommitBatch) => Promise<object>;

/** The same activities; each takes a batch of events as its last argument. */
export const carriers = <A extends { readonly [name in keyof A]: Carrier }>({ journal }: { readonly journal: Journal }, activities: A): A =>
  Object.fromEntries(
    Object.entries<Carrier>(activities).map(([name, perform]) => [
      name,
      (request: never, entrusted?: CommitBatch) => (entrusted ? bringing(journal, entrusted, () => perform(request)) : perform(request)),
    ]),
  ) as unknown as A;

async function bringing<T extends object>(journal: Journal, entrusted: CommitBatch, work: () => Promise<T>): Promise<T & Brings> {
  const brought = journal.commit(entrusted).then(
    () => true,
    (problem: unknown) => {
      Context.current().log.warn('events could not be brought to the journal; their actor commits them itself', { problem: String(problem) });
      return false;
    },
  );
  try {
    const told = await work();
    const last = entrusted.events.at(-1);
    return (await brought) && last ? { ...told, committedSeq: last.seq } : told;
  } finally {
    await brought;
  }
}
