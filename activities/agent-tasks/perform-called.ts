/**
 * On a worker: tasks of agents that are called rather than connected. The claim comes before the call and the receipt after it: a call that was cut off is not made again, because
 * nobody knows how far it came.
 */
import { CancelledFailure, Context } from '@temporalio/activity';
import type { AgentKind } from '../../src/contracts/agent/agent';
import type { AgentRef, TaskOutcome, WaitingActivity } from '../../src/contracts/agent/outcome';
import type { AgentTask, AgentTaskActivities } from '../../src/contracts/agent/task';
import { answered, failed, refused, resultOf, taskFacts, type Said } from '../../src/domain/agent/task-outcome';
import { Fault, faultFrom } from '../../src/errors/fault';
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
}

/** How often Temporal hears that the call goes on, and the call whether it is still wanted. */
const BEAT_MS = 500;

export const calledActivities = ({ find, tasks, calls }: CalledAgentDependencies): AgentTaskActivities => ({
  async performAgentTask(task) {
    try {
      const found = await find(task.tenant, task.agentId);
      const call = found && calls[found.kind];
      if (!call) throw new Fault('unavailable', 'agent.lost', 'This worker does not know the agent, or it is not available.', taskFacts(task));
      const claimed = await tasks.claim({ task, agent: found.agent, waiting: waitingActivity(Context.current().info), asking: true });
      if (claimed.state === 'settled') return resultOf(claimed.outcome);
      const outcome = claimed.state === 'new' ? await make(call, task, found) : unknown(task);
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

export async function make(call: Call, task: AgentTask, agent: CalledAgent): Promise<TaskOutcome> {
  const { cancellationSignal, heartbeat } = Context.current();
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), task.timeoutMs);
  const beat = setInterval(() => heartbeat(), BEAT_MS);
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
    clearInterval(beat);
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
