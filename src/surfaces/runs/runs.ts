/** Runs themselves (digest §2.4–2.7, §2.14–2.18): started, listed, read, answered, cancelled, resumed, branched. */
import { z } from 'zod';
import { Fault } from '../../errors/fault';
import { keyed, replayedHeader } from '../http/keyed';
import { route } from '../http/route';
import { ApprovalBody, BranchBody, CancelBody, ChannelParams, EffectParams, ListQuery, ResolveBody, RunBody, RunParams } from './bodies';
import { prefixedId } from '../../domain/run/ledger/ids';
import { requiredId } from './ids';
import type { RunPorts, RunRow, RunReads } from './ports';
import { existing, findFromOutside, isShown, knownFromOutside } from './run-access';
import { invalid, runRequest } from './requests';
import { Session } from './session-view';
import * as views from './views';

type Port = Pick<RunPorts, 'gateway' | 'reads'>;

const resource = 'run';
/** What a body that is no fitting JSON, and what a run that has ended, may be answered with. */
const BODY_FAULTS = [422];

const locationOf = (runId: string): string => `/runs/${runId}`;

const EXAMPLE = {
  task: 'Inspect the repo and explain how the runtime works',
  max_steps: 24,
  tool_scopes: ['repo_map', 'fs_read', 'grep', 'test_run'],
  cognition: { provider: 'mock' },
};

const Created = z.object({ run_id: z.string(), task: z.string(), status: z.literal('running'), trajectory_id: z.string() }).meta({ id: 'RunCreated' });

export const createRun = route({
  method: 'post',
  path: '/runs',
  summary: 'Start a run',
  operationId: 'createRun',
  resource,
  scope: 'runs:write',
  limit: 'execute',
  idempotent: true,
  bodyRequired: true,
  body: RunBody,
  examples: { bodies: { inspect: EXAMPLE } },
  reply: { status: 202, description: 'It has been accepted. `task` has the instructions of its skills.', body: Created },
  faults: BODY_FAULTS,
  handle: async (request, { gateway }: Port) => {
    const { run, replayed } = await gateway.create(request.principal, runRequest(request.body, request), keyed(request));
    return {
      body: { run_id: run.runId, task: run.task, status: 'running' as const, trajectory_id: prefixedId('trajectory', run.trajectoryId) },
      headers: { Location: locationOf(run.runId), ...replayedHeader(replayed) },
    };
  },
});

const OF_FILTER = { running: ['running', 'waiting_approval'] } as const;

export const listRuns = route({
  method: 'get',
  path: '/runs',
  summary: 'List runs, newest first',
  operationId: 'listRuns',
  scope: 'runs:read',
  query: ListQuery,
  reply: { status: 200, description: 'A page of runs; `total` counts all that the filter finds.', body: views.RunList },
  handle: async ({ query, principal }, { reads }: Port) => {
    const { status, limit, offset, cursor = null, parent = null } = query;
    const statuses = status === undefined ? [] : status === 'running' ? OF_FILTER.running : [status];
    const { runs, total, nextCursor } = await reads.list(principal, { statuses, limit, offset, cursor, parentRunId: parent });
    return { body: { runs: runs.map((row) => views.itemView(row, isShown(row, principal))), total, limit, offset, next_cursor: nextCursor } };
  },
});

export const getRun = route({
  method: 'get',
  path: '/runs/:id',
  summary: 'Read the record of a run',
  operationId: 'getRun',
  scope: 'runs:read',
  params: RunParams,
  reply: { status: 200, description: 'The record; `summary` is there once it has ended.', body: views.RunRecord },
  handle: async ({ params, principal }, { reads }: Port) => {
    const row = await knownFromOutside(reads, principal, params.id);
    return { body: views.recordView(row, isShown(row, principal)) };
  },
});

export const getExecution = route({
  method: 'get',
  path: '/runs/:id/execution',
  summary: 'Read the execution session of a run',
  operationId: 'getRunExecution',
  scope: 'runs:read',
  params: RunParams,
  reply: { status: 200, description: 'Where it is, what it waits for, and the newest 400 entries of its log.', body: Session },
  handle: async ({ params, principal }, { reads }: Port) => {
    const row = await existing(reads, principal, params.id);
    return { body: await sessionOf(reads, row) };
  },
});

export async function sessionOf(reads: Pick<RunReads, 'session'>, { tenant, runId }: RunRow): Promise<Session> {
  const session = await reads.session(tenant, runId);
  if (!session) throw new Fault('not_found', 'run.not_found', 'run not found', { runId });
  return session;
}

