/** Threads themselves (digest §1.2): listed, read, renamed, archived, deleted, compacted, answered. */
import { z } from 'zod';
import { Fault } from '../../errors/fault';
import type { ListPlace } from '../../contracts/conversation/ports';
import { keyed } from '../http/keyed';
import { route } from '../http/route';
import { ActivityQuery, AnswerBody, ListQuery, PatchBody, SnapshotQuery, ThreadParams } from './bodies';
import { envelope, enveloped, paged, pageEnvelope } from './envelope';
import { eventsWithin } from './event-pages';
import type { ThreadPorts } from './ports';
import { ActivityView, activityView, EventView, eventView, isOwner, RolloutView, rolloutView, ThreadView, threadView } from './views';

const resource = 'thread';
export const accepted = z.boolean().describe('True: no worker answered in time. The command is kept, and done when one is there.');

type Purpose = readonly unknown[];
const placeText = (place: ListPlace): string => JSON.stringify([place.createdAt, place.id]);
export const placeOf = ({ cursors }: Pick<ThreadPorts, 'cursors'>, purpose: Purpose, cursor: string | undefined): ListPlace | null => {
  if (cursor === undefined) return null;
  const [createdAt, id] = JSON.parse(cursors.open(purpose, cursor)) as [string, string];
  return { createdAt, id };
};
export const cursorOf = ({ cursors }: Pick<ThreadPorts, 'cursors'>, purpose: Purpose, place: ListPlace | null): string | null =>
  place && cursors.seal(purpose, placeText(place));

export const listThreads = route({
  method: 'get',
  path: '/v1/threads',
  summary: 'List threads, newest first',
  operationId: 'listThreads',
  scope: 'agent:read',
  query: ListQuery,
  reply: {
    status: 200,
    description: 'A page of the caller’s threads; with `all` of everybody’s in the tenant.',
    body: paged(z.object({ threads: z.array(ThreadView) })).meta({ id: 'ThreadList' }),
  },
  handle: async (request, ports: ThreadPorts) => {
    const { principal, query } = request;
    const { limit, archived = false, all = false, agent = null } = query;
    const purpose = ['threads', principal.tenant, all ? null : principal.subject, archived, agent];
    const after = placeOf(ports, purpose, query.cursor);
    const { items, next } = await ports.reads.list(principal, { archived, all, agentId: agent, limit, after });
    return { body: pageEnvelope(request, { threads: items.map((thread) => threadView(thread, principal)) }, cursorOf(ports, purpose, next)) };
  },
});

export const getThread = route({
  method: 'get',
  path: '/v1/threads/:id',
  summary: 'Read a thread with its newest events',
  operationId: 'getThread',
  scope: 'agent:read',
  params: ThreadParams,
  query: SnapshotQuery,
  reply: {
    status: 200,
    description: 'Events of the active rollout, oldest first; `…/events` has the ones before them.',
    body: enveloped(z.object({ thread: ThreadView, events: z.array(EventView) })).meta({ id: 'ThreadSnapshot' }),
  },
  handle: async (request, { reads }: ThreadPorts) => {
    const { principal, params, query } = request;
    const known = await reads.get(principal, params.id);
    const rolloutId = query.include === 'all_rollouts' ? null : known.activeRolloutId;
    const { thread, events } = await eventsWithin(reads, principal, params.id, { rolloutId, before: Number.MAX_SAFE_INTEGER, limit: query.limit });
    const own = isOwner(principal, thread);
    return { body: envelope(request, { thread: threadView(thread, principal), events: events.map((event) => eventView(event, own)) }) };
  },
});

export const listRollouts = route({
  method: 'get',
  path: '/v1/threads/:id/rollouts',
  summary: 'List the rollouts of a thread, oldest first',
  operationId: 'listThreadRollouts',
  scope: 'agent:read',
  params: ThreadParams,
  reply: {
    status: 200,
    description: 'A compaction closes one and opens the next.',
    body: enveloped(z.object({ thread: ThreadView, rollouts: z.array(RolloutView) })).meta({ id: 'ThreadRollouts' }),
  },
  handle: async (request, { reads }: ThreadPorts) => {
    const { thread, rollouts } = await reads.rollouts(request.principal, request.params.id);
    return { body: envelope(request, { thread: threadView(thread, request.principal), rollouts: rollouts.map(rolloutView) }) };
  },
});

