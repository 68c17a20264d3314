/** Threads of the Agent Protocol: made, found, read, named, deleted. They are the threads of `/v1/threads`. */
import { z } from 'zod';
import { METADATA_BYTES_MAX, type ListPlace, type Thread } from '../../contracts/conversation/ports';
import type { Principal } from '../../contracts/principal';
import { threadNamed } from '../../domain/conversation/clients/thread-name';
import { ownThread, threadNow, type ConversationPorts } from '../../gateway/conversation-following';
import { Fault } from '../../errors/fault';
import { route } from '../http/route';
import * as bodies from './bodies';
import { keyed } from '../http/keyed';
import * as views from './views';

const resource = 'thread';
const READ = 'agent:read';
const WRITE = 'agent:run';
const BODY_FAULTS = [422];

/** The agent that a thread has until a run names another. Fault `conversation.agent_not_found`. */
async function agentFor({ agents }: ConversationPorts, principal: Principal, named: unknown): Promise<string> {
  if (typeof named === 'string' && named !== '') return named;
  const [first] = (await agents.list(principal, { limit: 1, afterSlug: null })).agents;
  if (first) return first.id;
  throw new Fault('not_found', 'conversation.agent_not_found', 'There is no agent yet: make one with POST /v1/agents, and name it as metadata.graph_id.', {});
}

interface Opening {
  /** Null: one is made. */
  readonly name: string | null;
  readonly metadata: Readonly<Record<string, unknown>>;
  /** Of the run that it is opened for. */
  readonly agent?: string;
}

/** Fault `conversation.exists` (conflict). */
export async function openThread(
  ports: ConversationPorts,
  principal: Principal,
  { name, metadata, agent }: Opening,
  call: ReturnType<typeof keyed>,
): Promise<Thread> {
  const { title, rest } = bodies.titleIn(metadata);
  const opened = await ports.conversations.open(
    principal,
    {
      id: name === null ? null : threadNamed(name),
      agent: agent ?? (await agentFor(ports, principal, metadata['graph_id'])),
      title: title ?? '',
      metadata: rest,
    },
    call,
  );
  return opened.thread;
}

const EXAMPLE_METADATA = { graph_id: 'helper', title: 'A question' };

export const createThread = route({
  method: 'post',
  path: '/agent-protocol/threads',
  summary: 'Create a thread',
  operationId: 'createProtocolThread',
  resource,
  scope: WRITE,
  idempotent: true,
  body: bodies.ThreadCreate,
  examples: { bodies: { named: { metadata: EXAMPLE_METADATA } } },
  reply: { status: 200, description: 'The thread; with `if_exists: "do_nothing"` also the one that there is.', body: views.ThreadView },
  faults: [404, ...BODY_FAULTS],
  handle: async (request, ports: ConversationPorts) => {
    const { body, principal } = request;
    const name = body.thread_id ?? null;
    const thread = await openThread(ports, principal, { name, metadata: body.metadata ?? {} }, keyed(request)).catch((thrown: unknown) => {
      if (name !== null && body.if_exists === 'do_nothing' && thrown instanceof Fault && thrown.code === 'conversation.exists')
        return ownThread(ports, principal, threadNamed(name));
      throw thrown;
    });
    return { body: views.threadView(thread, null) };
  },
});

export const getThread = route({
  method: 'get',
  path: '/agent-protocol/threads/:id',
  summary: 'Read a thread',
  operationId: 'getProtocolThread',
  scope: READ,
  params: bodies.ThreadParams,
  reply: { status: 200, description: 'With the messages of its active rollout.', body: views.ThreadView },
  handle: async ({ params, principal }, ports: ConversationPorts) => {
    const now = await threadNow(ports, principal, threadNamed(params.id));
    return { body: views.threadView(now.thread, now) };
  },
});

export const patchThread = route({
  method: 'patch',
  path: '/agent-protocol/threads/:id',
  summary: 'Add to the metadata of a thread',
  operationId: 'patchProtocolThread',
  resource,
  scope: WRITE,
  params: bodies.ThreadParams,
  body: bodies.ThreadPatch,
  examples: { bodies: { titled: { metadata: { title: 'Another question', colour: 'green' } } } },
  reply: {
    status: 200,
    description: `Merged over those that there are; null takes one away; \`title\` renames the thread. At most ${METADATA_BYTES_MAX / 1_024} KiB.`,
    body: views.ThreadView,
  },
  faults: BODY_FAULTS,
  handle: async (request, ports: ConversationPorts) => {
    const { principal, params, body } = request;
    const id = threadNamed(params.id);
    await ownThread(ports, principal, id);
    const { title, rest } = bodies.titleIn(body.metadata ?? {});
    if (title !== null) await ports.conversations.rename(principal, id, title, keyed(request));
    if (Object.keys(rest).length > 0) await ports.conversations.annotate(principal, id, rest);
    return { body: views.threadView(await ports.reads.get(principal, id), null) };
  },
});