const Approvals = z
  .object({
    approvals: z.array(
      z.object({
        ...{ channel: z.string(), proposal_id: z.string(), tool: z.string(), reason: z.string(), requested_at: z.iso.datetime() },
        needed: z.int().min(1).describe('So many people must approve; one denial denies.'),
        approved_by: z.array(z.string()),
        deadline_at: z.iso.datetime().nullable().describe('When it is denied without an answer; null: it waits for ever.'),
      }),
    ),
  })
  .meta({ id: 'RunApprovals' });

export const listApprovals = route({
  method: 'get',
  path: '/runs/:id/approvals',
  summary: 'List what a run waits for a person to approve',
  operationId: 'listRunApprovals',
  scope: 'runs:read',
  params: RunParams,
  reply: { status: 200, description: 'Oldest first.', body: Approvals },
  handle: async ({ params, principal }, { reads }: Port) => {
    const row = await knownFromOutside(reads, principal, params.id);
    const found = await reads.approvals(row.tenant, row.runId);
    const approvals = found.map((approval) => ({
      ...{ channel: approval.channel, proposal_id: prefixedId('proposal', approval.proposalId), tool: approval.tool, reason: approval.reason },
      ...{ requested_at: approval.requestedAt, needed: approval.needed, approved_by: [...approval.approvedBy], deadline_at: approval.deadlineAt },
    }));
    return { body: { approvals } };
  },
});

const accepted = z.literal(true).optional().describe('Present when no worker answered in time: the command is on its way and will be done once.');
const onItsWay = ({ status }: { readonly status: 'done' | 'accepted' }) => (status === 'accepted' ? { accepted: true as const } : {});

const notPending = (runId: string, channel: string): Fault =>
  new Fault('not_found', 'run.no_pending_approval', 'no pending approval for this run/channel', { runId, channel });

const Answered = z.object({ run_id: z.string(), channel: z.string(), approved: z.boolean(), accepted }).meta({ id: 'ApprovalAnswered' });

export const answerApproval = route({
  method: 'post',
  path: '/runs/:id/approvals/:channel',
  summary: 'Approve or deny a pending proposal',
  operationId: 'answerRunApproval',
  resource,
  scope: 'runs:write',
  idempotent: true,
  bodyRequired: true,
  params: ChannelParams,
  body: ApprovalBody,
  examples: { bodies: { yes: { approve: true } } },
  reply: { status: 200, description: 'The verdict is recorded, with who gave it. The same answer again changes nothing.', body: Answered },
  faults: [410, ...BODY_FAULTS],
  handle: async (request, { gateway, reads }: Port) => {
    const { params, body, principal } = request;
    const approve = body.approve ?? (body.decision == null ? null : body.decision === 'approve');
    if (approve === null) throw invalid('approve', 'missing verdict: send {"approve": true|false} (or {"decision": "approve"|"deny"})', 'is required');
    const proposalId = body.proposal_id == null ? null : requiredId('proposal', 'proposal_id', body.proposal_id, 'proposal_id must be 64 hex chars');
    const { channel } = params;
    const row = await findFromOutside(reads, principal, params.id);
    // The peer does not tell an unknown run from an unknown channel.
    if (!row) throw notPending(params.id, channel);
    const verdict = { channel, proposalId, approve, comment: body.comment ?? null };
    const done = await gateway.approve(principal, row.runId, verdict, keyed(request)).catch((thrown: unknown) => {
      throw thrown instanceof Fault && thrown.code === 'run.no_pending_approval' ? notPending(row.runId, channel) : thrown;
    });
    return { body: { run_id: row.runId, channel, approved: approve, ...onItsWay(done) } };
  },
});

export const cancelRun = route({
  method: 'post',
  path: '/runs/:id/cancel',
  summary: 'Cancel a run',
  operationId: 'cancelRun',
  resource,
  scope: 'runs:write',
  idempotent: true,
  params: RunParams,
  body: CancelBody,
  reply: {
    status: 200,
    description: 'Its model call and its tool are stopped within a second; counters and commits stay.',
    body: z.object({ run_id: z.string(), status: z.literal('cancelling'), accepted }).meta({ id: 'RunCancelling' }),
  },
  faults: [410, ...BODY_FAULTS],
  handle: async (request, { gateway, reads }: Port) => {
    const row = await knownFromOutside(reads, request.principal, request.params.id);
    const done = await gateway.cancel(request.principal, row.runId, { reason: request.body.reason ?? null }, keyed(request));
    return { body: { run_id: row.runId, status: 'cancelling' as const, ...onItsWay(done) } };
  },
});

