/**
 * What clients read of threads (digest §1.2, §1.5). Fields of the peer come first, in its order; those after them are ours.
 *
 * What was said in a thread is its owner's. An administrator who looks at somebody else's thread sees that it is there and what happened when, without any payload.
 */
import { z } from 'zod';
import type { Principal } from '../../contracts/principal';
import { EXECUTION_MODES } from '../../contracts/conversation/agent';
import { THREAD_EVENT_TYPES, type ThreadEvent, type Usage } from '../../contracts/conversation/events';
import type { Rollout, Thread, ThreadActivity, ThreadRun } from '../../contracts/conversation/ports';

const time = z.iso.datetime();
const count = z.int().min(0);
const Mode = z.enum(EXECUTION_MODES).describe('`local-mac`: a process of the owner runs it and publishes what happens.');
const Metadata = z.record(z.string(), z.json());

const HolderView = z
  .object({ kind: z.enum(['run', 'local_run', 'compaction']), id: z.string(), since: time })
  .meta({ id: 'ThreadHolder' })
  .describe('What holds the thread; nobody else writes meanwhile.');

export const ThreadView = z
  .object({
    ...{ id: z.string(), orgId: z.string().describe('The tenant.'), ownerUserId: z.string(), agentId: z.string(), title: z.string() },
    ...{ executionMode: Mode, archived: z.boolean(), activeRolloutId: z.string(), createdAt: time, updatedAt: time },
    status: z.enum(['idle', 'running', 'waiting_approval', 'compacting']),
    holder: HolderView.nullable(),
    queued: count.describe('Runs that wait for their turn.'),
    lastSequence: count.describe('Of the last durable event.'),
    metadata: Metadata,
    metadataOnly: z.boolean().describe('True for an administrator who looks at somebody else’s thread: events come without their payload.'),
  })
  .meta({ id: 'Thread' });

export const EventView = z
  .object({
    ...{ sequence: z.int().min(1), rolloutId: z.string(), threadId: z.string(), runId: z.string().nullable() },
    ...{ type: z.enum(THREAD_EVENT_TYPES), payload: z.json().describe('Null where only metadata is shown.'), createdAt: time },
  })
  .meta({ id: 'ThreadEvent' });

export const RolloutView = z
  .object({
    rolloutId: z.string(),
    threadId: z.string(),
    startedAt: time,
    completedAt: time.nullable().describe('Null: it is the active one.'),
    eventCount: count,
  })
  .meta({ id: 'ThreadRollout' });

export const ActivityView = z
  .object({
    ...{ id: z.string(), orgId: z.string(), actorUserId: z.string(), resourceType: z.literal('thread'), resourceId: z.string(), eventType: z.string() },
    ...{ severity: z.enum(['info', 'warning', 'error']), title: z.string(), threadId: z.string(), agentRunId: z.string().nullable(), createdAt: time },
  })
  .meta({ id: 'ThreadActivity' });

export const UsageView = z
  .object({
    ...{ inputTokens: count, outputTokens: count, promptTokens: count, completionTokens: count, totalTokens: count },
    ...{ toolCalls: count, usdMillicents: count },
  })
  .meta({ id: 'ThreadRunUsage' });

const Pending = z
  .object({ channel: z.string(), proposalId: z.string(), tool: z.string(), reason: z.string(), since: time })
  .meta({ id: 'ThreadPendingApproval' });

export const RunView = z
  .object({
    ...{ id: z.string(), sandboxId: z.string().nullable(), agentId: z.string(), userId: z.string() },
    status: z.enum(['queued', 'running', 'waiting_approval', 'completed', 'failed', 'cancelled']),
    ...{ createdAt: time, threadId: z.string(), rolloutId: z.string(), agent: z.string(), agentVersion: z.int().min(1), executionMode: Mode },
    result: z.string().nullable(),
    error: z.object({ code: z.string(), message: z.string() }).nullable(),
    ...{ usage: UsageView.nullable(), iterations: count, pending: Pending.nullable(), metadata: Metadata },
    ...{ startedAt: time.nullable(), endedAt: time.nullable() },
  })
  .meta({ id: 'ThreadRun' });

/** Whether the principal sees what was said. */
export const isOwner = ({ subject }: Pick<Principal, 'subject'>, { ownerUserId }: Pick<Thread, 'ownerUserId'>): boolean => ownerUserId === subject;

export function threadView(thread: Thread, principal: Pick<Principal, 'subject'>): z.output<typeof ThreadView> {
  const { tenant, metadata, holder, ...rest } = thread;
  const { id, ownerUserId, agentId, title, executionMode, archived, activeRolloutId, createdAt, updatedAt, status, queued, lastSequence } = rest;
  const own = isOwner(principal, thread);
  return {
    ...{ id, orgId: tenant, ownerUserId, agentId, title, executionMode, archived, activeRolloutId, createdAt, updatedAt },
    ...{ status, holder, queued, lastSequence, metadata: (own ? metadata : {}) as Record<string, z.core.util.JSONType>, metadataOnly: !own },
  };
}

/** The order of the fields is that of the lines of an export. */
export const eventView = ({ sequence, rolloutId, threadId, runId, type, payload, createdAt }: ThreadEvent, own: boolean): z.output<typeof EventView> => ({
  ...{ sequence, rolloutId, threadId, runId, type, payload: own ? payload : null, createdAt },
});

export const rolloutView = ({ rolloutId, threadId, startedAt, completedAt, eventCount }: Rollout): z.output<typeof RolloutView> => ({
  ...{ rolloutId, threadId, startedAt, completedAt, eventCount },
});

export const activityView = ({ id, tenant }: { id: string; tenant: string }, activity: ThreadActivity): z.output<typeof ActivityView> => ({
  ...{ id: `${id}.${activity.seq}`, orgId: tenant, actorUserId: activity.actorUserId, resourceType: 'thread', resourceId: id },
  ...{ eventType: activity.eventType, severity: activity.severity, title: activity.title, threadId: id, agentRunId: activity.runId },
  createdAt: activity.createdAt,
});

/** The peer has two names for the same figures. */
export function usageView(usage: Usage): z.output<typeof UsageView> {
  const { inputTokens, outputTokens, totalTokens, toolCalls, usdMillicents } = usage;
  return { inputTokens, outputTokens, promptTokens: inputTokens, completionTokens: outputTokens, totalTokens, toolCalls, usdMillicents };
}

export function runView(run: ThreadRun, principal: Pick<Principal, 'subject'>): z.output<typeof RunView> {
  const { runId, agentId, userId, status, createdAt, threadId, rolloutId, agentSlug, agentVersion, executionMode, iterations, startedAt, endedAt } = run;
  const own = userId === principal.subject;
  return {
    ...{ id: runId, sandboxId: null, agentId, userId, status, createdAt, threadId, rolloutId, agent: agentSlug, agentVersion, executionMode },
    ...{ result: own ? run.result : null, error: run.error, usage: run.usage && usageView(run.usage), iterations },
    ...{ pending: run.pending, metadata: (own ? run.metadata : {}) as Record<string, z.core.util.JSONType>, startedAt, endedAt },
  };
}
