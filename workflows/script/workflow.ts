/**
 * One thread of a script: ordinary code that goes through the steps, asks people, calls tools and models, and records what happens.
 *
 * What may be said to it is judged in src/domain/script/thread/decide.ts. However it ends, exactly one of thread_completed, thread_failed and thread_cancelled is recorded, and what still ran then has stopped. It
 * continues as new wherever it is, between two steps, while it waits for people, in the middle of loops and lanes: the new run goes through the script again and skips what stands in the progress.
 */
import * as wf from '@temporalio/workflow';
import { scriptRef } from '../../src/contracts/script/commands';
import type { ScriptOutcome, ScriptStart } from '../../src/contracts/script/start';
import { scriptAttributes } from '../../src/domain/script/thread/project';
import { Progress, type ProgressRecord } from '../../src/domain/script/thread/progress';
import { openScriptThread, type ScriptThreadState } from '../../src/domain/script/thread/state';
import { Actor, type Carried } from '../kernel/actor';
import { scriptKind } from './kind';
import { lighten } from './lighten';
import { performScript, type ScriptEnd } from './script-end';
import { ScriptShell } from './shell';

interface CarriedScript {
  readonly actor: Carried<ScriptThreadState>;
  readonly progress: ProgressRecord;
}

/** `carried` and `historyMax` are for continue-as-new; callers that begin a thread give only `start`. */
export async function script(start: ScriptStart, carried?: CarriedScript, historyMax?: number): Promise<ScriptOutcome> {
  const actor = new Actor(scriptKind, scriptRef(start.tenant, start.id), carried?.actor ?? fresh(start), historyMax);
  const shell = new ScriptShell(actor, start.ir, new Progress(carried?.progress));
  actor.onTaken = ({ name }) => {
    if (name === 'cancel') shell.scope.cancel();
  };
  // "Cancel" in the Temporal UI, and a parent that ends, are a cancellation like any other: the journal says who asked.
  wf.CancellationScope.current().cancelRequested.catch(() => {
    const by = start.parent?.threadId ?? 'temporal';
    const at = new Date(Date.now()).toISOString();
    if (actor.state.cancel === null) actor.record([{ type: 'cancel_requested', data: { by, reason: null, at } }], { subject: by, via: 'system' });
    shell.scope.cancel();
  });
  return wf.CancellationScope.nonCancellable(async () => {
    if (!carried) announce(actor, start);
    if (actor.state.cancel) shell.scope.cancel();
    const end = await untilEnd(shell);
    if (end === 'continue') {
      await lighten(shell);
      await actor.holdCommits();
      return wf.continueAsNew<typeof script>(start, { actor: actor.carry(), progress: shell.progress.record() }, historyMax);
    }
    tell(shell, end);
    await actor.drained();
    const { status, output, error } = actor.state;
    return { status: status as ScriptOutcome['status'], output, error };
  });
}

/** Whoever started it may have set the attributes as they are once it runs. */
function fresh(start: ScriptStart): Carried<ScriptThreadState> {
  const isThere = wf.workflowInfo().typedSearchAttributes.getAll().length > 0;
  return { state: openScriptThread(start), seq: 0, receipts: [], outbox: [], attributes: isThere ? scriptAttributes(start, 'RUNNING') : {} };
}

function announce(actor: Actor<ScriptThreadState>, { id, scriptName, version, by }: ScriptStart): void {
  const { totalSteps } = actor.state;
  actor.record([{ type: 'thread_started', data: { threadId: id, scriptName, version, totalSteps } }], by);
}

type End = ScriptEnd | { readonly status: 'CANCELLED' } | { readonly status: 'TIMED_OUT' };

/** Goes through the script until it ends, its time is up, somebody cancels it, or its history has grown. */
async function untilEnd(shell: ScriptShell): Promise<End | 'continue'> {
  const { actor, scope } = shell;
  const { deadlineAt } = shell.start;
  let ended: End | null = null;
  const work = scope
    .run(() => performScript(shell))
    .then(
      (end) => (ended = end),
      () => (ended = { status: 'CANCELLED' }),
    );
  const over = () => ended !== null;
  for (;;) {
    const ms = deadlineAt === null ? undefined : Math.max(1, Date.parse(deadlineAt) - Date.now());
    const inTime = await actor.until(() => over() || shell.wantsToLeave, ms, 'time of the thread');
    if (over()) break;
    if (!inTime) {
      scope.cancel();
      await work;
      return actor.state.cancel ? { status: 'CANCELLED' } : { status: 'TIMED_OUT' };
    }
    if (await shell.comeToRest(over, ms ?? Infinity)) return 'continue';
  }
  return work;
}

function tell({ actor, start, state }: ScriptShell, end: End): void {
  switch (end.status) {
    case 'COMPLETED':
      return actor.record([{ type: 'thread_completed', data: { output: end.output } }]);
    case 'FAILED':
      return actor.record([{ type: 'thread_failed', data: { error: end.error } }]);
    case 'TIMED_OUT':
      return actor.record([
        { type: 'thread_failed', data: { error: { code: 'thread.timeout', message: `The thread did not end until ${start.deadlineAt}.` } } },
      ]);
    case 'CANCELLED':
      return actor.record([{ type: 'thread_cancelled', data: { by: state.cancel?.by ?? 'temporal', reason: state.cancel?.reason ?? null } }]);
  }
}
