/** Gives back the workspace of a thread that ended by itself, when somebody deletes the thread afterwards. */
import * as wf from '@temporalio/workflow';
import { hostQueue } from '../../src/contracts/actor';
import type { HostActivities, ReleasedWorkspace, ReleaseWorkspaceInput } from '../../src/contracts/managed-thread/terminal';

export async function releaseThread(hostId: string, input: ReleaseWorkspaceInput): Promise<ReleasedWorkspace> {
  const { releaseWorkspace } = wf.proxyActivities<HostActivities>({
    taskQueue: hostQueue(hostId),
    summary: 'give the workspace back',
    startToCloseTimeout: '2 minutes',
    heartbeatTimeout: '5 seconds',
    // The host may be away for long; a workspace that nobody can reach any more needs no giving back.
    scheduleToCloseTimeout: '7 days',
  });
  return releaseWorkspace(input);
}
