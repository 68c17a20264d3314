/**
 * A staged proposal is executed: claimed before anything is done, looked at once more, done, and told to the ledger together with its receipt. Who finds a claim without a receipt does
 * not do it again, unless the tool says that twice is as good as once, or finds out itself what was done: else nobody can prove how far the first one came (design §4.6).
 */
import { Context } from '@temporalio/activity';
import { runRef } from '../../src/contracts/run/commands';
import type { ExecuteInput, ExecuteOutput } from '../../src/contracts/run/activities';
import type { EntryDraft, LedgerHead, ToolNotes, ToolOutcome } from '../../src/contracts/run/ports';
import type { Budget, RejectionReason } from '../../src/contracts/run/protocol';
import type { ToolOutputFrame } from '../../src/contracts/run/thinking';
import { toolOf } from '../../src/domain/run/authority/compile';
import { NOTHING } from '../../src/domain/run/authority/budget';
import { COMPILER_VERSION } from '../../src/domain/run/compiler-version';
import { Fault } from '../../src/errors/fault';
import { compileNow, readProposal, type Compilation } from './compilation';
import type { RunDependencies } from './dependencies';
import { performTool, type Performed } from './perform-tool';
import { boundedOutput } from './bounded-output';
import { LiveToolOutput } from './live-tool-output';

const ERROR_MAX = 2_000;

export async function executeProposal(deps: RunDependencies, input: ExecuteInput): Promise<ExecuteOutput> {
  const { run, key } = input;
  const actor = runRef(run.tenant, run.runId);
  const effectId = `tool-${key}`;
  const claim = await deps.effects.claim(actor, effectId, 'tool');
  if (claim.state === 'done') return claim.receipt as ExecuteOutput;
  const execution = new Execution(deps, input, effectId);
  if (input.abandoned === true && claim.state === 'new') {
    await deps.effects.release(actor, effectId);
    return { outcome: 'not_started' };
  }
  const at = await compileNow(deps, { ...input, approval: input.approval ?? { proposalRef: input.proposalRef, channels: [] } });
  if (claim.state === 'claimed') {
    if (input.abandoned === true) return execution.leftBehind(at, 'The run was cancelled while it was at work, and its worker is gone.');
    if (!mayBeCalledAgain(at)) return execution.leftBehind(at, 'It was begun by a worker that is gone; it is not done again.');
  }
  if (at.compiled.outcome !== 'staged') return execution.rejected(at, deps.redact(reasonOf(at)));
  return execution.perform(at);
}

/** What verifies itself was begun under what held then; where that does not hold any more, it only finds out. */
const mayBeCalledAgain = ({ tool, compiled }: Compilation): boolean =>
  tool?.definition.idempotent === true || (tool?.verifies === true && compiled.outcome === 'staged');

/** What asks on a further channel by now has not been approved. */
function reasonOf({ compiled }: Compilation): RejectionReason {
  if (compiled.outcome === 'rejected') return compiled.reason;
  return { kind: 'policy_denied', detail: compiled.outcome === 'suspended' ? `it needs an approval on channel '${compiled.channel}' by now` : '' };
}

const oneCall = (latencyMs: number): Budget => ({ ...NOTHING, tool_calls: 1, wall_clock_ms: latencyMs });

class Execution {
  constructor(
    private readonly deps: RunDependencies,
    private readonly input: ExecuteInput,
    private readonly effectId: string,
  ) {}

  /** `over`: nothing is begun any more, and the tool only finds out what an earlier try did. */
  async perform(at: Compilation, over?: string): Promise<ExecuteOutput> {
    const { run, proposalId, used } = this.input;
    const { tool } = at;
    if (!tool) throw new Fault('internal', 'run.gone', 'The tool of a staged proposal is gone.', {});
    const workspace = await this.deps.tools.workspace(run.tenant);
    const notes = tool.verifies ? await this.notes() : undefined;
    const live = this.liveOutput(at);
    const performed = await performTool(tool, at.intent.body.args, {
      context: { tenant: run.tenant, runId: run.runId, proposalId, workspace, world: at.world, ...(notes && { notes }), onOutput: live.add },
      budgetLeftMs: Math.max(1, at.writ.body.budget.wall_clock_ms - used.wall_clock_ms),
      ...(over !== undefined && { over }),
    }).finally(() => live.end());
    if (performed.state === 'again') throw new Fault('unavailable', 'run.worker_stopping', 'The worker stops; the tool is called again by another.', {});
    if (performed.state === 'done') return this.commit(at, performed);
    return this.failed(at.intent.id, toolOf(at.intent.body), performed);
  }

  private liveOutput({ intent }: Compilation): LiveToolOutput {
    const { redact, knownSecrets, frames } = this.deps;
    const { tenant, runId } = this.input.run;
    const send = (frame: ToolOutputFrame): void => frames.send(runRef(tenant, runId), { ...frame });
    return new LiveToolOutput({ intentId: intent.id, tool: toolOf(intent.body), redact, knownSecrets, send });
  }

