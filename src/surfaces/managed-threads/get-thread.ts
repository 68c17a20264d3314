/** Seed 000: the state of one thread. Also the one place that says how a thread that is not there is refused. */
import { Fault } from '../../errors/fault';
import { route } from '../http/route';
import { ThreadParams } from './bodies';
import type { ManagedThreadPorts, ThreadReads, ThreadRow } from './ports';
import { threadView } from './view';
import { Thread } from './wire';

/** The thread, or `thread.not_found`: also when it is another tenant's. */
export async function existing(reads: ThreadReads, tenant: string, id: string): Promise<ThreadRow> {
  const row = await reads.get(tenant, id);
  if (row) return row;
  throw new Fault('not_found', 'thread.not_found', 'Thread not found', { id });
}

export const getThread = route({
  operationId: 'getThread',
  method: 'get',
  path: '/api/managed-threads/:id',
  summary: 'Get a thread',
  scope: 'threads:read',
  params: ThreadParams,
  reply: { status: 200, description: 'The thread as its last committed event left it.', body: Thread },
  handle: async ({ params, principal }, { reads }: ManagedThreadPorts) => ({ body: threadView(await existing(reads, principal.tenant, params.id)) }),
});
