/** One action without a model (digest §2.24): a run of one step, whose writ reaches to its tool only. */
import { z } from 'zod';
import { RoutingEvidence } from '../../contracts/run/protocol';
import { route } from '../http/route';
import { boundedJson, storable } from '../http/stored-json';
import { prefixedId } from '../../domain/run/ledger/ids';
import type { RunPorts } from './ports';

type Port = Pick<RunPorts, 'gateway'>;

const Evidence = RoutingEvidence.extend({
  alternatives: z.array(z.string().max(200)).max(100).default([]),
  confidence_bps: z.int().min(0).max(10_000).default(0),
  reason_codes: z.array(z.string().max(200)).max(100).default([]),
  latency_estimate_ms: z.int().min(0).default(0),
  cost_estimate_millicents: z.int().min(0).default(0),
});

const RoutedBody = storable(
  z.object({
    tool: z.string().max(200),
    args: boundedJson.default({}),
    rationale: z.string().max(2_000).default(''),
    routing_evidence: Evidence.nullish().describe('Why whoever routed chose this; the commit carries it.'),
  }),
).meta({ id: 'RoutedAction' });

const Outcome = z
  .object({
    status: z.enum(['committed', 'rejected', 'suspended', 'delegated']),
    trajectory_id: z.string(),
    commit_id: z.string().optional(),
    routing_evidence_recorded: z.boolean().optional(),
    reason: z.string().optional(),
    channel: z.string().optional(),
    child_trajectory_id: z.string().optional(),
    run_id: z.string().describe('Its run: what is suspended is answered there.'),
  })
  .meta({ id: 'RoutedOutcome' });

export const routedSubmit = route({
  method: 'post',
  path: '/routed-submit',
  summary: 'Perform one action under a writ of its own',
  operationId: 'routedSubmit',
  resource: 'run',
  scope: 'runs:write',
  limit: 'execute',
  idempotent: true,
  bodyRequired: true,
  body: RoutedBody,
  examples: { bodies: { kv: { tool: 'kv_set', args: { key: 'k', value: 'v' }, rationale: 'route' } } },
  reply: { status: 200, description: 'What came of it.', body: Outcome },
  faults: [408, 422],
  handle: async ({ body, principal, idempotencyKey, requestId }, { gateway }: Port) => {
    const { tool, args, rationale, routing_evidence: evidence = null } = body;
    const done = await gateway.routedSubmit(principal, { tool, args, rationale, evidence }, { idempotencyKey, requestId });
    const { commitId, reason, channel, childTrajectoryId } = done;
    return {
      body: {
        ...{ status: done.status, trajectory_id: prefixedId('trajectory', done.trajectoryId) },
        ...(commitId !== null && { commit_id: prefixedId('commit', commitId), routing_evidence_recorded: evidence !== null }),
        ...(reason !== null && { reason }),
        ...(channel !== null && { channel }),
        ...(childTrajectoryId !== null && { child_trajectory_id: prefixedId('trajectory', childTrajectoryId) }),
        run_id: done.runId,
      },
    };
  },
});
