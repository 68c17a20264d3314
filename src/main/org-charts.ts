/** What the workflows of org charts need of the worker: threads through the gateway, their journal, and what earlier executions showed. */
import { orgActivities } from '../../activities/org/activities';
import { followActivities } from '../../activities/org/follow-turn';
import type { FollowActivities, OrgActivities } from '../contracts/execution/org';
import type { Principal } from '../contracts/principal';
import { Fault } from '../errors/fault';
import type { StartedWork } from './started-work';

/** Who acts when an execution does: it has no caller. */
export const executionPrincipal = (tenant: string, executionId: string): Principal => ({
  ...{ tenant, subject: `execution:${executionId}`, scopes: [], keyId: null, operator: false, via: 'system' },
});

export const orgChartWork = ({ store, threads, agents }: StartedWork): OrgActivities =>
  orgActivities({
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
      find: async (tenant, threadId) => {
        const row = await store.threads.getThread(tenant, threadId);
        if (!row) throw new Fault('not_found', 'thread.not_found', 'Thread not found', { id: threadId });
        const { status, specRef, hostId, workspace } = row;
        return { status, specRef, hostId, workspacePath: workspace?.path ?? null };
      },
    },
  });

/** On the queue of their own. */
export const turnFollowing = ({ store }: Pick<StartedWork, 'store'>): FollowActivities =>
  followActivities({ follow: (address, after, signal) => store.feed.subscribeActor(address, after, { signal }) });
