/**
 * Publishing into a thread (digest §1.4): what a process of the owner does for an agent of `local-mac`. Durable events get their sequence here and are kept; transient ones are told to
 * those who watch now, keep nothing and touch no time of the thread.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import { Fault } from '../../errors/fault';
import type { Published } from '../../contracts/conversation/ports';
import { route } from '../http/route';
import { AppendBody, FrameBody, ThreadParams } from './bodies';
import { envelope, enveloped } from './envelope';
import type { ThreadPorts } from './ports';
import { keyed } from '../http/keyed';

const resource = 'thread';

/** Headers by which services inside of a system speak for somebody else. Whoever publishes is a user or a key, and speaks for itself. */
const INTERNAL = /^x-(?:internal|service)(?:-|$)/;

/** Fault `access.internal_header` (forbidden). */
function refuseInternal(headers: IncomingHttpHeaders): void {
  const header = Object.keys(headers).find((name) => INTERNAL.test(name));
  if (header !== undefined)
    throw new Fault('forbidden', 'access.internal_header', `Events are published by users and API keys; ${header} is not taken here.`, { header });
}

const Appended = z
  .object({
    ...{ threadId: z.string(), rolloutId: z.string() },
    sequence: z.int().min(0).describe('Of the last durable event of the thread.'),
    appended: z.int().min(0).describe('How many of them were new.'),
  })
  .meta({ id: 'ThreadAppended' });

const appendedView = ({ threadId, rolloutId, sequence, appended }: Published): z.output<typeof Appended> => ({ threadId, rolloutId, sequence, appended });

const EXAMPLE = {
  runId: '7c0f6c1e-5f6b-4f5e-9a55-5d2a3f1f9a10',
  rolloutId: 'rol_1',
  events: [
    { type: 'assistant_message', payload: { text: 'Done.' } },
    { type: 'run_completed', payload: { status: 'completed' } },
  ],
};

export const appendEvents = route({
  method: 'post',
  path: '/v1/threads/:id/events',
  summary: 'Append durable events of a local run, all or none',
  operationId: 'appendThreadEvents',
  resource,
  scope: 'agent:run',
  idempotent: true,
  bodyRequired: true,
  params: ThreadParams,
  body: AppendBody,
  examples: { bodies: { end: EXAMPLE } },
  reply: { status: 200, description: 'They are kept, in their order. `run_completed`, which must be the last one, ends the run.', body: enveloped(Appended) },
  handle: async (request, { conversations }: ThreadPorts) => {
    refuseInternal(request.headers);
    const { runId, rolloutId, events } = request.body;
    const appended = await conversations.append(request.principal, { threadId: request.params.id, runId, rolloutId, events }, keyed(request));
    return { body: envelope(request, appendedView(appended)) };
  },
});

export const publishFrame = route({
  method: 'post',
  path: '/v1/thread-events',
  summary: 'Publish one event of a local run, durable or transient',
  operationId: 'publishThreadEvent',
  resource,
  scope: 'agent:run',
  idempotent: true,
  bodyRequired: true,
  body: FrameBody,
  examples: {
    bodies: {
      delta: { threadId: 'thr_1', runId: 'run_1', rolloutId: 'rol_1', type: 'assistant_message_delta', sequenceNumber: 1, payload: { text: 'Do' } },
      message: { threadId: 'thr_1', runId: 'run_1', rolloutId: 'rol_1', type: 'assistant_message', payload: { text: 'Done.' } },
    },
  },
  reply: {
    status: 200,
    description: 'A durable one is kept and has a sequence; of a transient one, whether it was told.',
    body: enveloped(
      z.union([
        Appended.extend({ durable: z.literal(true) }).meta({ id: 'ThreadPublished' }),
        z
          .object({
            threadId: z.string(),
            rolloutId: z.string(),
            durable: z.literal(false),
            delivered: z.boolean().describe('False: its number was not above the last one.'),
          })
          .meta({ id: 'ThreadTold' }),
      ]),
    ),
  },
  faults: [404],
  handle: async (request, { conversations }: ThreadPorts) => {
    refuseInternal(request.headers);
    const { principal, body } = request;
    const { threadId, runId, rolloutId } = body;
    if ('sequenceNumber' in body) {
      const { delivered } = await conversations.publishTransient(principal, body);
      return { body: envelope(request, { threadId, rolloutId, durable: false as const, delivered }) };
    }
    const { type, payload } = body;
    const appended = await conversations.append(principal, { threadId, runId, rolloutId, events: [{ type, payload }] }, keyed(request));
    return { body: envelope(request, { ...appendedView(appended), durable: true as const }) };
  },
});
