/** Runs of the Agent Protocol: begun in a thread or in one of their own, followed, waited for, cancelled. An answer to what a run asks goes on with that run. */
import { z } from 'zod';
import type { Message } from '../../contracts/conversation/start';
import type { ListPlace, ThreadRun } from '../../contracts/conversation/ports';
import type { Principal } from '../../contracts/principal';
import { threadNamed } from '../../domain/conversation/clients/thread-name';
import { answerQuestions, ownThread, runOf, threadNow, type ConversationPorts } from '../../gateway/conversation-following';
import { Fault } from '../../errors/fault';
import { route, type RouteRequest } from '../http/route';
import * as bodies from './bodies';
import { answersOf } from './interrupts';
import { keyed } from '../http/keyed';
import { openThread } from './threads';
import * as views from './views';

const resource = 'thread';

const misread = (field: string, reason: string): Fault => new Fault('invalid', 'request.invalid', `${field}: ${reason}`, { field, reason, in: 'body' });

const USERS: readonly (string | undefined)[] = ['human', 'user'];

function messagesOf(input: bodies.RunCreate['input']): readonly Message[] {
  if (input == null) throw misread('input', 'is required, unless command.resume answers what a run asks');
  const given = Array.isArray(input) ? input : input.messages;
  const messages =
    typeof given === 'string'
      ? [{ role: 'user' as const, text: given }]
      : given.map(({ type, role, content }) => ({
          role: USERS.includes(role ?? type) ? ('user' as const) : ('assistant' as const),
          text: typeof content === 'string' ? content : content.map(({ text }) => text).join(''),
        }));
  const empty = messages.findIndex(({ text }) => text === '');
  if (empty >= 0) throw misread(`input.messages.${empty}.content`, 'expected text');
  if (messages.at(-1)?.role !== 'user') throw misread('input.messages', 'expected a message of the user as the last one');
  return messages;
}

const WHEN_BUSY = { reject: 'refuse', enqueue: 'queue', interrupt: 'interrupt' } as const;
const TURNS_MAX = 100;

/** What was begun, and where what it says begins. */
export interface Begun {
  readonly threadId: string;
  readonly runId: string;
  readonly agentId: string;
  readonly after: number;
  readonly answered?: ReadonlySet<string>;
  /** Its row may not be there yet. */
  readonly accepted: boolean;
}

type Request = Pick<RouteRequest<unknown, unknown, bodies.RunCreate>, 'principal' | 'body' | 'idempotencyKey' | 'requestId'>;

/** `name`: of the thread; null: one of its own. Faults: those of `Conversations.startRun`, `run.no_pending_approval`. */
export async function begin(ports: ConversationPorts, request: Request, name: string | null): Promise<Begun> {
  const { body, principal } = request;
  const threadId = name === null ? null : threadNamed(name);
  if (body.command?.resume !== undefined && body.command.resume !== null) return resume(ports, request, threadId);
  const messages = messagesOf(body.input);
  if (name !== null && body.if_not_exists === 'create') await ensure(ports, request, name);
  const turns = body.config?.recursion_limit;
  const started = await ports.conversations.startRun(
    principal,
    {
      ...{ threadId, agent: body.assistant_id, messages, metadata: body.metadata ?? {} },
      config: turns === undefined ? {} : { maxTurns: Math.min(turns, TURNS_MAX) },
      whenBusy: WHEN_BUSY[body.multitask_strategy ?? 'reject'],
    },
    keyed(request),
  );
  const { runId, agentId, afterSequence: after, status } = started;
  return { threadId: started.threadId, runId, agentId, after, accepted: status === 'accepted' };
}

async function ensure(ports: ConversationPorts, request: Request, name: string): Promise<void> {
  const { principal, body } = request;
  const missing = await ports.reads.get(principal, threadNamed(name)).then(
    () => false,
    (thrown: unknown) => {
      if (thrown instanceof Fault && thrown.code === 'conversation.not_found') return true;
      throw thrown;
    },
  );
  if (missing) await openThread(ports, principal, { name, metadata: {}, agent: body.assistant_id }, { idempotencyKey: null, requestId: request.requestId });
}

async function resume(ports: ConversationPorts, request: Request, threadId: string | null): Promise<Begun> {
  const { body, principal } = request;
  if (threadId === null) throw misread('command.resume', 'answers what a run of a thread asks: expected the address of a thread');
  const { thread, questions, sequence } = await threadNow(ports, principal, threadId);
  const [first] = questions;
  if (!first) throw new Fault('not_found', 'run.no_pending_approval', 'Nothing of this thread waits for an answer.', { threadId });
  const answers = answersOf(body.command?.resume, questions);
  await answerQuestions(ports, principal, { threadId, questions, answers }, keyed(request));
  return { threadId, runId: first.runId, agentId: thread.agentId, after: sequence, answered: new Set(answers.keys()), accepted: false };
}

