/** Runs beside their events. */
import type { RunState } from '../domain/run/state';
import { tellThread } from './conversation-run-events';
import type { Projector } from './projector';
import { writeRun } from './run-row';

export const runProjector: Projector = {
  // A run is followed by its own id, and so is each that it delegates to.
  executionOf: (_db, { id }) => Promise.resolve(id),
  async apply(db, { actor, events, projection, redact, lastSeq }) {
    const state = projection as unknown as RunState;
    await writeRun(db, actor, state, lastSeq, redact);
    await tellThread(db, actor, state, { events, redact });
  },
};
