/** A script as a step of another one: a thread of its own, a child workflow that ends with its parent. */
import { defineSearchAttributeKey, TypedSearchAttributes } from '@temporalio/common';
import * as wf from '@temporalio/workflow';
import { SCRIPT_WORKFLOW, scriptAddress } from '../../src/contracts/script/commands';
import { SCRIPT_DEPTH_MAX, type ScriptOutcome, type ScriptStart } from '../../src/contracts/script/start';
import { stepFault } from '../../src/domain/script/thread/failure';
import { scriptAttributes } from '../../src/domain/script/thread/project';
import type { Performed, Performing, StepOf } from './performing';
import { scopeOf } from './values';

export async function performRun(at: Performing<StepOf<'run'>>): Promise<Performed> {
  const { shell, path, begun, step } = at;
  if (shell.start.depth >= SCRIPT_DEPTH_MAX)
    throw stepFault({ code: 'run.too_deep', message: `Scripts stand in each other at most ${SCRIPT_DEPTH_MAX} deep.` }, { fatal: true });
  const child = await prepared(at);
  const { status, output, error } = await shell.call(() => executed(at, child));
  if (status === 'COMPLETED') return { value: output, executionId: child.id };
  const { code, message } = error ?? { code: 'run.cancelled', message: 'It was cancelled.' };
  throw stepFault({
    code,
    message: `The script ${child.scriptName} (${child.id}), attempt ${begun.attempt} of step ${path}, ${status.toLowerCase()}: ${message}`,
    tool: step.script ?? step.plan ?? 'plan',
  });
}

async function prepared(at: Performing<StepOf<'run'>>): Promise<ScriptStart> {
  const { shell, path, begun, step, names } = at;
  const { depth, executionMode, hostId, deadlineAt, hasEnv, keyId, by } = shell.start;
  const told = await shell.call(() =>
    shell.short(`${path} prepare the script`).prepareChild({
      ...{ thread: shell.thread, path, attempt: begun.attempt, scope: scopeOf(at, Object.values(step.args)), args: step.args, override: begun.override },
      ...{ enums: shell.ir.enums, script: step.script ?? null, version: step.version ?? 0 },
      plan: step.plan === undefined ? null : (names.get(step.plan) ?? null),
      parent: { depth, executionMode, hostId, deadlineAt, hasEnv, keyId, by },
    }),
  );
  if (told.outcome === 'failed') throw stepFault(told.error);
  return told.start;
}

/** Cancelled with its parent, and waited for: its end is told before that of its parent. */
async function executed({ path }: Performing, child: ScriptStart): Promise<ScriptOutcome> {
  try {
    return await wf.executeChild<(start: ScriptStart) => Promise<ScriptOutcome>>(SCRIPT_WORKFLOW, {
      workflowId: scriptAddress(child.tenant, child.id),
      args: [child],
      typedSearchAttributes: new TypedSearchAttributes(
        Object.entries(scriptAttributes(child, 'RUNNING')).map(([name, value]) => ({ key: defineSearchAttributeKey(name, 'KEYWORD'), value })),
      ),
      staticSummary: `${child.scriptName}, step ${path} of ${child.parent?.threadId ?? ''}`,
      parentClosePolicy: wf.ParentClosePolicy.REQUEST_CANCEL,
      cancellationType: wf.ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
    });
  } catch (thrown) {
    if (wf.isCancellation(thrown)) throw thrown;
    // Terminated from outside, or one that was begun before under this id.
    throw stepFault({ code: 'run.ended_from_outside', message: `The thread ${child.id} of the script ${child.scriptName} has ended without a result.` });
  }
}
