/**
 * Seed 000: `DELETE` stops a thread and answers when it has stopped. A thread that has ended stays deleted: the second time is 204 like the first, and
 * what the first left behind is removed.
 */
import { z } from 'zod';
import { THREAD_EVENTS } from '../../contracts/managed-thread/events';
import type { Principal } from '../../contracts/principal';
import { isTerminal } from '../../contracts/managed-thread/status';
import { faultFrom } from '../../errors/fault';
import type { Commanded } from '../../gateway/doors';
import { route } from '../http/route';
import { queryFlag, queryInt } from '../http/paging';
import { ThreadParams } from './bodies';
import { once } from './command-thread';
import { existing } from './get-thread';
import type { ManagedThreadPorts } from './ports';
import { endsThread } from './read-events';
import { Stopping } from './wire';

/** How long the agent may take to end by itself unless the caller says. */
const TIMEOUT_MS = 10_000;
/** What stopping takes beyond that: killing processes, the commit. Then the answer is 202. */
const MARGIN_MS = 5_000;

const Query = z.object({
  force: queryFlag.optional().describe('Kill at once instead of asking the agent to end.'),
  timeout: queryInt(0, 600_000)
    .optional()
    .describe(`How many milliseconds the agent may take to end by itself before it is killed; ${TIMEOUT_MS} unless told.`),
});

export const stopThread = route({
  operationId: 'stopThread',
  method: 'delete',
  path: '/api/managed-threads/:id',
  summary: 'Stop a thread',
  scope: 'threads:write',
  idempotent: true,
  params: ThreadParams,
  query: Query,
  reply: {
    status: 204,
    description:
      'Stopped: its processes are gone. Also for a thread that had ended before. `X-Workspace-Kept` names the directory of a workspace that holds work which is nowhere else.',
  },
  also: [{ status: 202, description: 'The thread will stop; it had not yet when the time was over, or no worker answered in time.', body: Stopping }],
  handle: async (request, ports: ManagedThreadPorts) => {
    const { params, query, principal, signal } = request;
    await existing(ports.reads, principal.tenant, params.id);
    const timeoutMs = query.force ? 0 : (query.timeout ?? TIMEOUT_MS);
    const hasEnded = async (): Promise<boolean> => isTerminal((await existing(ports.reads, principal.tenant, params.id)).status);
    const stopped = await unlessEnded(() => ports.gateway.stop(principal, params.id, { force: query.force, timeoutMs }, once(request)), hasEnded);
    const answer = async () => ({ headers: await keptWorkspace(ports, principal, params.id) });
    if (stopped === 'ended') return answer();
    const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs + MARGIN_MS)]);
    if (stopped.status === 'done' && (await hasStopped(ports, principal, params.id, stopped.reply.seq, limit))) return answer();
    return { status: 202, body: { id: params.id, stopping: true as const } };
  },
});

/** The command refused because the thread has ended is the wish fulfilled. */
async function unlessEnded<R>(stop: () => Promise<Commanded<R>>, hasEnded: () => Promise<boolean>): Promise<Commanded<R> | 'ended'> {
  try {
    return await stop();
  } catch (thrown) {
    if (faultFrom(thrown).kind === 'conflict' && (await hasEnded())) return 'ended';
    throw thrown;
  }
}

async function hasStopped({ reads, feed }: ManagedThreadPorts, { tenant }: Principal, id: string, after: number, limit: AbortSignal): Promise<boolean> {
  const ended = async (): Promise<boolean> => isTerminal((await existing(reads, tenant, id)).status);
  if (await ended()) return true;
  const done = new AbortController();
  try {
    for await (const item of feed.thread(tenant, id, { after, frames: false }, AbortSignal.any([limit, done.signal]))) {
      if (item.kind === 'event' && endsThread(item.event.type)) return true;
    }
  } catch (error) {
    if (!limit.aborted) throw error;
  } finally {
    done.abort();
  }
  return ended();
}

/** A workspace that holds work which is nowhere else is not removed; the answer says where it is. */
async function keptWorkspace({ reads }: ManagedThreadPorts, { tenant }: Principal, id: string): Promise<Readonly<Record<string, string>>> {
  const [stopped] = await reads.events(tenant, id, { after: 0, offset: 0, limit: 1, types: ['thread_stopped'] });
  const { data } = THREAD_EVENTS.thread_stopped.safeParse(stopped?.data);
  const path = data?.workspace?.removed === false ? data.workspace.path : null;
  return path ? { 'X-Workspace-Kept': encodeURI(path) } : {};
}
