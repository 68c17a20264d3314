/** Triggers: what is started when a request or an event comes in (digest of seed 001, 2.11). */
import { z } from 'zod';
import type { FiringRecord } from '../../contracts/trigger';
import type { Incoming, Triggers } from '../../gateway/triggers';
import { pageOf, pageQuery } from '../http/paging';
import { replayedHeader } from '../http/keyed';
import { route, type RouteRequest } from '../http/route';
import { EmptyBody, RotateBody } from './fields';
import { assertMayStart } from './targets';
import {
  definitionOf,
  EventTriggerBody,
  FiringList,
  firingView,
  NewTrigger,
  PathParams,
  Received,
  Trigger,
  TriggerChange,
  TriggerList,
  TriggerParams,
  TriggerQuery,
  triggerView,
  WebhookTriggerBody,
} from './trigger-bodies';

export interface TriggerPorts {
  readonly triggers: Pick<Triggers, 'create' | 'get' | 'list' | 'replace' | 'setActive' | 'remove' | 'rotate' | 'firings'>;
  /** A signed request at the address of an inbound webhook; what it does is in the audit log. */
  receive(
    path: string,
    incoming: Incoming,
    from: { readonly requestId: string; readonly address: string | null },
  ): Promise<{ readonly triggerId: string; readonly firing: FiringRecord; readonly first: boolean }>;
}

interface Port {
  readonly triggers: TriggerPorts;
}

const resource = 'trigger';
const TARGET = { kind: 'managed-thread', input: { executionId: 'issues', name: 'triage', agentType: 'codex' } };
const INBOUND = { name: 'New issue', target: TARGET, inputMapping: { objective: 'Triage this issue: {{body.issue.title}}' }, signatureScheme: 'body' };
const ON_EVENT = {
  name: 'After a failure',
  eventType: 'thread.failed',
  eventFilter: { role: 'engineer' },
  target: TARGET,
  inputMapping: { objective: 'Find out why: {{data.error}}' },
};

export const listTriggers = route({
  method: 'get',
  path: '/api/triggers',
  summary: 'List triggers, newest first',
  operationId: 'listTriggers',
  scope: 'schedules:read',
  query: TriggerQuery,
  reply: { status: 200, description: 'A page of triggers, without their secrets.', body: TriggerList },
  handle: async ({ query: { type, status, ...page }, principal }, { triggers: { triggers } }: Port) => {
    const filter = { type: type ?? null, active: status === undefined ? null : status === 'active', ...page };
    const { triggers: rows, total } = await triggers.list(principal.tenant, filter);
    return { body: { triggers: rows.map(triggerView), count: rows.length, ...pageOf(page, rows.length, total) } };
  },
});

export const createWebhookTrigger = route({
  method: 'post',
  path: '/api/triggers/webhook',
  summary: 'Make an inbound webhook',
  operationId: 'createWebhookTrigger',
  resource,
  scope: 'schedules:write',
  idempotent: true,
  body: WebhookTriggerBody,
  examples: { bodies: { issue: INBOUND } },
  reply: {
    status: 201,
    description: 'The trigger, with its address and, this once, its secret. The credential must hold the scope of its target too.',
    body: NewTrigger,
  },
  handle: async ({ body: { secret, ...body }, principal, idempotencyKey }, { triggers: { triggers } }: Port) => {
    const definition = definitionOf('webhook', body);
    assertMayStart(principal, definition.target);
    return created(await triggers.create(principal, 'webhook', definition, { secret: secret ?? null, idempotencyKey }));
  },
});

export const createEventTrigger = route({
  method: 'post',
  path: '/api/triggers/event',
  summary: 'Make an event trigger',
  operationId: 'createEventTrigger',
  resource,
  scope: 'schedules:write',
  idempotent: true,
  body: EventTriggerBody,
  examples: { bodies: { failed: ON_EVENT } },
  reply: { status: 201, description: 'The trigger. The credential must hold the scope of its target too.', body: NewTrigger },
  handle: async ({ body, principal, idempotencyKey }, { triggers: { triggers } }: Port) => {
    const definition = definitionOf('event', body);
    assertMayStart(principal, definition.target);
    return created(await triggers.create(principal, 'event', definition, { secret: null, idempotencyKey }));
  },
});

const created = ({ trigger, secret }: Awaited<ReturnType<Triggers['create']>>) => ({
  body: { ...triggerView(trigger), secret },
  headers: { Location: `/api/triggers/${encodeURIComponent(trigger.id)}` },
});

export const getTrigger = route({
  method: 'get',
  path: '/api/triggers/:id',
  summary: 'Read a trigger',
  operationId: 'getTrigger',
  scope: 'schedules:read',
  params: TriggerParams,
  reply: { status: 200, description: 'The trigger, without its secret.', body: Trigger },
  handle: async ({ params, principal }, { triggers: { triggers } }: Port) => ({ body: triggerView(await triggers.get(principal.tenant, params.id)) }),
});

