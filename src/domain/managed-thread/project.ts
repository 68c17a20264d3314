/** A thread's row for lists and reads, from its state. */
import type { ThreadProjection } from '../../contracts/managed-thread/projection';
import type { ThreadState } from './state';

export const projectThread = (state: ThreadState): ThreadProjection => ({
  specRef: state.start.specRef,
  status: state.status,
  statusReason: state.statusReason,
  workspace: state.workspace,
  memoryContext: state.memoryContext,
  hostId: state.hostId,
  sessionId: state.session?.sessionId ?? null,
  conversationId: state.conversationId,
  ask: state.ask,
  queued: state.queue.length + state.immediate.length,
  turns: state.turns,
  summary: state.summary,
  completion: state.completion,
  updatedAt: state.updatedAt,
  lastActivityAt: state.lastActivityAt,
});