export const resumeRun = route({
  method: 'post',
  path: '/runs/:id/resume',
  summary: 'Resume a run that has failed or was cancelled',
  operationId: 'resumeRun',
  resource,
  scope: 'runs:write',
  limit: 'execute',
  idempotent: true,
  bodyRequired: true,
  params: RunParams,
  body: RunBody,
  examples: { bodies: { again: { task: 'Go on where it stopped', max_steps: 8 } } },
  reply: {
    status: 202,
    description: 'It goes on in the same trajectory, under its first writ or a narrower one.',
    body: z.object({ run_id: z.string(), status: z.literal('resuming') }).meta({ id: 'RunResuming' }),
  },
  faults: BODY_FAULTS,
  handle: async (request, { gateway, reads }: Port) => {
    const row = await existing(reads, request.principal, request.params.id);
    await gateway.resume(request.principal, row.runId, runRequest(request.body, request), keyed(request));
    return { body: { run_id: row.runId, status: 'resuming' as const } };
  },
});

const EXAMPLE_COMMIT = `commit:${'4ab6efcf'.repeat(8)}`;

const Branched = z
  .object({
    ...{ branch_trajectory_id: z.string(), source_trajectory_id: z.string(), source_commit_id: z.string(), note: z.string() },
    run_id: z.string().describe('The run of the branch.'),
  })
  .meta({ id: 'RunBranched' });

export const branchRun = route({
  method: 'post',
  path: '/runs/:id/branch',
  summary: 'Branch from a commit of a run',
  operationId: 'branchRun',
  resource,
  scope: 'runs:write',
  limit: 'execute',
  idempotent: true,
  bodyRequired: true,
  params: RunParams,
  body: BranchBody,
  examples: { bodies: { shadow: { commit_id: EXAMPLE_COMMIT, note: 'another way' } } },
  reply: { status: 201, description: 'A run of its own, whose world is that of the commit.', body: Branched },
  faults: BODY_FAULTS,
  handle: async (request, { gateway, reads }: Port) => {
    const { body, principal } = request;
    const row = await existing(reads, principal, request.params.id, 'run not found or not started');
    const commitId = requiredId('commit', 'commit_id', body.commit_id, 'commit_id must be 64 hex chars');
    const { note, task } = body;
    const run = task == null ? null : runRequest({ ...body, task }, request);
    const made = await gateway.branch(principal, row.runId, { commitId, note, run }, keyed(request));
    return {
      body: {
        ...{ branch_trajectory_id: prefixedId('trajectory', made.trajectoryId), source_trajectory_id: prefixedId('trajectory', row.trajectoryId) },
        ...{ source_commit_id: prefixedId('commit', commitId), note, run_id: made.runId },
      },
      headers: { Location: locationOf(made.runId), ...replayedHeader(made.replayed) },
    };
  },
});

export const resolveEffect = route({
  method: 'post',
  path: '/runs/:id/effects/:proposal/resolve',
  summary: 'Say how an effect ended that nobody can prove',
  operationId: 'resolveRunEffect',
  resource,
  scope: 'runs:write',
  idempotent: true,
  bodyRequired: true,
  params: EffectParams,
  body: ResolveBody,
  examples: { bodies: { done: { outcome: 'done', output: { exit_code: 0 } } } },
  reply: {
    status: 200,
    description: 'The ledger holds it, with who said so.',
    body: z.object({ run_id: z.string(), proposal_id: z.string(), outcome: z.enum(['done', 'not_done']), accepted }).meta({ id: 'EffectResolved' }),
  },
  faults: BODY_FAULTS,
  handle: async (request, { gateway, reads }: Port) => {
    const { params, body, principal } = request;
    const row = await existing(reads, principal, params.id);
    const proposalId = requiredId('proposal', 'proposal', params.proposal, 'the proposal id must be 64 hex chars');
    const done = await gateway.resolveEffect(principal, row.runId, { proposalId, outcome: body.outcome, output: body.output }, keyed(request));
    return { body: { run_id: row.runId, proposal_id: prefixedId('proposal', proposalId), outcome: body.outcome, ...onItsWay(done) } };
  },
});
