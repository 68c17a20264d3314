/** An intent becomes a proposal: staged, waiting for people, or rejected. The ledger has the latter two before the workflow hears of them. */
import type { CompileInput, CompileOutput } from '../../src/contracts/run/activities';
import type { Proposal } from '../../src/contracts/run/protocol';
import { toolOf } from '../../src/domain/run/authority/compile';
import { compileNow } from './compilation';
import type { RunDependencies } from './dependencies';

/** What a tool may take that estimates less; its own time-outs come before. */
const TOOL_LEAST_MS = 10 * 60_000;

export async function compileIntent(deps: RunDependencies, input: CompileInput): Promise<CompileOutput> {
  const { run, key, approval } = input;
  const { intent, tool, compiled } = await compileNow(deps, input);
  const keep = (proposal: Proposal): Promise<string> => deps.intents.keepProposal(run.tenant, run.runId, JSON.stringify(proposal));
  if (compiled.outcome === 'staged') {
    const { proposal, estimate } = compiled;
    const timeoutMs = Math.max(TOOL_LEAST_MS, estimate.wall_clock_ms, tool?.definition.estimate.wall_clock_ms ?? 0);
    return {
      ...{ outcome: 'staged', proposalId: proposal.id, proposalRef: await keep(proposal), delegates: toolOf(intent.body) === 'delegate', timeoutMs },
    };
  }
  // A repetition finds the entry of the first time, which is what the ledger says, whatever it would say now.
  const entry = await deps.ledger.append({
    ...{ tenant: run.tenant, trajectoryId: run.trajectoryId, runId: run.runId, requestId: `compile:${key}.${approval?.channels.length ?? 0}` },
    build: () =>
      compiled.outcome === 'rejected'
        ? { type: 'rejection', intent_id: intent.id, reason: compiled.reason }
        : { type: 'pending_approval', proposal: compiled.proposal, channel: compiled.channel, reason: compiled.reason },
  });
  const { payload, seq } = entry;
  if (payload.type !== 'pending_approval') {
    return { outcome: 'rejected', proposalId: compiled.proposal.id, reason: payload.type === 'rejection' ? payload.reason : ALREADY, seq };
  }
  const { proposal, channel, reason } = payload;
  const quorum = compiled.outcome === 'suspended' ? Math.max(1, compiled.approvals) : 1;
  return { outcome: 'suspended', proposalId: proposal.id, proposalRef: await keep(proposal), channel, reason, quorum, seq };
}

const ALREADY = { kind: 'precondition_failed', detail: 'the ledger holds another entry under this call' } as const;