  private async commit(at: Compilation, { outcome, latencyMs }: Extract<Performed, { readonly state: 'done' }>): Promise<ExecuteOutput> {
    const { redact } = this.deps;
    const done: ToolOutcome = { output: boundedOutput(redact(outcome.output)), delta: redact(outcome.delta) };
    const problem = at.world.problemWith(done.delta);
    const name = toolOf(at.intent.body);
    if (problem)
      return this.failed(at.intent.id, name, { outcome: 'unknown', error: `It was done, but its changes do not fit the world: ${problem.message}`, latencyMs });
    const cost = oneCall(latencyMs);
    const entry = await this.settle(
      (head) => this.commitDraft(at, done, { head, latencyMs }),
      (_id, seq, commitId) => ({
        ...{ outcome: 'committed', commitId: commitId ?? '', seq, deltaOps: done.delta.length, latencyMs, cost },
      }),
    );
    return entry;
  }

  private commitDraft(
    at: Compilation,
    { output, delta }: ToolOutcome,
    { head, latencyMs }: { readonly head: LedgerHead | null; readonly latencyMs: number },
  ): EntryDraft {
    if (!head) throw new Fault('internal', 'run.gone', 'The trajectory of the run is gone.', {});
    const { compiled, intent, writ } = at;
    const { proposal } = compiled;
    const evidence = proposal.routing_evidence;
    return {
      type: 'commit',
      body: {
        ...{ parent: [head.id], trajectory_id: this.input.run.trajectoryId, proposal_id: this.input.proposalId, intent_id: intent.id, writ_id: writ.id },
        ...{ seq: head.seq + 1, delta: [...delta], observations: [{ tool: toolOf(intent.body), output, latency_ms: latencyMs }] },
        ...{ policy_trace: proposal.body.policy_trace, compiler_version: COMPILER_VERSION, policy_set_hash: at.policySetHash, budget_cost: oneCall(latencyMs) },
        ...(evidence && { routing_evidence: evidence }),
      },
    };
  }

  rejected({ intent }: Compilation, reason: RejectionReason): Promise<ExecuteOutput> {
    return this.settle(
      () => ({ type: 'rejection', intent_id: intent.id, reason }),
      (_id, seq) => ({ outcome: 'rejected', reason, seq }),
    );
  }

  /** Begun by somebody who left no receipt. */
  async leftBehind(at: Compilation, error: string): Promise<ExecuteOutput> {
    const { intent, tool } = at;
    if (tool?.verifies) {
      // It was begun as it was staged, whatever would be said of it now.
      const proposal = await readProposal(this.deps, this.input.run, this.input.proposalRef);
      return this.perform({ ...at, compiled: { ...at.compiled, proposal } }, error);
    }
    return this.failed(intent.id, toolOf(intent.body), { outcome: tool?.definition.idempotent === true ? 'failed' : 'unknown', error, latencyMs: 0 });
  }

  /** Kept as an effect of its own: the note is its receipt. */
  private async notes(): Promise<ToolNotes> {
    const { effects } = this.deps;
    const actor = runRef(this.input.run.tenant, this.input.run.runId);
    const noteId = `note-${this.input.key}`;
    const claim = await effects.claim(actor, noteId, 'note');
    return { earlier: claim.state === 'done' ? (claim.receipt as ToolNotes['earlier']) : null, keep: (note) => effects.settle(actor, noteId, note) };
  }

  private failed(
    intentId: string,
    tool: string,
    failure: { readonly outcome: 'failed' | 'unknown'; readonly error: string; readonly latencyMs: number },
  ): Promise<ExecuteOutput> {
    const error = this.deps.redact(failure.error).slice(0, ERROR_MAX);
    const { outcome } = failure;
    const { proposalId } = this.input;
    return this.settle(
      () => ({ type: 'execution_failed', intent_id: intentId, proposal_id: proposalId, tool, outcome, error }),
      (_id, seq) => ({ outcome, error, seq, cost: oneCall(failure.latencyMs) }),
    );
  }

  private async settle(
    build: (head: LedgerHead | null) => EntryDraft,
    receiptOf: (entryId: string, seq: number, commitId: string | null) => ExecuteOutput,
  ): Promise<ExecuteOutput> {
    const { tenant, runId, trajectoryId } = this.input.run;
    const actor = runRef(tenant, runId);
    const entry = await this.deps.ledger.appendAndSettle({
      ...{ tenant, trajectoryId, runId, requestId: `execute:${this.input.key}`, build },
      effect: {
        ...{ actor, effectId: this.effectId },
        receipt: ({ id, seq, payload }) => receiptOf(id, seq, payload.type === 'commit' ? payload.id : null),
      },
    });
    // Somebody else may have been first: then the receipt that stands is the answer.
    const settled = await this.deps.effects.claim(actor, this.effectId, 'tool');
    if (settled.state === 'done') return settled.receipt as ExecuteOutput;
    Context.current().log.warn('an execution has an entry but no receipt', { entry: entry.id });
    throw new Fault('unavailable', 'run.unsettled', 'The receipt of an execution cannot be read.', {});
  }
}
