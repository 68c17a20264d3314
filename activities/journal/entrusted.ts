/**
 * Events that come along with another activity: they are brought to the journal beside its own work, so that they cost no activity of their own. That they do not arrive is no
 * failure of the activity: their actor keeps them until it is told that they did. Where its actor allows it, events of steps that follow each other at once come along together:
 * a commit for each would cost more than the steps do.
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

/** Work that ends sooner than this ends at once. */
const SOON_MS = 25;
/** Events that are older do not wait, and more than so many do not either. */
const [YOUNG_MS, FEW] = [50, 32];

async function bringing<T extends object>(journal: Journal, entrusted: CommitBatch, work: () => Promise<T>): Promise<T & Brings> {
  const done = work();
  // Whatever becomes of it is seen below.
  done.catch(() => undefined);
  if (await endsWithin(done, leftMs(entrusted))) return done;
  const brought = journal.commit(entrusted).then(
    () => true,
    (problem: unknown) => {
      Context.current().log.warn('events could not be brought to the journal; their actor commits them itself', { problem: String(problem) });
      return false;
    },
  );
  try {
    const told = await done;
    const last = entrusted.events.at(-1);
    return (await brought) && last ? { ...told, committedSeq: last.seq } : told;
  } finally {
    await brought;
  }
}

/** How long they may wait for the work to end. */
function leftMs({ events, mayWait }: CommitBatch): number {
  const [first] = events;
  if (mayWait !== true || !first || events.length > FEW) return 0;
  // The clock of another machine may be ahead.
  const age = Math.max(0, Date.now() - Date.parse(first.at));
  return Math.min(SOON_MS, YOUNG_MS - age);
}

async function endsWithin(work: Promise<unknown>, ms: number): Promise<boolean> {
  if (ms <= 0) return false;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => (timer = setTimeout(() => resolve(false), ms)));
  const ended = work.then(
    () => true,
    () => true,
  );
  return Promise.race([ended, late]).finally(() => clearTimeout(timer));
}
