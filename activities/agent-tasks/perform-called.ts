/**
 * On a worker: tasks of agents that are called rather than connected. The claim comes before the call and the receipt after it: a call that was cut off is not made again, because
 * nobody knows how far it came.
 */
import { CancelledFailure, Context } from '@temporalio/activity';
import { setTimeout as delay } from 'node:timers/promises';
import type { AgentKind } from '../../src/contracts/agent/agent';
import type { AgentRef, TaskOutcome, WaitingActivity } from '../../src/contracts/agent/outcome';
import type { AgentTask, AgentTaskActivities } from '../../src/contracts/agent/task';
import { answered, failed, refused, resultOf, taskFacts, type Said } from '../../src/domain/agent/task-outcome';
import { Fault, faultFrom } from '../../src/errors/fault';
import type { QuickCalls } from './quick-calls';
import { waitingActivity } from './waiting-activity';

/** An agent as its registration has it. */
export interface CalledAgent {
  readonly agent: AgentRef;
  readonly kind: AgentKind;
  readonly url: string | null;
  readonly secret: string | null;
}

/** What a call throws to say how it failed; everything else is a failure that another try does not mend. */
export class CallFailed extends Error {
  readonly retryable: boolean;
  readonly details: unknown;
  constructor(
    readonly code: string,
    message: string,
    { retryable, details }: { readonly retryable: boolean; readonly details?: unknown },
  ) {
    super(message);
    this.retryable = retryable;
    this.details = details;
  }
}

/** Makes the call. Ends soon after its signal aborts. */
export type Call = (task: AgentTask, agent: CalledAgent, signal: AbortSignal) => Promise<Said>;

export interface CalledAgentDependencies {
  /** Null: no such agent, or it may not be given tasks now. */
  find(tenant: string, id: string): Promise<CalledAgent | null>;
  readonly tasks: {
    claim(claim: {
      readonly task: AgentTask;
      readonly agent: AgentRef;
      readonly waiting: WaitingActivity;
      readonly asking: boolean;
    }): Promise<{ readonly state: 'new' | 'open' } | { readonly state: 'settled'; readonly outcome: TaskOutcome }>;
    settle(tenant: string, taskId: string, agent: AgentRef, outcome: TaskOutcome, options: { readonly told: boolean }): Promise<unknown>;
  };
  readonly calls: Readonly<Partial<Record<AgentKind, Call>>>;
  /** Calls that began within a task of a workflow. */
  readonly quick: QuickCalls;
}

/** How often Temporal hears that the call goes on, and the call whether it is still wanted. */
const BEAT_MS = 500;

export const calledActivities = ({ find, tasks, calls, quick }: CalledAgentDependencies): AgentTaskActivities => ({
  async performAgentTask(task) {
    try {
      const joined = await beating(() => quick.join(task, Context.current().cancellationSignal));
      if (joined?.state === 'cancelled') throw new CancelledFailure(joined.reason);
      if (joined) return resultOf(joined);
      const found = await find(task.tenant, task.agentId);
      const call = found && calls[found.kind];
      if (!call) throw new Fault('unavailable', 'agent.lost', 'This worker does not know the agent, or it is not available.', taskFacts(task));
      const claimed = await claimedOrSettled(tasks, task, found.agent);
      if (claimed.state === 'settled') return resultOf(of(task, claimed.outcome));
      const outcome = claimed.state === 'new' ? await quick.made(task, found.kind, () => makeHere(call, task, found)) : unknown(task);
      await settled(() => tasks.settle(task.tenant, task.taskId, found.agent, outcome, { told: true }), outcome);
      if (outcome.state === 'cancelled') throw new CancelledFailure(outcome.reason);
      return resultOf(outcome);
    } catch (thrown) {
      throw thrown instanceof CancelledFailure ? thrown : faultFrom(thrown);
    }
  },
});

