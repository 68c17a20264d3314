/** Seed 000: the list of threads, and the threads of one execution. `limit` and `offset` are additions; so are `agentType` and `total`. */
import { z } from 'zod';
import { ThreadStatus } from '../../contracts/managed-thread/status';
import { route } from '../http/route';
import { pageOf, pageShape } from '../http/paging';
import { ExecutionParams } from './bodies';
import type { ManagedThreadPorts, ThreadFilter } from './ports';
import { threadView } from './view';
import { ThreadList } from './wire';

const PAGE = pageShape({ limit: 100, max: 500 });

async function page(reads: ManagedThreadPorts['reads'], tenant: string, filter: ThreadFilter) {
  const { threads, total } = await reads.list(tenant, filter);
  return { body: { threads: threads.map(threadView), count: threads.length, ...pageOf(filter, threads.length, total) } };
}

export const listThreads = route({
  operationId: 'listThreads',
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
  operationId: 'listExecutionThreads',
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
