/** Managed threads beside their events: the `threads` row, and what they leave behind as memory. */
import type { ActorRef, RecordedEvent } from '../contracts/actor';
import type { ThreadProjection } from '../contracts/managed-thread/projection';
import type { ThreadSpec } from '../contracts/managed-thread/spawn';
import type { LatestMemory, MemoryRows } from '../domain/memory/rows';
import { Fault } from '../errors/fault';
import type { Queryable } from './database';
import { insertDecision, insertExperience, latestMemoryOf } from './memory';
import type { Projection, Projector } from './projector';
import { insertThread, updateThread } from './thread-row';
import type { SpecStore } from './thread-specs';

/** The pure rules of src/domain/memory/rows.ts. */
export type MemoryRules = (
  spec: Pick<ThreadSpec, 'tenant' | 'id' | 'executionId' | 'agentType' | 'role' | 'objective' | 'workspace' | 'policy'>,
  events: readonly RecordedEvent[],
  latest: LatestMemory,
) => MemoryRows;

/** Other events leave nothing behind, so the rules need not be asked. */
const REMEMBERED: ReadonlySet<string> = new Set(['thread_turn_complete', 'thread_summary_updated', 'thread_completed', 'thread_failed', 'thread_stopped']);

export function threadProjector(specs: SpecStore, memoryRows: MemoryRules): Projector {
  const specRefOf = (projection: Readonly<Record<string, unknown>>): string => {
    if (typeof projection.specRef === 'string') return projection.specRef;
    throw new Fault('internal', 'thread.spec_missing', 'The projection of a managed thread names no spec.');
  };
  return {
    async executionOf(db: Queryable, actor: ActorRef, projection) {
      return (await specs.stored(db, actor.tenant, specRefOf(projection))).executionId;
    },

    async apply(db: Queryable, { actor, events, projection, redact, lastSeq }: Projection) {
      const row = projection as unknown as ThreadProjection;
      const spec = await specs.stored(db, actor.tenant, specRefOf(projection));
      const updated = await updateThread(db, actor, row, lastSeq, redact);
      // A pending row inserted by the API between the two statements is waited for by the insert, and then found by the second update.
      if (!updated && !(await insertThread(db, actor.address, spec, row, lastSeq, redact))) await updateThread(db, actor, row, lastSeq, redact);
      if (!events.some((event) => REMEMBERED.has(event.type))) return;
      const latest = await latestMemoryOf(db, actor, (events[0] as RecordedEvent).seq);
      const { decisions, experiences } = memoryRows({ ...spec, objective: redact(spec.objective), workspace: redact(spec.workspace) }, events, latest);
      for (const decision of decisions) await insertDecision(db, actor.tenant, decision);
      for (const experience of experiences) await insertExperience(db, actor.tenant, experience);
    },
  };
}
