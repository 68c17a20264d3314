/** Runs beside their events. */
import type { RunState } from '../domain/run/state';
import type { Projector } from './projector';
import { writeRun } from './run-row';

export const runProjector: Projector = {
  // A run is followed by its own id, and so is each that it delegates to.
  executionOf: (_db, { id }) => Promise.resolve(id),
  apply: (db, { actor, projection, redact, lastSeq }) => writeRun(db, actor, projection as unknown as RunState, lastSeq, redact),
};
