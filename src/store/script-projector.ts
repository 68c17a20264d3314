/** Threads of scripts beside their events: the row, and one for each step, yielded value and artifact. */
import type { ScriptThreadProjection } from '../contracts/script/start';
import type { Projector } from './projector';
import { writeOutcomes, writeSteps } from './script-steps';
import { writeScriptThread } from './script-thread-row';

export const scriptProjector: Projector = {
  // A script that another one runs is followed by its own id.
  executionOf: (_db, { id }) => Promise.resolve(id),

  async apply(db, { actor, events, projection, redact, lastSeq }) {
    await writeScriptThread(db, actor, projection as unknown as ScriptThreadProjection, lastSeq, redact);
    await writeSteps(db, actor, events);
    await writeOutcomes(db, actor, events);
  },
};
