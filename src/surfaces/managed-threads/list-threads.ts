/** Seed 000: the list of threads, and the threads of one execution. `limit` and `offset` are additions; so are `agentType` and `total`. */
import { z } from 'zod';
import { ThreadStatus } from '../../contracts/managed-thread/status';
import { route } from '../http/route';
import { ExecutionParams, queryInt } from './bodies';
import type { ManagedThreadPorts, ThreadFilter } from './ports';
import { threadView } from './view';
import { ThreadList } from './wire';

const PAGE = { limit: queryInt(1, 500).default(100), offset: queryInt(0, 1_000_000).default(0) };

async function page(reads: ManagedThreadPorts['reads'], tenant: string, filter: ThreadFilter) {
  const { threads, total } = await reads.list(tenant, filter);
  const { limit, offset } = filter;
  return { body: { threads: threads.map(threadView), count: threads.length, total, limit, offset, hasMore: offset + threads.length < total } };
}

export const listThreads = route({
  method: 'get',
  path: '/api/managed-threads',
  summary: 'List threads, newest first',
  scope: 'threads:read',
  query: z.object({
    status: z.array(ThreadStatus).max(11).optional().describe('May be given several times.'),
    executionId: z.string().min(1).max(128).optional(),
    role: z.string().min(1).max(128).optional(),
    agentType: z.string().min(1).max(64).optional(),
    ...PAGE,
  }),
  reply: { status: 200, description: 'A page of threads.', body: ThreadList },
  handle: ({ query: { status, ...query }, principal }, { reads }: ManagedThreadPorts) => page(reads, principal.tenant, { ...query, statuses: status ?? [] }),
});

export const listExecutionThreads = route({
  method: 'get',
  path: '/api/managed-threads/executions/:executionId',
  summary: 'List the threads of one execution, newest first',
  scope: 'threads:read',
  params: ExecutionParams,
  query: z.object(PAGE),
  reply: { status: 200, description: 'A page of threads; empty for an execution that nobody has heard of.', body: ThreadList },
  handle: ({ params, query, principal }, { reads }: ManagedThreadPorts) =>
    page(reads, principal.tenant, { ...query, statuses: [], executionId: params.executionId }),
});
