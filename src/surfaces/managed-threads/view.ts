/** Rows to the seed's objects. */
import type { Deep } from '../http/route';
import type { EventRow, ThreadRow } from './ports';
import type { Thread, ThreadEvent } from './wire';

const present = <T>(value: T | null): T | undefined => value ?? undefined;

export const runtimeOf = (row: Pick<ThreadRow, 'hostId'>): string => row.hostId ?? 'everthread';

/** Only what is there: JSON drops what is undefined. */
export function threadView(row: ThreadRow): Deep<Thread> {
  const metadata = row.memoryContext ? { ...row.metadata, memoryContext: row.memoryContext } : row.metadata;
  const session = row.sessionId && row.hostId ? { sessionId: row.sessionId, hostId: row.hostId, conversationId: present(row.conversationId) } : undefined;
  return {
    id: row.id,
    executionId: row.executionId,
    name: row.name,
    runtimeName: runtimeOf(row),
    agentId: present(row.sessionId),
    agentType: row.agentType,
    role: present(row.role),
    status: row.status,
    statusReason: present(row.statusReason),
    workspace: present(row.workspace),
    objective: row.objective,
    approvalPreset: row.approvalPreset,
    policy: Object.keys(row.policy).length === 0 ? undefined : row.policy,
    ask: present(row.ask),
    session,
    turns: row.turns,
    queued: row.queued,
    lastSeq: row.lastSeq,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    lastActivityAt: present(row.lastActivityAt),
    summary: present(row.summary),
    completion: present(row.completion),
    metadata: Object.keys(metadata).length === 0 ? undefined : metadata,
  };
}

export function eventView(event: EventRow, runtimeName: string): Deep<ThreadEvent> {
  return {
    id: `${event.threadId}/${event.seq}`,
    seq: event.seq,
    threadId: event.threadId,
    executionId: event.executionId,
    time: event.at,
    type: event.type,
    data: { ...event.data, runtimeName },
    by: event.by,
    requestId: present(event.requestId),
  };
}