/** What the client finds the run by, below the address that it was given. */
export const pathOf = ({ threadId, runId }: Pick<Begun, 'threadId' | 'runId'>): string =>
  `/threads/${encodeURIComponent(threadId)}/runs/${encodeURIComponent(runId)}`;
export const located = (begun: Begun): Record<string, string> => ({ 'Content-Location': pathOf(begun) });

async function shown({ reads }: ConversationPorts, principal: Principal, { accepted, ...begun }: Begun): Promise<z.output<typeof views.RunView>> {
  const row = await reads.run(principal, begun.runId).catch((thrown: unknown) => {
    if (accepted && thrown instanceof Fault && thrown.kind === 'not_found') return null;
    throw thrown;
  });
  if (row) return views.runView(row);
  const at = new Date().toISOString();
  return {
    ...{ run_id: begun.runId, thread_id: begun.threadId, assistant_id: begun.agentId, created_at: at, updated_at: at },
    ...{ status: 'pending', metadata: {}, kwargs: {}, multitask_strategy: 'reject' },
  };
}

const EXAMPLE = { assistant_id: 'helper', input: { messages: [{ role: 'user', content: 'What is new?' }] } };
const examples = { bodies: { asking: EXAMPLE } };

const creating = {
  ...{ method: 'post' as const, resource, scope: 'agent:run' as const, limit: 'execute' as const, idempotent: true as const, bodyRequired: true as const },
  ...{ body: bodies.RunCreate, examples, faults: [404, 422] },
};
const created = { status: 200, description: 'The run. `command.resume` answers what one asks, and that one goes on: it is the same run.', body: views.RunView };

export const createRun = route({
  ...creating,
  path: '/agent-protocol/threads/:id/runs',
  summary: 'Begin a run in a thread',
  operationId: 'createProtocolRun',
  params: bodies.ThreadParams,
  reply: created,
  handle: async (request, ports: ConversationPorts) => {
    const begun = await begin(ports, request, request.params.id);
    return { body: await shown(ports, request.principal, begun), headers: located(begun) };
  },
});

export const createOwnRun = route({
  ...creating,
  path: '/agent-protocol/runs',
  summary: 'Begin a run in a thread of its own',
  operationId: 'createProtocolOwnRun',
  reply: { ...created, description: 'The run. Its thread stays until it is deleted.' },
  handle: async (request, ports: ConversationPorts) => {
    const begun = await begin(ports, request, null);
    return { body: await shown(ports, request.principal, begun), headers: located(begun) };
  },
});

const LIST_SCAN_MAX = 10_000;
const LIST_PAGE = 100;

export const listRuns = route({
  method: 'get',
  path: '/agent-protocol/threads/:id/runs',
  summary: 'List the runs of a thread, newest first',
  operationId: 'listProtocolRuns',
  scope: 'agent:read',
  params: bodies.ThreadParams,
  query: bodies.RunListQuery,
  reply: { status: 200, description: 'A page of them.', body: z.array(views.RunView) },
  handle: async ({ params, query, principal }, { reads }: ConversationPorts) => {
    const threadId = threadNamed(params.id);
    await ownThread({ reads }, principal, threadId);
    const wanted = query.status === undefined ? null : views.statusesOf(query.status);
    const found: ThreadRun[] = [];
    let after: ListPlace | null = null;
    for (let seen = 0, more = true; more && seen < LIST_SCAN_MAX && found.length < query.offset + query.limit;) {
      const page: Awaited<ReturnType<typeof reads.runs>> = await reads.runs(principal, {
        ...{ threadId, agent: null, status: null, all: false, limit: LIST_PAGE, after },
      });
      found.push(...page.items.filter(({ status }) => wanted === null || wanted.includes(status)));
      seen += page.items.length;
      after = page.next;
      more = after !== null;
    }
    return { body: found.slice(query.offset, query.offset + query.limit).map(views.runView) };
  },
});

export const getRun = route({
  method: 'get',
  path: '/agent-protocol/threads/:id/runs/:run',
  summary: 'Read a run',
  operationId: 'getProtocolRun',
  scope: 'agent:read',
  params: bodies.RunParams,
  reply: { status: 200, description: 'As it is now.', body: views.RunView },
  handle: async ({ params, principal }, ports: ConversationPorts) => ({
    body: views.runView(await runOf(ports, principal, threadNamed(params.id), params.run)),
  }),
});