/** A result counts even where its receipt could not be written: asking again would cost more than a count that is one short. */
async function settled(settle: () => Promise<unknown>, outcome: TaskOutcome): Promise<void> {
  try {
    await settle();
  } catch (problem) {
    if (outcome.state !== 'completed') throw problem;
    Context.current().log.warn('the receipt of a task could not be written', { problem: String(problem) });
  }
}

export const unknown = (task: AgentTask): TaskOutcome =>
  failed('agent.outcome_unknown', 'The agent was called before, by a worker that is gone; it is not called again.', taskFacts(task));

/** Temporal hears meanwhile that the activity goes on, and the activity whether it is still wanted. */
export async function beating<T>(work: () => Promise<T>): Promise<T> {
  const { heartbeat } = Context.current();
  const beat = setInterval(() => heartbeat(), BEAT_MS);
  try {
    return await work();
  } finally {
    clearInterval(beat);
  }
}

type Tasks = Pick<CalledAgentDependencies['tasks'], 'claim'>;
/** How often the receipt of a call in another process is looked for. */
const LOOK_MS = 500;

/**
 * The claim on a task. One that is open when it is first asked for so began within a task of the workflow, on this worker or another one: there it may still go on, for as long as the
 * agent has. Asked for again, the activity itself was lost.
 */
export async function claimedOrSettled(tasks: Tasks, task: AgentTask, agent: AgentRef): Promise<Awaited<ReturnType<Tasks['claim']>>> {
  const { info, cancellationSignal } = Context.current();
  const claim = () => tasks.claim({ task, agent, waiting: waitingActivity(info), asking: true });
  const until = Date.now() + task.timeoutMs;
  return beating(async () => {
    let claimed = await claim();
    while (claimed.state === 'open' && info.attempt === 1 && Date.now() < until) {
      await delay(LOOK_MS, undefined, { signal: cancellationSignal }).catch(() => undefined);
      if (cancellationSignal.aborted) break;
      claimed = await claim();
    }
    return claimed;
  });
}

/** Only what the very agent was asked counts: a run of the workflow that was lost may have chosen another one for the place. */
export const of = (task: AgentTask, outcome: TaskOutcome): TaskOutcome =>
  outcome.state === 'completed' && outcome.result.agentId !== task.agentId ? unknown(task) : outcome;

/** For an activity that waits for it. */
export const makeHere = (call: Call, task: AgentTask, agent: CalledAgent): Promise<TaskOutcome> =>
  beating(() => make(call, task, agent, Context.current().cancellationSignal));

/** Never throws. */
export async function make(call: Call, task: AgentTask, agent: CalledAgent, cancellationSignal: AbortSignal): Promise<TaskOutcome> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), task.timeoutMs);
  const began = performance.now();
  try {
    const said = await call(task, agent, AbortSignal.any([cancellationSignal, late.signal]));
    return answered(task, performance.now() - began, said);
  } catch (problem) {
    if (late.signal.aborted)
      return failed('agent.timeout', `The agent did not answer within ${task.timeoutMs} ms.`, { ...taskFacts(task), timeoutMs: task.timeoutMs });
    if (cancellationSignal.aborted) return stopped(task, cancellationSignal.reason);
    return outcomeOf(task, problem);
  } finally {
    clearTimeout(timer);
  }
}

/** A worker that shuts down is nobody who cancels. */
function stopped(task: AgentTask, reason: unknown): TaskOutcome {
  const why = reason instanceof Error ? reason.message : '';
  if (why === 'WORKER_SHUTDOWN') return failed('agent.outcome_unknown', 'The worker ended while the agent was called.', taskFacts(task));
  return { state: 'cancelled', reason: 'the execution was cancelled' };
}

function outcomeOf(task: AgentTask, problem: unknown): TaskOutcome {
  if (problem instanceof CallFailed) return refused(task, problem, problem.retryable);
  const { code, message, retryable } = problem as { readonly code?: unknown; readonly message?: unknown; readonly retryable?: unknown };
  return refused(
    task,
    { code: typeof code === 'string' ? code : 'ERROR', message: typeof message === 'string' ? message : String(problem) },
    retryable === true,
  );
}
