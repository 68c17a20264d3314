/** The end of a chart with `createPr`: what the threads committed is pushed to their branches, and a pull request is opened for each branch that has commits. */
import * as wf from '@temporalio/workflow';
import { hostLinkOf } from './host-link';
import type { OrgActivities, PullRequest } from '../../../src/contracts/execution/org';
import { threadRef } from '../../../src/contracts/managed-thread/commands';
import type { PublishedBranch } from '../../../src/contracts/managed-thread/terminal';
import type { Json } from '../../../src/contracts/pattern/json';
import type { OrgChartPlan } from '../../../src/contracts/pattern/org-chart';
import { faultFrom } from '../../../src/errors/fault';
import { callHost } from '../../managed-thread/host-calls';
import type { Run } from '../run';
import { orgCalls } from './org-run';
import type { Member, Staff } from './staff';

/** An execution waits no longer than this for a forge that is away. */
const forgeCalls = (summary: string): Pick<OrgActivities, 'openPullRequest'> =>
  wf.proxyActivities<OrgActivities>({
    summary,
    startToCloseTimeout: '60 seconds',
    scheduleToCloseTimeout: '5 minutes',
    retry: { initialInterval: 500, maximumInterval: 10_000, backoffCoefficient: 2 },
  });
const PUSH_MS = 15 * 60_000;

/** Those that were opened, as the execution's metrics show them. One that cannot be opened is told, and fails nothing: the work is done, and is where it was. */
export async function openPullRequests(run: Run, { workspace, structure }: OrgChartPlan, staff: Staff): Promise<Json[]> {
  if (!workspace?.enabled || !workspace.createPr) return [];
  const opened: Json[] = [];
  const members = structure.roles.filter(({ thread }) => thread?.workspace?.inherit).flatMap(({ id }) => staff.of(id));
  for (const member of members) {
    const made = await openFor(run, workspace.pr, member);
    if (made) opened.push({ role: member.role.id, threadId: member.threadId, number: made.number, url: made.url });
  }
  return opened;
}

async function openFor(run: Run, pr: NonNullable<OrgChartPlan['workspace']>['pr'], member: Member): Promise<PullRequest | null> {
  const who = { threadId: member.threadId, role: member.role.id };
  try {
    const branch = await publish(run, member);
    if (branch.state === 'nothing') {
      run.warn(`createPr: nothing of ${member.role.id} ${member.index + 1}: ${branch.reason}`);
      return null;
    }
    if (branch.uncommitted) run.warn(`createPr: ${member.role.id} ${member.index + 1} has changes that are not committed; they are not in the pull request`);
    const made = await forgeCalls(`pull request of ${member.role.id}`).openPullRequest({
      ...{ repo: branch.repo, fork: branch.fork, base: branch.base, branch: branch.branch, ...textsOf(run, member), ...pr },
    });
    run.record({ type: 'workspace_pr_created', data: { ...who, branch: branch.branch, prNumber: made.number, prUrl: made.url, existed: made.existed } });
    for (const problem of made.problems) run.warn(`createPr: pull request ${made.number}: ${problem}`);
    return made;
  } catch (thrown) {
    if (wf.isCancellation(thrown)) throw thrown;
    const { code, message } = faultFrom(thrown);
    run.record({ type: 'workspace_finalize_failed', data: { ...who, error: { code, message: message.slice(0, 1_000) } } });
    run.warn(`createPr: no pull request for ${member.role.id} ${member.index + 1}: ${message}`);
    return null;
  }
}

async function publish(run: Run, member: Member): Promise<PublishedBranch> {
  const { tenant } = run.start;
  const { threadId, role } = member;
  const { hostId, workspacePath, specRef } = await orgCalls(`workspace of ${role.id}`).findThread({ tenant, threadId });
  if (hostId === null || workspacePath === null) return { state: 'nothing', reason: 'it has no workspace' };
  run.record({ type: 'workspace_finalizing', data: { threadId, role: role.id } });
  const actor = threadRef(tenant, threadId);
  const options = { id: `publish/${run.nextTaskId()}`, summary: `push the branch of ${role.id}`, attemptMs: PUSH_MS };
  return callHost(hostLinkOf(actor, hostId), 'publishBranch', { actor, specRef, workspacePath }, options);
}

function textsOf({ start }: Run, { role, threadId }: Member): { readonly title: string; readonly body: string } {
  return {
    title: `${start.patternName}: ${role.name}`,
    body: `Made by ${role.name} (\`${role.id}\`) in the execution \`${start.id}\` of ${start.patternName} ${start.patternVersion}, in the thread \`${threadId}\`.`,
  };
}