export const listActivity = route({
  method: 'get',
  path: '/v1/threads/:id/activity',
  summary: 'List what was done with a thread, newest first',
  operationId: 'listThreadActivity',
  scope: 'agent:read',
  params: ThreadParams,
  query: ActivityQuery,
  reply: {
    status: 200,
    description: 'What happened and by whom, never what was said.',
    body: paged(z.object({ events: z.array(ActivityView) })).meta({ id: 'ThreadActivities' }),
  },
  handle: async (request, { reads, cursors }: ThreadPorts) => {
    const { principal, params, query } = request;
    const purpose = ['activity', principal.tenant, params.id];
    const before = query.cursor === undefined ? null : Number(cursors.open(purpose, query.cursor));
    const thread = await reads.get(principal, params.id);
    const { activity, next } = await reads.activity(principal, params.id, { before, limit: query.limit });
    const cursor = next === null ? null : cursors.seal(purpose, String(next));
    return { body: pageEnvelope(request, { events: activity.map((one) => activityView(thread, one)) }, cursor) };
  },
});

export const updateThread = route({
  method: 'patch',
  path: '/v1/threads/:id',
  summary: 'Rename or archive a thread',
  operationId: 'updateThread',
  resource,
  scope: 'agent:run',
  idempotent: true,
  bodyRequired: true,
  params: ThreadParams,
  body: PatchBody,
  examples: { bodies: { rename: { title: 'Release notes' }, archive: { archived: true } } },
  reply: { status: 200, description: 'Updated.', body: enveloped(z.object({ thread: ThreadView, accepted })).meta({ id: 'ThreadChanged' }) },
  handle: async (request, { conversations, reads }: ThreadPorts) => {
    const { principal, params, body } = request;
    if (body.title === undefined && body.archived === undefined)
      throw new Fault('invalid', 'request.invalid', 'title: expected a title, or `archived`', {
        field: 'title',
        reason: 'expected a title, or `archived`',
        in: 'body',
      });
    const of = (what: string) => ({ ...keyed(request), idempotencyKey: request.idempotencyKey === null ? null : `${what} ${request.idempotencyKey}` });
    const done = [
      ...(body.title === undefined ? [] : [await conversations.rename(principal, params.id, body.title, of('rename'))]),
      ...(body.archived === undefined ? [] : [await conversations.archive(principal, params.id, body.archived, of('archive'))]),
    ];
    const thread = await reads.get(principal, params.id);
    return { body: envelope(request, { thread: threadView(thread, principal), accepted: done.some(({ status }) => status === 'accepted') }) };
  },
});

export const deleteThread = route({
  method: 'delete',
  path: '/v1/threads/:id',
  summary: 'Delete a thread for good',
  operationId: 'deleteThread',
  resource,
  scope: 'agent:run',
  params: ThreadParams,
  reply: {
    status: 200,
    description: 'What runs is ended; what was said is removed and cannot be brought back. The audit log says who did it.',
    body: enveloped(z.object({ id: z.string(), deleted: z.literal(true), accepted })).meta({ id: 'ThreadDeleted' }),
  },
  handle: async (request, { conversations }: ThreadPorts) => {
    const { status } = await conversations.delete(request.principal, request.params.id, keyed(request));
    return { body: envelope(request, { id: request.params.id, deleted: true as const, accepted: status === 'accepted' }) };
  },
});

export const compactThread = route({
  method: 'post',
  path: '/v1/threads/:id/compact',
  summary: 'Compact a thread: a summary opens a new rollout',
  operationId: 'compactThread',
  resource,
  scope: 'agent:run',
  limit: 'execute',
  idempotent: true,
  params: ThreadParams,
  reply: {
    status: 200,
    description: 'It has begun; `compaction_completed` says how it ended. Until then the thread is held.',
    body: enveloped(z.object({ threadId: z.string(), compactionId: z.string().nullable(), accepted })).meta({ id: 'ThreadCompacting' }),
  },
  handle: async (request, { conversations }: ThreadPorts) => {
    const { status, compactionId } = await conversations.compact(request.principal, request.params.id, keyed(request));
    return { body: envelope(request, { threadId: request.params.id, compactionId, accepted: status === 'accepted' }) };
  },
});

export const answerApproval = route({
  method: 'post',
  path: '/v1/threads/:id/approvals',
  summary: 'Approve or deny what the run of a thread waits for',
  operationId: 'answerThreadApproval',
  resource,
  scope: 'agent:run',
  idempotent: true,
  bodyRequired: true,
  params: ThreadParams,
  body: AnswerBody,
  examples: { bodies: { yes: { approve: true }, no: { approve: false, comment: 'not today' } } },
  reply: {
    status: 200,
    description: 'The verdict is recorded, with who gave it. The same answer again changes nothing.',
    body: enveloped(z.object({ threadId: z.string(), approved: z.boolean(), accepted })).meta({ id: 'ThreadAnswered' }),
  },
  handle: async (request, { conversations }: ThreadPorts) => {
    const { principal, params, body } = request;
    const { approve, runId = null, channel = null, proposalId = null, comment = null } = body;
    const { status } = await conversations.answer(principal, params.id, { runId, channel, proposalId, approve, comment }, keyed(request));
    return { body: envelope(request, { threadId: params.id, approved: approve, accepted: status === 'accepted' }) };
  },
});
