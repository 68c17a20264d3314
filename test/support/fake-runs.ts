/** Runs for actor tests: their start, and the activities of runs over a script and a ledger that exist only here. What a test does not say goes well. */
import { CancelledFailure, Context } from '@temporalio/activity';
import { randomBytes, randomUUID } from 'node:crypto';
import type {
  CompileInput,
  CompileOutput,
  ExecuteInput,
  ExecuteOutput,
  IntentRef,
  RunActivities,
  ThinkInput,
  ThinkOutput,
} from '../../src/contracts/run/activities';
import type { Budget, EntryPayload } from '../../src/contracts/run/protocol';
import type { RunStart } from '../../src/contracts/run/start';

export const hex = (): string => randomBytes(32).toString('hex');
export const BUDGET: Budget = { tokens: 100_000, tool_calls: 64, wall_clock_ms: 300_000, usd_millicents: 0 };
const ONE_CALL: Budget = { tokens: 0, tool_calls: 1, wall_clock_ms: 3, usd_millicents: 0 };

export const runStart = (more: Partial<RunStart> = {}): RunStart => ({
  ...{ id: randomUUID(), tenant: 'default', trajectoryId: hex(), specRef: hex(), title: 'a task', attempt: 0, maxSteps: 16, writId: hex() },
  ...{ budget: BUDGET, expiresAt: Number.MAX_SAFE_INTEGER, approvalTimeoutMs: null, parent: null, branchOf: null, routed: false, keyId: null },
  ...{ by: { subject: 'ada', via: 'api' }, createdAt: new Date().toISOString() },
  ...more,
});

/** What the model says in one step. `answer` alone ends the run. */
export interface SaidStep {
  readonly tools?: readonly string[];
  readonly answer?: string;
  readonly tokens?: number;
}

type Said<T, I> = (input: I, signal: AbortSignal) => T | Promise<T>;

/** Waits until the activity is cancelled, with heartbeats; then fails as an activity that was cancelled. */
export async function untilCancelled(): Promise<never> {
  const { cancelled, heartbeat } = Context.current();
  const beat = setInterval(() => heartbeat(), 50);
  try {
    return await cancelled;
  } finally {
    clearInterval(beat);
  }
}

export class FakeRuns {
  readonly entries: (EntryPayload & { readonly requestId: string })[] = [];
  readonly thoughts: ThinkInput[] = [];
  readonly executed: ExecuteInput[] = [];
  readonly children: RunStart[] = [];
  think: Said<ThinkOutput, ThinkInput> = () => this.says({ answer: 'done' });
  compile: Said<CompileOutput, CompileInput & { readonly tool: string }> = () => this.staged();
  execute: Said<ExecuteOutput, ExecuteInput> = () => this.committed();
  prepare: Said<RunStart, ExecuteInput> = () => runStart();
  private readonly tools = new Map<string, string>();

  script(...steps: readonly SaidStep[]): this {
    this.think = ({ step }) => this.says(steps[step] ?? { answer: 'the script is over' });
    return this;
  }

  says({ tools = [], answer, tokens = 0 }: SaidStep): ThinkOutput {
    return {
      outcome: 'thought',
      intents: tools.map((tool) => this.intent(tool)),
      finalAnswer: answer === undefined ? null : { value: answer },
      usage: { tokensIn: tokens, tokensOut: 0, usdMillicents: 0, latencyMs: 1 },
    };
  }

  intent(tool: string): IntentRef {
    const intentId = hex();
    this.tools.set(intentId, tool);
    return { intentId, ref: intentId, tool, rationale: `why ${tool}` };
  }

  staged = (more: { readonly delegates?: boolean } = {}): CompileOutput => ({
    ...{ outcome: 'staged', proposalId: hex(), proposalRef: hex(), delegates: false, timeoutMs: 30_000 },
    ...more,
  });
  suspended = (channel = 'high-risk', quorum = 1): CompileOutput => ({
    ...{ outcome: 'suspended', proposalId: hex(), proposalRef: hex() },
    ...{
      channel,
      reason: 'because',
      quorum,
      seq: this.keep({ type: 'rejection', intent_id: hex(), reason: { kind: 'unknown_tool', detail: 'stands for the ask' } }, hex()),
    },
  });
  committed = (): ExecuteOutput => ({ outcome: 'committed', commitId: hex(), seq: this.entries.length + 1, deltaOps: 1, latencyMs: 3, cost: ONE_CALL });

  of(type: EntryPayload['type']): readonly EntryPayload[] {
    return this.entries.filter((entry) => entry.type === type);
  }

  private keep(payload: EntryPayload, requestId: string): number {
    const there = this.entries.findIndex((entry) => entry.requestId === requestId);
    if (there >= 0) return there;
    this.entries.push({ ...payload, requestId });
    return this.entries.length;
  }

  readonly activities: RunActivities = {
    think: async (input) => {
      this.thoughts.push(input);
      return this.think(input, Context.current().cancellationSignal);
    },
    compileIntent: async (input) =>
      input.approval ? this.staged() : this.compile({ ...input, tool: this.tools.get(input.intentRef) ?? '' }, Context.current().cancellationSignal),
    executeProposal: async (input) => {
      this.executed.push(input);
      return this.execute(input, Context.current().cancellationSignal);
    },
    prepareDelegation: async (input) => {
      const start = await this.prepare(input, Context.current().cancellationSignal);
      this.children.push(start);
      return { outcome: 'prepared', start };
    },
    appendEntry: ({ requestId, payload }) => Promise.resolve({ id: hex(), seq: this.keep(payload, requestId) }),
    endDelegation: ({ key, childTrajectoryId, finalAnswer }) => {
      const text = finalAnswer && 'value' in finalAnswer ? String(finalAnswer.value) : null;
      const payload = { type: 'delegation', child_trajectory_id: childTrajectoryId, task: 'a part', final_answer: text } as const;
      return Promise.resolve({ seq: this.keep(payload, `delegation:${key}`) });
    },
    closeTrajectory: ({ run, attempt, finalAnswer, terminatedBy, usage }) => {
      const { tokensIn, tokensOut, costKnown, used } = usage;
      const text = finalAnswer && 'value' in finalAnswer ? String(finalAnswer.value) : null;
      this.keep({ type: 'final_answer', text, terminated_by: terminatedBy }, `final:${run.runId}:${attempt}`);
      const { tool_calls, wall_clock_ms, usd_millicents } = used;
      const cost_known = costKnown ?? true;
      const payload = { type: 'usage', tokens_in: tokensIn, tokens_out: tokensOut, tool_calls, wall_clock_ms, usd_millicents, cost_known } as const;
      return Promise.resolve({ seq: this.keep(payload, `usage:${run.runId}:${attempt}`) });
    },
  };
}

/** What a tool's activity does when it is cancelled: it says what became of the tool. */
export async function cutOff(outcome: 'failed' | 'unknown'): Promise<ExecuteOutput> {
  try {
    return await untilCancelled();
  } catch (thrown) {
    if (!(thrown instanceof CancelledFailure)) throw thrown;
    return { outcome, error: 'cancelled', seq: 9, cost: ONE_CALL };
  }
}
