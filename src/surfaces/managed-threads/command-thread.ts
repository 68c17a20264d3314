/** Seed 000 "Send Input", and beside it the commands that a durable thread needs: answer what it asks, cancel its turn, wake it. */
import { randomUUID } from 'node:crypto';
import { route, type RouteRequest } from '../http/route';
import { ApprovalBody, CancelBody, ResumeBody, SendBody, ThreadParams } from './bodies';
import { ANSWERS, SEED_INPUTS } from './examples';
import type { ManagedThreadPorts, PlainInput, Request } from './ports';
import { Accepted, Approved, Cancelled, Resumed, Sent } from './wire';

/** The caller's key makes the command happen once; without one each request is its own. */
export const once = ({ idempotencyKey }: Pick<RouteRequest, 'idempotencyKey'>): Request => ({ requestId: idempotencyKey ?? randomUUID() });

/** Typed as itself, which is what the schemas of the answers say. */
const YES = true as const;
const ACCEPTED = 'No worker answered in time. The command is stored and will be done once, as soon as one does.';

function inputOf(body: { readonly message?: string; readonly raw?: string; readonly keys?: readonly string[] }): PlainInput {
  if (body.message !== undefined) return { message: body.message };
  if (body.raw !== undefined) return { raw: body.raw };
  return { keys: body.keys ?? [] };
}

export const sendToThread = route({
  operationId: 'sendToThread',
  method: 'post',
  path: '/api/managed-threads/:id/send',
  summary: 'Send a message, raw input or keys to a thread',
  scope: 'threads:write',
  idempotent: true,
  params: ThreadParams,
  body: SendBody,
  reply: { status: 200, description: 'Accepted by the thread.', body: Sent },
  also: [{ status: 202, description: ACCEPTED, body: Sent }],
  examples: { bodies: SEED_INPUTS, reply: { sent: true, seq: 12, position: 0 } },
  handle: async (request, { gateway }: ManagedThreadPorts) => {
    const sent = await gateway.send(request.principal, request.params.id, inputOf(request.body), once(request));
    if (sent.status === 'accepted') return { status: 202, body: { sent: YES, accepted: YES } };
    return { body: { sent: YES, seq: sent.reply.seq, position: sent.reply.position } };
  },
});

export const answerThread = route({
  operationId: 'answerThread',
  method: 'post',
  path: '/api/managed-threads/:id/approvals',
  summary: 'Answer the prompt that a thread is blocked on',
  scope: 'threads:write',
  idempotent: true,
  params: ThreadParams,
  body: ApprovalBody,
  reply: { status: 200, description: 'The answer that counts: this one, or with `repeated` the one that was there before.', body: Approved },
  also: [{ status: 202, description: ACCEPTED, body: Accepted }],
  examples: { bodies: ANSWERS },
  handle: async (request, { gateway }: ManagedThreadPorts) => {
    const { approve, option, text, askId } = request.body;
    const answer = approve !== undefined ? { approve } : option !== undefined ? { option } : { text: text ?? '' };
    const answered = await gateway.approve(request.principal, request.params.id, { ...answer, ...(askId === undefined ? {} : { askId }) }, once(request));
    return answered.status === 'accepted' ? { status: 202, body: { accepted: YES } } : { body: answered.reply };
  },
});

export const cancelTurn = route({
  operationId: 'cancelTurn',
  method: 'post',
  path: '/api/managed-threads/:id/cancel',
  summary: 'End the turn in progress and drop the messages that wait; the thread lives on',
  scope: 'threads:write',
  idempotent: true,
  params: ThreadParams,
  body: CancelBody,
  reply: { status: 200, description: 'Accepted by the thread.', body: Cancelled },
  also: [{ status: 202, description: ACCEPTED, body: Cancelled }],
  handle: async (request, { gateway }: ManagedThreadPorts) => {
    const done = await gateway.cancel(request.principal, request.params.id, request.body, once(request));
    if (done.status === 'accepted') return { status: 202, body: { cancelled: YES, accepted: YES } };
    return { body: { cancelled: YES, seq: done.reply.seq, dropped: done.reply.dropped } };
  },
});

export const resumeThread = route({
  operationId: 'resumeThread',
  method: 'post',
  path: '/api/managed-threads/:id/resume',
  summary: 'Open the session of an idle thread again without sending anything',
  scope: 'threads:write',
  idempotent: true,
  params: ThreadParams,
  body: ResumeBody,
  reply: { status: 200, description: 'Accepted by the thread.', body: Resumed },
  also: [{ status: 202, description: ACCEPTED, body: Resumed }],
  handle: async (request, { gateway }: ManagedThreadPorts) => {
    const done = await gateway.resume(request.principal, request.params.id, once(request));
    return done.status === 'accepted' ? { status: 202, body: { resumed: YES, accepted: YES } } : { body: { resumed: YES, seq: done.reply.seq } };
  },
});
