/** What all parts of the interpreter of org charts share. */
import * as wf from '@temporalio/workflow';
import { FOLLOW_QUEUE, type FollowActivities, type OrgActivities } from '../../../src/contracts/execution/org';
import type { OrgChartPlan, OrgStep, Role } from '../../../src/contracts/pattern/org-chart';
import { Fault } from '../../../src/errors/fault';
import type { Notes } from '../../../src/domain/org/routing';
import type { Run } from '../run';
import type { Staff } from './staff';

export interface OrgRun {
  readonly run: Run;
  readonly plan: OrgChartPlan;
  readonly staff: Staff;
  /** Every confidence that was measured, in order: their mean is that of the execution. */
  readonly signals: number[];
  /** What roles are to be told with their next task; null where the chart has no routing. */
  readonly notes: Notes | null;
}

/** A role that the plan names is there: names were checked when it was made. */
export function roleOf({ structure }: OrgChartPlan, id: string): Role {
  const role = structure.roles.find((each) => each.id === id);
  if (!role) throw new Fault('internal', 'execution.no_such_role', `There is no role ${id} in this plan.`, { role: id });
  return role;
}

/** Of a step, as people and events see it. */
export const placeOf = ({ id, name }: OrgStep): string => name ?? id;

export const orgCalls = (summary: string): OrgActivities =>
  wf.proxyActivities<OrgActivities>({
    summary,
    startToCloseTimeout: '30 seconds',
    scheduleToCloseTimeout: '1 day',
    retry: { initialInterval: 200, maximumInterval: 5_000, backoffCoefficient: 2 },
  });

/** A worker that is killed is noticed after the heartbeat's time, and another one follows on. */
export const followCalls = (summary: string): FollowActivities =>
  wf.proxyActivities<FollowActivities>({
    summary,
    taskQueue: FOLLOW_QUEUE,
    startToCloseTimeout: '1 day',
    heartbeatTimeout: '5 seconds',
    cancellationType: wf.ActivityCancellationType.TRY_CANCEL,
    retry: { initialInterval: 200, maximumInterval: 5_000, backoffCoefficient: 2 },
  });
