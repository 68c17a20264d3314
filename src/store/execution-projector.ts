/** Executions beside their events: the row, and one row for each task of an agent. */
import type { ExecutionProjection } from '../contracts/execution/start';
import { writeExecution, writeTasks } from './execution-row';
import { keepResult } from './execution-results';
import type { Projector } from './projector';

export const executionProjector: Projector = {
  // A batch and a sub-pattern are followed by their own ids.
  executionOf: (_db, { id }) => Promise.resolve(id),

  async apply(db, { actor, events, projection, redact, lastSeq }) {
    await writeExecution(db, actor, projection as unknown as ExecutionProjection, lastSeq, redact);
    await writeTasks(db, actor, events);
    for (const event of events) {
      if (event.type === 'result_kept') await keepResult(db, actor.tenant, (projection as unknown as ExecutionProjection).start.patternName, event);
    }
  },
};
