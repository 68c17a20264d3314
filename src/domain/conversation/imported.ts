/** A thread from exported lines: which rollouts and runs it has, and its events numbered anew. Pure. */
import type { ExportedEvent } from '../../contracts/conversation/events';
import { PAYLOAD_MAX } from '../../contracts/conversation/events';
import { IMPORT_EVENTS_MAX } from '../../contracts/conversation/ports';
import { jsonBytes } from '../../contracts/execution/value';
import { Fault } from '../../errors/fault';

export interface ImportedRollout {
  readonly rolloutId: string;
  readonly startedAt: string;
  /** Null: the last one, which is the active one. */
  readonly completedAt: string | null;
}
export interface ImportedRun {
  readonly runId: string;
  readonly rolloutId: string;
  readonly status: 'completed' | 'failed' | 'cancelled';
  readonly startedAt: string;
  readonly endedAt: string;
}
export interface ImportedThread {
  /** As the lines have it; it may be taken here. */
  readonly threadId: string;
  readonly rollouts: readonly ImportedRollout[];
  readonly runs: readonly ImportedRun[];
  readonly events: readonly ExportedEvent[];
}

const refused = (line: number, field: string, reason: string): Fault =>
  new Fault('invalid', 'conversation.import', `line ${line}: ${field}: ${reason}`, { line, field, reason });

/** Faults `conversation.import` (invalid) with `line`, `field`, `reason`; `conversation.import_too_large` (invalid). */
export function importedThread(events: readonly ExportedEvent[]): ImportedThread {
  const [first] = events;
  if (!first) throw refused(1, '(line)', 'expected an event: there is none');
  if (events.length > IMPORT_EVENTS_MAX) {
    throw new Fault('invalid', 'conversation.import_too_large', `At most ${IMPORT_EVENTS_MAX} events are imported at once.`, { max: IMPORT_EVENTS_MAX });
  }
  const rollouts = new Map<string, { readonly startedAt: string; last: string }>();
  let active = first.rolloutId;
  events.forEach((event, at) => {
    assertFollows(event, { line: at + 1, before: events[at - 1], threadId: first.threadId });
    if (event.rolloutId !== active && rollouts.has(event.rolloutId))
      throw refused(at + 1, 'rolloutId', 'expected the events of a rollout together: it was closed before');
    active = event.rolloutId;
    const known = rollouts.get(active);
    if (known) known.last = event.createdAt;
    else rollouts.set(active, { startedAt: event.createdAt, last: event.createdAt });
  });
  return {
    ...{ threadId: first.threadId, events: events.map((event, at) => ({ ...event, sequence: at + 1 })), runs: runsOf(events) },
    rollouts: [...rollouts].map(([rolloutId, { startedAt, last }]) => ({ rolloutId, startedAt, completedAt: rolloutId === active ? null : last })),
  };
}

function assertFollows(
  event: ExportedEvent,
  { line, before, threadId }: { readonly line: number; readonly before: ExportedEvent | undefined; readonly threadId: string },
): void {
  if (event.threadId !== threadId) throw refused(line, 'threadId', `expected ${threadId}, as in the first line`);
  if (before && event.sequence <= before.sequence) throw refused(line, 'sequence', `expected more than ${before.sequence}, which the line before has`);
  if (jsonBytes(event.payload) > PAYLOAD_MAX) throw refused(line, 'payload', `expected at most ${PAYLOAD_MAX} bytes of JSON`);
}

/** A run whose end is not among the lines was cut off: it counts as failed. */
function runsOf(events: readonly ExportedEvent[]): readonly ImportedRun[] {
  const runs = new Map<string, ImportedRun>();
  for (const { runId, rolloutId, type, payload, createdAt } of events) {
    if (runId === null) continue;
    const known = runs.get(runId) ?? { runId, rolloutId, status: 'failed' as const, startedAt: createdAt, endedAt: createdAt };
    runs.set(runId, { ...known, endedAt: createdAt, ...(type === 'run_completed' && { status: statusOf(payload) }) });
  }
  return [...runs.values()];
}

function statusOf(payload: ExportedEvent['payload']): ImportedRun['status'] {
  const status = (payload as { readonly status?: unknown } | null)?.status;
  return status === 'failed' || status === 'cancelled' ? status : 'completed';
}
