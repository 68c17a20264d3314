/**
 * One execution of a pattern: ordinary code that goes through the recorded plan, asks agents, and records what happens.
 *
 * What may be said to it is judged in domain/execution/decide.ts. However it ends, exactly one of completed, failed and cancelled is recorded; what still runs then (agents
 * at work, sub-patterns, threads) is cancelled with it.
 */
import * as wf from '@temporalio/workflow';
import type { ReadySelection } from '../../src/contracts/agent/task';
import type { ExecutionActivities } from '../../src/contracts/execution/activities';
import { executionRef } from '../../src/contracts/execution/commands';
import { STEPS_MAX, type ExecutionOutcome, type ExecutionStart } from '../../src/contracts/execution/start';
import { hasEnded } from '../../src/contracts/execution/status';
import type { Json } from '../../src/contracts/pattern/json';
import type { Plan } from '../../src/contracts/pattern/plan';
import { inputFor } from '../../src/domain/execution/input';
import { durationAt, openExecution, type ExecutionState } from '../../src/domain/execution/state';
import { Fault, faultFrom } from '../../src/errors/fault';
import { Actor } from '../kernel/actor';
import { interpret } from './interpret';
import { executionKindOf } from './kind';
import { interpretOrgChart } from './org/interpret';
import { AT_ONCE, Run } from './run';

export async function patternExecution(start: ExecutionStart): Promise<ExecutionOutcome> {
  const actor = open(start);
  const scope = new wf.CancellationScope({ cancellable: true });
  actor.onTaken = ({ name }) => {
    if (name === 'cancel') scope.cancel();
  };
  // "Cancel" in the Temporal UI, and a parent that ends, are a cancellation like any other: the journal says who asked.
  wf.CancellationScope.current().cancelRequested.catch(() => {
    if (!hasEnded(actor.state.status))
      end(actor, 'cancelled', { reason: start.parent || start.batch ? 'what it is a part of has ended' : 'workflow_cancelled' });
    scope.cancel();
  });
  return wf.CancellationScope.nonCancellable(async () => {
    const { patternName, patternVersion, retriedFrom, parent } = start;
    actor.record([{ type: 'started', data: { executionId: start.id, status: 'running', patternName, patternVersion, retriedFrom, parent } }], start.by);
    const { staffed } = await settle(actor, scope, start);
    if (staffed || (actor.state.status === 'cancelled' && start.parent === null)) await stopThreads(actor, start);
    // Not a promise more for those of before: it would change the order of what they do.
    await (new Run(actor, 0).isQuick ? actor.finish() : actor.drained());
    const { status, result, confidence, error } = actor.state;
    // A batch reads results from the rows: its history need not hold them.
    return { status, result: start.batch ? null : result, confidence, error };
  });
}

function open(start: ExecutionStart): Actor<ExecutionState> {
  const state = openExecution(start);
  const kind = executionKindOf(start);
  // Whoever started it has set the attributes as they are once it runs.
  const attributes = start.edition ? kind.attributes({ ...state, status: 'running' }) : {};
  return new Actor(kind, executionRef(start.tenant, start.id), { state, seq: 0, receipts: [], outbox: [], attributes });
}

/** Runs the plan until it ends, its time is up, or somebody cancels it. `staffed`: it may have threads of its own. */
async function settle(actor: Actor<ExecutionState>, scope: wf.CancellationScope, start: ExecutionStart): Promise<{ readonly staffed: boolean }> {
  let over = false;
  let staffed = false;
  let timeoutMs: number | null = start.timeoutMs;
  const work = scope.run(async () => {
    const reads = new Run(actor, 0);
    const { plan, input, selected } = start.edition
      ? await prepared(actor)
      : {
          plan: 'value' in start.plan ? (start.plan.value as Plan) : await reads.calls('read the plan').readPlan({ tenant: start.tenant, ref: start.plan.ref }),
          input: ('value' in start.input
            ? start.input.value
            : await reads.calls('read the input').readInput({ tenant: start.tenant, input: start.input })) as Json,
          selected: null,
        };
    staffed = plan.kind === 'org-chart';
    timeoutMs = shorter(timeoutMs, plan.kind === 'pattern' ? plan.timeoutMs : null);
    await perform(actor, plan, input, selected);
  });
  const watched = work
    .catch((thrown: unknown) => {
      if (hasEnded(actor.state.status) || wf.isCancellation(thrown)) return;
      if (!staffed) actor.leaveToFinish();
      fail(actor, faultFrom(thrown));
    })
    .finally(() => (over = true));
  if (
    !(await inTime(
      actor,
      () => over || hasEnded(actor.state.status),
      () => timeoutMs,
    ))
  ) {
    actor.record([{ type: 'timeout', data: { timeoutMs: timeoutMs ?? 0 } }]);
    fail(actor, new Fault('deadline', 'execution.timeout', `The execution did not end within ${timeoutMs} ms.`, { timeoutMs }));
  }
  scope.cancel();
  await watched;
  if (!hasEnded(actor.state.status)) end(actor, 'cancelled', { reason: null });
  return { staffed };
}

