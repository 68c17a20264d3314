/** The commit of an actor whose journal may have its end before the history of its workflow has: then a later run of the workflow is told the end that it does not know of. */
import type { ActorEnd, ActorRef, EndingActivities } from '../../src/contracts/actor';
import { faultFrom } from '../../src/errors/fault';
import type { Journal } from '../ports';

/** Null: the journal has no end of the actor. */
export type FindEnd = (actor: ActorRef) => Promise<ActorEnd | null>;

export const endingActivities = ({ journal, findEnd }: { readonly journal: Journal; readonly findEnd: FindEnd }): EndingActivities => ({
  async commitUnlessEnded(batch) {
    try {
      await journal.commit(batch);
      return null;
    } catch (thrown) {
      const fault = faultFrom(thrown);
      const end = fault.kind === 'conflict' ? await findEnd(batch.actor) : null;
      if (end) return end;
      throw fault;
    }
  },
});
