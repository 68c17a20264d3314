/** What a delegated run needs before it starts: a writ that is a strict part of the parent's, a trajectory of its own, and what it is to do. */
import { createHash } from 'node:crypto';
import { TITLE_MAX, type RunSpec } from '../../src/contracts/run/start';
import type { DelegateInput, DelegateOutput } from '../../src/contracts/run/activities';
import { delegated } from '../../src/domain/run/authority/grant';
import { childTrajectoryId } from '../../src/domain/run/ledger/ids';
import { Fault } from '../../src/errors/fault';
import { compileNow } from './compilation';
import type { RunDependencies } from './dependencies';

/** The same for the same call: a repetition prepares the same run. A UUID, version 4 by its form. */
export function childRunId(runId: string, key: string): string {
  const bytes = createHash('sha256').update(`${runId}/${key}`).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

export async function prepareDelegation(deps: RunDependencies, input: DelegateInput): Promise<DelegateOutput> {
  const { run, key, proposalId, budgetLeft, parent } = input;
  const { tenant } = run;
  const at = await compileNow(deps, { ...input, approval: input.approval ?? { proposalRef: input.proposalRef, channels: [] } });
  if (at.compiled.outcome !== 'staged') {
    const reason =
      at.compiled.outcome === 'rejected'
        ? deps.redact(at.compiled.reason)
        : ({ kind: 'policy_denied', detail: `it needs an approval on channel '${at.compiled.channel}' by now` } as const);
    const { seq } = await deps.ledger.append({
      ...{ tenant, trajectoryId: run.trajectoryId, runId: run.runId, requestId: `execute:${key}` },
      build: () => ({ type: 'rejection', intent_id: at.intent.id, reason }),
    });
    return { outcome: 'rejected', reason, seq };
  }
  const { task, tool_scopes } = at.intent.body.args as unknown as { readonly task: string; readonly tool_scopes?: readonly string[] };
  const id = childRunId(run.runId, key);
  const grant = delegated(at.writ.body, { tool_scopes }, budgetLeft);
  const writ = await deps.writs.mint({ tenant, runId: id, userId: null, grant, parent: at.writ });
  await deps.writs.keep(id, writ);
  const shown = deps.redact(task);
  const trajectoryId = childTrajectoryId(shown, proposalId);
  const specRef = await deps.blobs.put(tenant, JSON.stringify(await childSpec(deps, tenant, { specRef: input.specRef, task })));
  await deps.ledger.append({ tenant, trajectoryId, runId: id, requestId: 'root', build: () => ({ type: 'root', trajectory_id: trajectoryId, note: shown }) });
  return {
    outcome: 'prepared',
    start: {
      ...{ id, tenant, trajectoryId, specRef, title: shown.slice(0, TITLE_MAX), attempt: 0, maxSteps: parent.maxSteps, writId: writ.id },
      ...{ budget: writ.body.budget, expiresAt: writ.body.time_window.expires_at, approvalTimeoutMs: parent.approvalTimeoutMs },
      ...{ parent: { runId: run.runId, proposalId }, branchOf: null, routed: false, keyId: parent.keyId, by: parent.by, createdAt: new Date().toISOString() },
    },
  };
}

/** The child thinks as its parent does; a script says apart what children say. */
async function childSpec({ blobs }: RunDependencies, tenant: string, { specRef, task }: { readonly specRef: string; readonly task: string }): Promise<RunSpec> {
  const text = await blobs.get(tenant, specRef);
  if (text === null) throw new Fault('internal', 'run.gone', 'What the run is about is not stored any more.', {});
  const { cognition } = JSON.parse(text) as RunSpec;
  return {
    task,
    cognition: { ...cognition, script: cognition.provider === 'scripted' ? (cognition.delegated_script ?? []) : null },
    history: [],
    skills: [],
    routed: null,
  };
}
