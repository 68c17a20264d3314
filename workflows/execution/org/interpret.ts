/** An org chart from its input to its output: the threads of its roles, all steps, the output. Who stops the threads is the execution's workflow, however it ended. */
import * as wf from '@temporalio/workflow';
import type { Json } from '../../../src/contracts/pattern/json';
import type { OrgChartPlan } from '../../../src/contracts/pattern/org-chart';
import { Frame } from '../../../src/domain/execution/frame';
import { Notes } from '../../../src/domain/org/routing';
import { mean } from '../../../src/domain/pattern/aggregation/answer';
import type { Interpreted } from '../interpret';
import type { Run } from '../run';
import { valueOf } from '../values';
import { openPullRequests } from './pull-requests';
import { Staff } from './staff';
import { walk } from './steps';

export async function interpretOrgChart(run: Run, given: OrgChartPlan, input: Json): Promise<Interpreted> {
  const { id, patternName, patternVersion } = run.start;
  const plan = withWorkspace(run, given);
  const frame = new Frame();
  frame.set('input', input);
  frame.set('context', { executionId: id, patternName, patternVersion });
  frame.set('workspace', workspaceOf(plan, frame));
  run.watch(frame);
  const staff = new Staff(run, plan, frame);
  await staff.begin();
  const signals: number[] = [];
  const last = await walk({ run, plan, staff, signals, notes: isRouted(plan) ? new Notes() : null }, plan.steps, frame);
  const pullRequests = await openPullRequests(run, plan, staff);
  const confidence = mean(signals);
  return {
    result: plan.output === null ? last : valueOf(plan.output, frame),
    confidence: confidence === null ? null : Math.round(confidence * 1e9) / 1e9,
    metrics: pullRequests.length === 0 ? {} : { pullRequests },
  };
}

/** Executions that began before strategies and pull requests were carried out go on without, and so do plans of before that name no fork. */
function withWorkspace(run: Run, plan: OrgChartPlan): OrgChartPlan {
  const { workspace } = plan;
  if (!workspace?.enabled || (!workspace.createPr && workspace.branchStrategy === 'feature_branch')) return plan;
  const isKnown = workspace.branchStrategy !== 'fork' || workspace.fork !== undefined;
  if (wf.patched('org-branches') && isKnown) return plan;
  run.warn('workspace: createPr and branchStrategy are not carried out; each thread works on a branch of its own, and its agent pushes it');
  return { ...plan, workspace: { ...workspace, createPr: false, branchStrategy: 'feature_branch' } };
}

/** Executions that began before rules were carried out go on without. */
const isRouted = ({ structure }: OrgChartPlan): boolean => structure.routing.length > 0 && wf.patched('org-routing');

function workspaceOf({ workspace }: OrgChartPlan, frame: Frame): Json {
  if (!workspace?.enabled) return null;
  const { repo, baseBranch, branchStrategy } = workspace;
  return { repo: repo && valueOf(repo, frame), baseBranch: baseBranch && valueOf(baseBranch, frame), branchStrategy };
}