export const deleteThread = route({
  method: 'delete',
  path: '/agent-protocol/threads/:id',
  summary: 'Delete a thread for good',
  operationId: 'deleteProtocolThread',
  resource,
  scope: WRITE,
  params: bodies.ThreadParams,
  reply: { status: 204, description: 'What ran has been told to end; what was said is removed.' },
  handle: async (request, ports: ConversationPorts) => {
    await ports.conversations.delete(request.principal, threadNamed(request.params.id), keyed(request));
    return { status: 204 };
  },
});

/** Threads that are looked at for one search, newest first. */
const SCAN_MAX = 10_000;
const SCAN_PAGE = 100;

async function* allThreads({ reads }: ConversationPorts, principal: Principal): AsyncGenerator<Thread, void, void> {
  let after: ListPlace | null = null;
  for (let seen = 0; seen < SCAN_MAX;) {
    const page: Awaited<ReturnType<typeof reads.list>> = await reads.list(principal, { archived: false, all: false, agentId: null, limit: SCAN_PAGE, after });
    yield* page.items;
    seen += page.items.length;
    after = page.next;
    if (after === null) return;
  }
}

interface Filter {
  readonly metadata?: Readonly<Record<string, unknown>> | null | undefined;
  readonly status?: (typeof bodies.THREAD_STATUSES)[number] | null | undefined;
  readonly ids?: readonly string[] | null | undefined;
}

function fits(thread: Thread, { metadata, status, ids }: Filter): boolean {
  const has = views.metadataOf(thread);
  return (
    (status == null || views.statusOf(thread) === status) &&
    (ids == null || ids.some((name) => threadNamed(name) === thread.id)) &&
    Object.entries(metadata ?? {}).every(([name, value]) => JSON.stringify(has[name]) === JSON.stringify(value))
  );
}

export const searchThreads = route({
  method: 'post',
  path: '/agent-protocol/threads/search',
  summary: 'Find threads, newest first',
  operationId: 'searchProtocolThreads',
  scope: READ,
  limit: 'read',
  readsOnly: true,
  body: bodies.ThreadSearch,
  examples: { bodies: { waiting: { status: 'interrupted', limit: 5 } } },
  reply: {
    status: 200,
    description: `Of the caller’s newest ${SCAN_MAX.toLocaleString('en')} threads that are not archived.`,
    body: z.array(views.ThreadView),
  },
  faults: BODY_FAULTS,
  handle: async ({ body, principal }, ports: ConversationPorts) => {
    const limit = Math.min(body.limit, bodies.SEARCH_MAX);
    const found: Thread[] = [];
    let left = body.offset;
    for await (const thread of allThreads(ports, principal)) {
      if (!fits(thread, body)) continue;
      if (left > 0) left -= 1;
      else if (found.push(thread) >= limit) break;
    }
    const whole = body.select?.includes('values') === true;
    const shown: z.output<typeof views.ThreadView>[] = [];
    for (const thread of found)
      shown.push(views.threadView(thread, whole || thread.status === 'waiting_approval' ? await threadNow(ports, principal, thread.id) : null));
    return { body: shown };
  },
});

export const countThreads = route({
  method: 'post',
  path: '/agent-protocol/threads/count',
  summary: 'Count threads',
  operationId: 'countProtocolThreads',
  scope: READ,
  limit: 'read',
  readsOnly: true,
  body: bodies.ThreadCount,
  reply: { status: 200, description: `Among the caller’s newest ${SCAN_MAX.toLocaleString('en')} that are not archived.`, body: z.int() },
  faults: BODY_FAULTS,
  handle: async ({ body, principal }, ports: ConversationPorts) => {
    let count = 0;
    for await (const thread of allThreads(ports, principal)) if (fits(thread, body)) count += 1;
    return { body: count };
  },
});

export const getState = route({
  method: 'get',
  path: '/agent-protocol/threads/:id/state',
  summary: 'Read the state of a thread',
  operationId: 'getProtocolThreadState',
  scope: READ,
  params: bodies.ThreadParams,
  reply: { status: 200, description: 'The messages of its active rollout, and what its run asks.', body: views.StateView },
  handle: async ({ params, principal }, ports: ConversationPorts) => ({
    body: views.stateView(await threadNow(ports, principal, threadNamed(params.id))),
  }),
});

export const listHistory = route({
  method: 'post',
  path: '/agent-protocol/threads/:id/history',
  summary: 'Read the states of a thread',
  operationId: 'listProtocolThreadHistory',
  scope: READ,
  limit: 'read',
  readsOnly: true,
  params: bodies.ThreadParams,
  body: bodies.HistoryBody,
  reply: { status: 200, description: 'The state that it has now, which is the only one; none before it.', body: z.array(views.StateView).max(1) },
  faults: BODY_FAULTS,
  handle: async ({ params, body, principal }, ports: ConversationPorts) => {
    const state = views.stateView(await threadNow(ports, principal, threadNamed(params.id)));
    return { body: body.before == null ? [state] : [] };
  },
});