const here = wf.proxyLocalActivities<Pick<ExecutionActivities, 'prepareExecution'>>(AT_ONCE);

interface Prepared {
  readonly plan: Plan;
  readonly input: Json;
  readonly selected: ReadySelection | null;
}

/** What did not travel with the start, in one call. */
async function prepared(actor: Actor<ExecutionState>): Promise<Prepared> {
  const { id, tenant, plan, input, selected = null } = actor.state.start;
  if ('value' in plan && 'value' in input) return { plan: plan.value as Plan, input: input.value as Json, selected };
  const run = new Run(actor, 0);
  const wanted = { tenant, executionId: id, plan, input, selects: selected === null };
  const found =
    (run.isQuick ? await run.atOnce(() => here.prepareExecution(wanted)) : null) ??
    (await run.carrying((...entrusted) => run.calls('read plan and input').prepareExecution(wanted, ...entrusted)));
  return { plan: found.plan, input: found.input as Json, selected: found.selected ?? selected };
}

async function perform(actor: Actor<ExecutionState>, plan: Plan, input: Json, selected: ReadySelection | null): Promise<void> {
  const run = new Run(actor, plan.kind === 'pattern' ? plan.maxSteps : STEPS_MAX, selected, plan.kind !== 'pattern');
  const given = inputFor(plan, input);
  const { result, confidence, metrics } = plan.kind === 'pattern' ? await interpret(run, plan, given) : await interpretOrgChart(run, plan, given);
  const stored = await run.stored(result);
  if (hasEnded(actor.state.status)) return;
  // Threads are stopped first, and that may take its time.
  if (plan.kind === 'pattern') actor.leaveToFinish();
  end(actor, 'completed', { result: stored, confidence, metrics, warnings: run.warnings });
}

const shorter = (a: number | null, b: number | null): number | null => (a === null ? b : b === null ? a : Math.min(a, b));

/** False when the time was up first. While a person is asked, no time passes. */
async function inTime(actor: Actor<ExecutionState>, over: () => boolean, timeoutMs: () => number | null): Promise<boolean> {
  let used = 0;
  for (;;) {
    const asks = () => actor.state.approvals.length > 0 || actor.state.blocked.length > 0;
    await actor.until(() => over() || (!asks() && timeoutMs() !== null));
    if (over()) return true;
    const began = Date.now();
    const limit = timeoutMs() ?? 0;
    const left = Math.max(1, limit - used);
    const stopped = await actor.until(() => over() || asks() || timeoutMs() !== limit, left, 'time of the execution');
    used += Date.now() - began;
    if (over()) return true;
    if (!stopped) return false;
  }
}

function end(actor: Actor<ExecutionState>, type: 'completed' | 'failed' | 'cancelled', data: Readonly<Record<string, unknown>>): void {
  const { state } = actor;
  const facts = { durationMs: durationAt(state, new Date(Date.now()).toISOString()), agentCount: state.agents.length };
  const who = type === 'cancelled' ? { cancelledBy: state.start.parent?.executionId ?? state.start.batch?.id ?? 'temporal' } : {};
  actor.record([{ type, data: { status: type, ...who, ...facts, ...data } }]);
}

/** What nobody declared is shown without its words; the worker's log has them. */
function fail(actor: Actor<ExecutionState>, fault: Fault): void {
  const { code, message, facts } = fault;
  if (code === 'internal') wf.log.error('an execution failed by an error of ours', { cause: String(fault.cause?.stack ?? fault.cause) });
  end(actor, 'failed', { error: { code, message: message.slice(0, 2_000), details: facts }, confidence: confidenceIn(facts) });
}

const confidenceIn = (facts: Readonly<Record<string, unknown>>): number | null => (typeof facts['confidence'] === 'number' ? facts['confidence'] : null);

/** Threads of its roles, and those that carry its id. A server that is away for long does not keep an execution that has ended open for ever. */
async function stopThreads(actor: Actor<ExecutionState>, { tenant, id }: ExecutionStart): Promise<void> {
  try {
    const { count } = await new Run(actor, 0)
      .calls('stop the threads')
      .stopThreads({ tenant, executionId: id, reason: actor.state.cancel?.reason ?? `the execution is ${actor.state.status}` });
    if (count > 0) actor.record([{ type: 'threads_stopped', data: { count } }]);
  } catch (thrown) {
    if (wf.isCancellation(thrown)) throw thrown;
  }
}
