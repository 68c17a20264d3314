/** One action that somebody else chose (`POST /routed-submit`): a run of its own that performs it and no more, so that one which must be approved can be. */
import type { Principal } from '../contracts/principal';
import { runAddress } from '../contracts/run/commands';
import type { RunEvent } from '../contracts/run/events';
import type { RejectionReason } from '../contracts/run/protocol';
import type { RoutedIntent } from '../contracts/run/start';
import { reasonText } from '../domain/run/session-lines';
import { Fault } from '../errors/fault';
import { defaultChoice, type RunRequest } from './run-start';
import type { Keyed, KnownRun, Runs } from './runs';

export interface RoutedOutcome {
  readonly runId: string;
  readonly trajectoryId: string;
  readonly status: 'committed' | 'rejected' | 'suspended' | 'delegated';
  readonly commitId: string | null;
  readonly reason: string | null;
  readonly channel: string | null;
  readonly childTrajectoryId: string | null;
}

/** Calls of tools that one action may make (digest §2.24). */
const CALLS_MAX = 8;
/** The caller waits for what comes of it. */
const WAIT_MS = 10 * 60_000;

const requestOf = ({ tool }: RoutedIntent): RunRequest => ({
  ...{ task: `routed: ${tool}`, maxSteps: 2, toolScopes: [tool], model: null, skills: [], skillParams: [], history: [] },
  cognition: defaultChoice('mock'),
  ...{ effectCeiling: null, budget: { tool_calls: CALLS_MAX }, timeWindow: null, maxDelegationDepth: null },
});

export class RunRouting<Row extends KnownRun> {
  constructor(
    private readonly runs: Runs<Row>,
    /** Events of the actor: those that are there, then those that come. */
    private readonly follow: (
      address: string,
      signal: AbortSignal,
    ) => AsyncIterable<{ readonly type: string; readonly data: Readonly<Record<string, unknown>> }>,
  ) {}

  /** Waits until the action is done, refused, or waits for people. Faults: those of {@link Runs.create}; `run.tool_failed` (conflict), `run.routed_timeout` (deadline). */
  async submit(principal: Principal, action: RoutedIntent, keyed: Keyed): Promise<RoutedOutcome> {
    const { run } = await this.runs.create(principal, requestOf(action), keyed, {
      ...{ routed: action, route: 'POST /routed-submit' },
    });
    const { id } = run;
    const told = { runId: id, trajectoryId: run.state.start.trajectoryId, commitId: null, reason: null, channel: null, childTrajectoryId: null };
    const signal = AbortSignal.timeout(WAIT_MS);
    for await (const event of this.follow(runAddress(principal.tenant, id), signal)) {
      const outcome = outcomeOf(event as RunEvent, id);
      if (outcome) return { ...told, ...outcome };
    }
    throw new Fault('deadline', 'run.routed_timeout', 'The action is not done yet; the run goes on.', { runId: id });
  }
}

function outcomeOf(event: RunEvent, runId: string): (Partial<RoutedOutcome> & Pick<RoutedOutcome, 'status'>) | null {
  switch (event.type) {
    case 'commit_recorded':
      return { status: 'committed', commitId: event.data.commitId };
    case 'proposal_rejected':
      return { status: 'rejected', reason: reasonText(event.data.reason as RejectionReason) };
    case 'approval_requested':
      return { status: 'suspended', channel: event.data.channel, reason: event.data.reason };
    case 'delegation_ended':
      return { status: 'delegated', childTrajectoryId: event.data.childTrajectoryId };
    case 'execution_failed':
      throw new Fault('conflict', 'run.tool_failed', `tool execution failed: ${event.data.error}`, { runId, outcome: event.data.outcome });
    case 'run_failed':
    case 'run_cancelled':
      throw new Fault('conflict', 'run.tool_failed', `The run ended without the action: ${event.data.terminatedBy}.`, { runId });
    default:
      return null;
  }
}
