/** What the workflows of org charts need of the worker: threads through the gateway, their journal, and what earlier executions showed. */
import { Worker, type WorkerOptions } from '@temporalio/worker';
import { orgActivities } from '../../activities/org/activities';
import { followActivities } from '../../activities/org/follow-turn';
import type { ForgeConfig } from '../config/forge';
import { FOLLOW_QUEUE, type OrgActivities } from '../contracts/execution/org';
import type { Principal } from '../contracts/principal';
import { Fault } from '../errors/fault';
import { callForge } from './forge';
import type { StartedWork } from './started-work';

/** Who acts when an execution does: it has no caller. */
export const executionPrincipal = (tenant: string, executionId: string): Principal => ({
  ...{ tenant, subject: `execution:${executionId}`, scopes: [], keyId: null, operator: false, via: 'system' },
});

export const orgChartWork = ({ store, threads, agents }: StartedWork, forge: ForgeConfig): OrgActivities =>
  orgActivities({
    forge: forge && callForge(forge),
    blobs: store.blobs,
    history: { runs: (wanted) => store.executions.roleRuns(wanted) },
    threads: {
      agentTypes: () => agents.list(),
      spawn: async (tenant, key, spawn) => {
        const { thread } = await threads.spawn(executionPrincipal(tenant, spawn.executionId), spawn, { idempotencyKey: key, requestId: key });
        return thread.id;
      },
      send: async (tenant, executionId, { threadId, requestId, message }) => {
        await threads.send(executionPrincipal(tenant, executionId), threadId, { message }, { requestId });
      },
      answer: async (tenant, executionId, { threadId, askId, requestId, text }) => {
        await threads.approve(executionPrincipal(tenant, executionId), threadId, { text, askId }, { requestId });
      },
      find: async (tenant, threadId) => {
        const row = await store.threads.getThread(tenant, threadId);
        if (!row) throw new Fault('not_found', 'thread.not_found', 'Thread not found', { id: threadId });
        const { status, specRef, hostId, workspace } = row;
        return { status, specRef, hostId, workspacePath: workspace?.path ?? null };
      },
    },
  });

/** Turns of threads that this process follows at once for org charts; more wait for another worker, or for the end of one of these. */
const FOLLOWED_MAX = 1_000;

/** The worker of the queue on which turns are followed. */
export const turnFollower = (
  { store }: Pick<StartedWork, 'store'>,
  options: Pick<WorkerOptions, 'connection' | 'namespace' | 'interceptors'>,
): Promise<Worker> =>
  Worker.create({
    ...options,
    taskQueue: FOLLOW_QUEUE,
    activities: { ...followActivities({ follow: (address, after, signal) => store.feed.subscribeActor(address, after, { signal }) }) },
    maxConcurrentActivityTaskExecutions: FOLLOWED_MAX,
    maxHeartbeatThrottleInterval: '1s',
    defaultHeartbeatThrottleInterval: '1s',
  });
