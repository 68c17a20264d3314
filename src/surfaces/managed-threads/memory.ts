/** Seed 000 "Shared Decisions and Experiences". */
import { z } from 'zod';
import { SpawnThread } from '../../contracts/managed-thread/spawn';
import { route } from '../http/route';
import { pageOf, pageShape, type Page } from '../http/paging';
import { DecisionBody, ExecutionParams, ThreadParams } from './bodies';
import { DECISION } from './examples';
import { existing } from './get-thread';
import type { Found, ManagedThreadPorts } from './ports';
import { Decision, DecisionList, ExperienceList } from './wire';

const PAGE = pageShape({ limit: 100, max: 500 });
const category = z.string().min(1).max(64).optional();

const counted = (page: Page, { rows, total }: Found<unknown>) => ({ count: rows.length, ...pageOf(page, rows.length, total) });

export const listThreadDecisions = route({
  operationId: 'listThreadDecisions',
  method: 'get',
  path: '/api/managed-threads/:id/shared-decisions',
  summary: 'Read the shared decisions of a thread, newest first',
  scope: 'threads:read',
  params: ThreadParams,
  query: z.object({ category, ...PAGE }),
  reply: { status: 200, description: 'Decisions.', body: DecisionList },
  handle: async ({ params, query, principal }, { reads, memory }: ManagedThreadPorts) => {
    await existing(reads, principal.tenant, params.id);
    const found = await memory.decisions(principal.tenant, { ...query, threadId: params.id });
    return { body: { decisions: found.rows, ...counted(query, found) } };
  },
});

export const recordDecision = route({
  operationId: 'recordDecision',
  method: 'post',
  path: '/api/managed-threads/:id/shared-decisions',
  summary: 'Record a shared decision',
  scope: 'threads:write',
  idempotent: true,
  params: ThreadParams,
  body: DecisionBody,
  reply: { status: 201, description: 'The decision.', body: Decision },
  examples: { bodies: { decision: DECISION } },
  handle: async ({ params, body, principal, idempotencyKey }, { reads, memory }: ManagedThreadPorts) => {
    const { executionId } = await existing(reads, principal.tenant, params.id);
    const decision = { executionId, threadId: params.id, category: body.category, summary: body.summary, details: body.details ?? null };
    return { body: await memory.recordDecision(principal.tenant, decision, { idempotencyKey }) };
  },
});

export const listExecutionDecisions = route({
  operationId: 'listExecutionDecisions',
  method: 'get',
  path: '/api/managed-threads/executions/:executionId/shared-decisions',
  summary: 'Read the shared decisions of one execution, newest first',
  scope: 'threads:read',
  params: ExecutionParams,
  query: z.object({ category, ...PAGE }),
  reply: { status: 200, description: 'Decisions; empty for an execution that nobody has heard of.', body: DecisionList },
  handle: async ({ params, query, principal }, { memory }: ManagedThreadPorts) => {
    const found = await memory.decisions(principal.tenant, { ...query, executionId: params.executionId });
    return { body: { decisions: found.rows, ...counted(query, found) } };
  },
});

export const listExperiences = route({
  operationId: 'listExperiences',
  method: 'get',
  path: '/api/managed-threads/experiences',
  summary: 'Query episodic experiences, newest first',
  scope: 'threads:read',
  query: z.object({
    executionId: SpawnThread.shape.executionId.optional(),
    threadId: ThreadParams.shape.id.optional(),
    role: z.string().min(1).max(128).optional(),
    repo: z.string().min(1).max(2_048).optional(),
    outcome: z.enum(['successful', 'partial', 'failed']).optional(),
    ...PAGE,
  }),
  reply: { status: 200, description: 'Experiences.', body: ExperienceList },
  handle: async ({ query, principal }, { memory }: ManagedThreadPorts) => {
    const found = await memory.experiences(principal.tenant, query);
    return { body: { experiences: found.rows, ...counted(query, found) } };
  },
});
