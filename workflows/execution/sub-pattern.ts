/** Another pattern as a part of this one: an execution of its own, a child workflow under its own id, that ends with its parent. */
import * as wf from '@temporalio/workflow';
import { defineSearchAttributeKey, TypedSearchAttributes } from '@temporalio/common';
import { EXECUTION_KIND, EXECUTION_WORKFLOW, executionAddress } from '../../src/contracts/execution/commands';
import { DEPTH_MAX, type ExecutionOutcome, type ExecutionStart } from '../../src/contracts/execution/start';
import type { Json } from '../../src/contracts/pattern/json';
import type { Outcome } from '../../src/contracts/pattern/outcome';
import { outcomeOf } from '../../src/domain/pattern/expression/outcome';
import { Fault } from '../../src/errors/fault';
import type { Run } from './run';

/** As the gateway sets them for executions that clients start. */
export const searchAttributesOf = (start: ExecutionStart): TypedSearchAttributes => {
  const keyword = (name: string, value: string) => ({ key: defineSearchAttributeKey(name, 'KEYWORD'), value });
  return new TypedSearchAttributes([
    keyword('EverthreadKind', EXECUTION_KIND),
    keyword('EverthreadTenant', start.tenant),
    keyword('EverthreadStatus', start.edition ? 'running' : 'pending'),
    keyword('EverthreadExecution', start.id),
    keyword('EverthreadPattern', start.patternName),
  ]);
};

/** Faults: `execution.too_deep`, `pattern.not_found`, and whatever the sub-pattern failed with, under its own code. */
export async function callPattern(run: Run, call: { readonly name: string; readonly range: string }, input: Json, step: string): Promise<Outcome> {
  const { start } = run;
  if (start.depth >= DEPTH_MAX)
    throw new Fault('exhausted', 'execution.too_deep', `Sub-patterns stand in each other at most ${DEPTH_MAX} deep.`, { max: DEPTH_MAX });
  const { tenant } = start;
  const { name, range } = call;
  const pattern = await run.outside(() => run.calls(`find ${name}@${range}`).resolvePattern({ tenant, name, range }));
  const id = run.nextChildId();
  const child: ExecutionStart = {
    ...{ id, tenant, patternName: pattern.name, patternVersion: pattern.version, plan: pattern.plan, planRef: pattern.planRef },
    ...{ input: await run.stored(input), timeoutMs: null, priority: start.priority, metadata: start.metadata },
    ...{ retriedFrom: null, parent: { executionId: start.id, step }, batch: null, depth: start.depth + 1 },
    ...{ by: start.by, createdAt: new Date(Date.now()).toISOString(), ...(start.edition && { edition: start.edition }) },
  };
  run.record({ type: 'subpattern_started', data: { step, executionId: id, patternName: pattern.name, patternVersion: pattern.version } });
  const options = {
    workflowId: executionAddress(tenant, id),
    args: [child] as [ExecutionStart],
    typedSearchAttributes: searchAttributesOf(child),
    staticSummary: `${pattern.name} ${pattern.version}`,
    parentClosePolicy: wf.ParentClosePolicy.REQUEST_CANCEL,
    cancellationType: wf.ChildWorkflowCancellationType.TRY_CANCEL,
    priority: run.priority,
  };
  const ended = await run.outside(() => wf.executeChild<(start: ExecutionStart) => Promise<ExecutionOutcome>>(EXECUTION_WORKFLOW, options));
  const status = ended.status === 'completed' || ended.status === 'cancelled' ? ended.status : 'failed';
  run.record({ type: 'subpattern_ended', data: { step, executionId: id, status } });
  if (status === 'cancelled')
    throw new Fault('conflict', 'execution.subpattern_cancelled', `The sub-pattern ${pattern.name} (${id}) was cancelled.`, { executionId: id });
  if (ended.error || !ended.result) {
    const { code, message } = ended.error ?? { code: 'execution.failed', message: 'It has no result.' };
    throw new Fault('conflict', code, `The sub-pattern ${pattern.name} failed: ${message}`, { executionId: id, ...ended.error?.details });
  }
  return outcomeOf(await run.read(ended.result), { source: step, confidence: ended.confidence, metadata: { executionId: id } });
}
