/** Runs (seed 003): a loop that proposes, checks, asks, acts and commits, on a ledger that verifies; in the paths, words and statuses of the peer. */
import type { SurfaceDefinition } from '../http/surface';
import * as audit from './audit';
import { faultBody, faultSchema, faultStatus } from './fault-body';
import { getHealth, getReady, listTools } from './health';
import * as ledger from './ledger';
import { marketplaceRoutes } from './marketplace';
import type { RunPorts } from './ports';
import { listPolicies } from './policies';
import { routedSubmit } from './routed-submit';
import * as runs from './runs';
import { getSkill, listSkills, putSkill } from './skills';
import * as streams from './streams';
import { getWrit, restoreWrit, revokeWrit } from './writs';

export const runSurface: SurfaceDefinition<RunPorts> = {
  name: 'runs',
  title: 'Everthread runs',
  description: 'Runs that propose, are checked, ask, act and commit, their ledgers, and what belongs to them.',
  prefixes: [
    '/health',
    '/ready',
    '/tools',
    '/policies',
    '/runs',
    '/audit',
    '/ledger',
    '/usage',
    '/search',
    '/skills',
    '/routed-submit',
    '/writs',
    '/marketplace',
  ],
  faultBody,
  faultStatus,
  faultSchema,
  routes: [
    ...[getHealth, getReady, listTools, listPolicies],
    ...[runs.createRun, runs.listRuns, runs.getRun, runs.getExecution, streams.streamExecution, streams.streamCognition, streams.streamEntries],
    ...[ledger.getWorld, ledger.getWorldAt, ledger.replayRun, ledger.getAnchor, ledger.listSigningKeys, ledger.listDelegations, ledger.listRoutingOutcomes],
    ...[runs.listApprovals, runs.answerApproval, runs.cancelRun, runs.resumeRun, runs.branchRun, runs.resolveEffect],
    ...[audit.listEntries, audit.countEntries, audit.getUsage, audit.search],
    ...[listSkills, getSkill, putSkill, routedSubmit, getWrit, revokeWrit, restoreWrit],
    ...marketplaceRoutes,
  ],
};
