/** Rows of conversations, their rollouts and runs, as reads return them. */
import type { ExecutionMode } from '../contracts/conversation/agent';
import type { Rollout, Thread, ThreadRun, ThreadStatus } from '../contracts/conversation/ports';
import type { Holder } from '../contracts/conversation/start';
import type { ConversationState } from '../domain/conversation/state';

export interface StoredThread {
  tenant: string;
  id: string;
  owner: string;
  agent_id: string;
  title: string;
  execution_mode: ExecutionMode;
  archived: boolean;
  rollout_id: string;
  holder: Holder | null;
  waits: boolean;
  metadata: Record<string, unknown>;
  last_sequence: string;
  state: ConversationState;
  last_seq: string;
  created_at: Date;
  updated_at: Date;
  deleted_at: Date | null;
}

function statusOf({ holder, waits }: Pick<StoredThread, 'holder' | 'waits'>): ThreadStatus {
  if (holder === null) return 'idle';
  if (holder.kind === 'compaction') return 'compacting';
  return waits ? 'waiting_approval' : 'running';
}

export const threadOf = (row: StoredThread): Thread => ({
  ...{ id: row.id, tenant: row.tenant, ownerUserId: row.owner, agentId: row.agent_id, title: row.title, executionMode: row.execution_mode },
  ...{ archived: row.archived, activeRolloutId: row.rollout_id, status: statusOf(row), holder: row.holder, queued: row.state.queue.length },
  ...{ lastSequence: Number(row.last_sequence), metadata: row.metadata },
  ...{ createdAt: row.created_at.toISOString(), updatedAt: row.updated_at.toISOString() },
});

export interface StoredRollout {
  rollout_id: string;
  thread_id: string;
  started_at: Date;
  completed_at: Date | null;
  event_count: string;
}

export const rolloutOf = (row: StoredRollout): Rollout => ({
  ...{ rolloutId: row.rollout_id, threadId: row.thread_id, eventCount: Number(row.event_count) },
  ...{ startedAt: row.started_at.toISOString(), completedAt: row.completed_at?.toISOString() ?? null },
});

export interface StoredThreadRun {
  run_id: string;
  thread_id: string;
  rollout_id: string;
  agent_id: string;
  agent_slug: string;
  agent_version: number;
  execution_mode: ExecutionMode;
  status: ThreadRun['status'];
  by_subject: string;
  metadata: Record<string, unknown>;
  result: string | null;
  error: ThreadRun['error'];
  usage: ThreadRun['usage'];
  iterations: number;
  pending: ThreadRun['pending'];
  created_at: Date;
  started_at: Date | null;
  ended_at: Date | null;
}

export const runOfRow = (row: StoredThreadRun): ThreadRun => ({
  ...{ runId: row.run_id, threadId: row.thread_id, rolloutId: row.rollout_id, agentId: row.agent_id, agentSlug: row.agent_slug },
  ...{ agentVersion: row.agent_version, executionMode: row.execution_mode, status: row.status, userId: row.by_subject, metadata: row.metadata },
  ...{ result: row.result, error: row.error, usage: row.usage, iterations: row.iterations, pending: row.pending },
  ...{ createdAt: row.created_at.toISOString(), startedAt: row.started_at?.toISOString() ?? null, endedAt: row.ended_at?.toISOString() ?? null },
});