export const replaceTrigger = route({
  method: 'put',
  path: '/api/triggers/:id',
  summary: 'Replace a trigger as a whole',
  operationId: 'replaceTrigger',
  resource,
  scope: 'schedules:write',
  params: TriggerParams,
  body: TriggerChange,
  examples: { bodies: { later: ON_EVENT } },
  reply: { status: 200, description: 'The trigger. Type, address and secret stay; what the body leaves away has its default again.', body: Trigger },
  handle: async ({ params, body, principal }, { triggers: { triggers } }: Port) => {
    const trigger = await triggers.replace(principal, params.id, ({ type }) => {
      const definition = definitionOf(type, body);
      assertMayStart(principal, definition.target);
      return definition;
    });
    return { body: triggerView(trigger) };
  },
});

export const deleteTrigger = route({
  method: 'delete',
  path: '/api/triggers/:id',
  summary: 'Delete a trigger and the record of its firings',
  operationId: 'deleteTrigger',
  resource,
  scope: 'schedules:write',
  params: TriggerParams,
  reply: { status: 204, description: 'It is gone. What it started lives on.' },
  handle: async ({ params, principal }, { triggers: { triggers } }: Port) => {
    await triggers.remove(principal, params.id);
    return {};
  },
});

const switched = (word: 'pause' | 'resume', description: string) =>
  route({
    method: 'post',
    path: `/api/triggers/:id/${word}`,
    summary: `${word === 'pause' ? 'Pause' : 'Resume'} a trigger`,
    operationId: `${word}Trigger`,
    resource,
    scope: 'schedules:write',
    params: TriggerParams,
    body: EmptyBody,
    reply: { status: 200, description, body: Trigger },
    handle: async ({ params, principal }, { triggers: { triggers } }: Port) => ({
      body: triggerView(await triggers.setActive(principal, params.id, word === 'resume')),
    }),
  });

export const pauseTrigger = switched('pause', 'The paused trigger: requests are refused, events pass by.');
export const resumeTrigger = switched('resume', 'The active trigger. What happened meanwhile is not made up for.');

export const rotateTriggerSecret = route({
  method: 'post',
  path: '/api/triggers/:id/rotate-secret',
  summary: 'Replace the secret of an inbound webhook',
  operationId: 'rotateTriggerSecret',
  resource,
  scope: 'schedules:write',
  idempotent: true,
  params: TriggerParams,
  body: RotateBody,
  reply: { status: 200, description: 'The trigger with its new secret, this once. During the grace both are taken.', body: NewTrigger },
  handle: async ({ params, body, principal, idempotencyKey }, { triggers: { triggers } }: Port) => {
    const { trigger, secret } = await triggers.rotate(principal, params.id, body.graceSeconds, { idempotencyKey });
    return { body: { ...triggerView(trigger), secret }, headers: replayedHeader(secret === null) };
  },
});

export const listFirings = route({
  method: 'get',
  path: '/api/triggers/:id/firings',
  summary: 'List the firings of a trigger, newest first',
  operationId: 'listFirings',
  scope: 'schedules:read',
  params: TriggerParams,
  query: pageQuery(),
  reply: { status: 200, description: 'A page of its firings, of which the newest 1,000 are kept.', body: FiringList },
  handle: async ({ params, query, principal }, { triggers: { triggers } }: Port) => {
    const { firings, total } = await triggers.firings(principal.tenant, params.id, query);
    return { body: { firings: firings.map((firing) => firingView(params.id, firing)), count: firings.length, ...pageOf(query, firings.length, total) } };
  },
});

export const receiveTrigger = route({
  method: 'post',
  path: '/api/triggers/webhook/:path',
  summary: 'Fire an inbound webhook',
  operationId: 'receiveTrigger',
  resource,
  scope: 'public',
  params: PathParams,
  raw: true,
  body: z.unknown().meta({ description: 'Whatever the sender sends; JSON and forms can be mapped by field.' }),
  reply: { status: 200, description: 'What was started. The same signed request again answers the same and starts nothing.', body: Received },
  also: [{ status: 202, description: 'It is being started; the firings of the trigger say what became of it.', body: Received }],
  faults: [401],
  handle: async ({ params, requestId, address, ...request }, { triggers }: Port) => {
    const { firing, first } = await triggers.receive(params.path, incomingOf(request), { requestId, address });
    const { id: firingId, target, error, status } = firing;
    const executionId = target?.id ?? null;
    return { status: status === 'pending' ? 202 : 200, body: { triggered: true as const, repeated: !first, firingId, executionId, target, error } };
  },
});

/** Not to be mapped into what is started: credentials, and what proves who sent it. */
const HIDDEN = /^(?:authorization|cookie|proxy-authorization|x-api-key|.*signature.*)$/;

function incomingOf({ body, bytes, headers, search }: Pick<RouteRequest, 'body' | 'bytes' | 'headers' | 'search'>): Incoming {
  const given = Object.entries(headers).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value] as const] : []));
  return {
    ...{ body, raw: bytes, headers: Object.fromEntries(given), query: Object.fromEntries(search) },
    mappable: Object.fromEntries(given.filter(([name]) => !HIDDEN.test(name))),
  };
}
