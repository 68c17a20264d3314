/**
 * The kernel's own activity: what an actor recorded becomes visible to the world.
 *
 * Faults say by their kind whether Temporal tries again: a conflict or a gap never heals by repetition and fails the activity for good,
 * a database that cannot be reached is tried again for as long as the workflow's retry policy says.
 */
import type { KernelActivities } from '../../src/contracts/actor';
import { faultFrom } from '../../src/errors/fault';
import type { Journal } from '../ports';

export const journalActivities = ({ journal }: { readonly journal: Journal }): KernelActivities => ({
  async commitJournal(batch) {
    try {
      await journal.commit(batch);
    } catch (thrown) {
      throw faultFrom(thrown);
    }
  },
});
