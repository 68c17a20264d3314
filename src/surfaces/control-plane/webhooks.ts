/** Webhooks: who is told of which events, and what became of it (seed 001; digest 2.11). */
import type { Webhooks } from '../../gateway/webhooks';
import { pageOf, pageQuery } from '../http/paging';
import { replayedHeader } from '../http/keyed';
import { route } from '../http/route';
import { EmptyBody, RotateBody } from './fields';
import {
  changed,
  definitionOf,
  Delivery,
  DeliveryList,
  DeliveryParams,
  DeliveryQuery,
  deliverySummary,
  deliveryView,
  NewWebhook,
  secretsOf,
  Webhook,
  WebhookBody,
  WebhookChange,
  WebhookList,
  WebhookParams,
  webhookView,
} from './webhook-bodies';

export type WebhookPorts = Pick<
  Webhooks,
  'create' | 'checkUrlOf' | 'ofExecution' | 'get' | 'list' | 'change' | 'remove' | 'rotate' | 'test' | 'deliveries' | 'delivery' | 'redeliver'
>;

interface Port {
  readonly webhooks: WebhookPorts;
}

const resource = 'webhook';
const EXAMPLE = { url: 'https://example.com/hooks/everthread', events: ['thread.completed', 'thread.failed'], filters: { role: 'engineer' } };

export const listWebhooks = route({
  method: 'get',
  path: '/api/webhooks',
  summary: 'List webhooks, newest first',
  operationId: 'listWebhooks',
  scope: 'webhooks:read',
  query: pageQuery(),
  reply: { status: 200, description: 'A page of webhooks, without their secrets.', body: WebhookList },
  handle: async ({ query, principal }, { webhooks }: Port) => {
    const { webhooks: rows, total } = await webhooks.list(principal.tenant, query);
    return { body: { webhooks: rows.map(webhookView), count: rows.length, ...pageOf(query, rows.length, total) } };
  },
});

export const createWebhook = route({
  method: 'post',
  path: '/api/webhooks',
  summary: 'Make a webhook',
  operationId: 'createWebhook',
  resource,
  scope: 'webhooks:write',
  idempotent: true,
  body: WebhookBody,
  examples: { bodies: { ended: EXAMPLE } },
  reply: { status: 201, description: 'The webhook. Its secret is never shown again.', body: NewWebhook },
  handle: async ({ body, principal, idempotencyKey }, { webhooks }: Port) => {
    const { webhook, secret } = await webhooks.create(principal, definitionOf(body), secretsOf(body), { idempotencyKey });
    const headers = { Location: `/api/webhooks/${encodeURIComponent(webhook.id)}`, ...replayedHeader(secret === null) };
    return { body: { ...webhookView(webhook), secret }, headers };
  },
});

export const getWebhook = route({
  method: 'get',
  path: '/api/webhooks/:id',
  summary: 'Read a webhook',
  operationId: 'getWebhook',
  scope: 'webhooks:read',
  params: WebhookParams,
  reply: { status: 200, description: 'The webhook, without its secret, and how its deliveries went.', body: Webhook },
  handle: async ({ params, principal }, { webhooks }: Port) => ({ body: webhookView(await webhooks.get(principal.tenant, params.id)) }),
});

export const changeWebhook = route({
  method: 'patch',
  path: '/api/webhooks/:id',
  summary: 'Change a webhook',
  operationId: 'changeWebhook',
  resource,
  scope: 'webhooks:write',
  params: WebhookParams,
  body: WebhookChange,
  examples: { bodies: { off: { enabled: false } } },
  reply: { status: 200, description: 'The webhook. Deliveries that are under way follow the change; those of a disabled webhook end.', body: Webhook },
  handle: async ({ params, body, principal }, { webhooks }: Port) => ({
    body: webhookView(await webhooks.change(principal, params.id, changed(body), secretsOf(body))),
  }),
});

export const deleteWebhook = route({
  method: 'delete',
  path: '/api/webhooks/:id',
  summary: 'Delete a webhook and its deliveries',
  operationId: 'deleteWebhook',
  resource,
  scope: 'webhooks:write',
  params: WebhookParams,
  reply: { status: 204, description: 'It is gone; nothing more is sent.' },
  handle: async ({ params, principal }, { webhooks }: Port) => {
    await webhooks.remove(principal, params.id);
    return {};
  },
});

export const rotateWebhookSecret = route({
  method: 'post',
  path: '/api/webhooks/:id/rotate-secret',
  summary: 'Replace the secret of a webhook',
  operationId: 'rotateWebhookSecret',
  resource,
  scope: 'webhooks:write',
  idempotent: true,
  params: WebhookParams,
  body: RotateBody,
  reply: { status: 200, description: 'The webhook with its new secret, this once. During the grace both secrets sign.', body: NewWebhook },
  handle: async ({ params, body, principal, idempotencyKey }, { webhooks }: Port) => {
    const { webhook, secret } = await webhooks.rotate(principal, params.id, body.graceSeconds, { idempotencyKey });
    return { body: { ...webhookView(webhook), secret }, headers: replayedHeader(secret === null) };
  },
});

export const testWebhook = route({
  method: 'post',
  path: '/api/webhooks/:id/test',
  summary: 'Send a test event',
  operationId: 'testWebhook',
  resource,
  scope: 'webhooks:write',
  idempotent: true,
  params: WebhookParams,
  body: EmptyBody,
  reply: { status: 202, description: 'The delivery of an event `webhook.test`, which is tried once.', body: Delivery },
  handle: async ({ params, principal, idempotencyKey }, { webhooks }: Port) => ({
    body: deliveryView(await webhooks.test(principal, params.id, { idempotencyKey })),
  }),
});

export const listDeliveries = route({
  method: 'get',
  path: '/api/webhooks/:id/deliveries',
  summary: 'List the deliveries of a webhook, newest first',
  operationId: 'listDeliveries',
  scope: 'webhooks:read',
  params: WebhookParams,
  query: DeliveryQuery,
  reply: { status: 200, description: 'A page of its deliveries, of which the newest 1,000 are kept.', body: DeliveryList },
  handle: async ({ params, query: { status, ...page }, principal }, { webhooks }: Port) => {
    const { deliveries, total } = await webhooks.deliveries(principal.tenant, params.id, { status: status ?? null, ...page });
    return { body: { deliveries: deliveries.map(deliverySummary), count: deliveries.length, ...pageOf(page, deliveries.length, total) } };
  },
});

export const getDelivery = route({
  method: 'get',
  path: '/api/webhooks/:id/deliveries/:deliveryId',
  summary: 'Read a delivery',
  operationId: 'getDelivery',
  scope: 'webhooks:read',
  params: DeliveryParams,
  reply: { status: 200, description: 'The delivery, with what it sends and what its tries came to.', body: Delivery },
  handle: async ({ params, principal }, { webhooks }: Port) => ({
    body: deliveryView(await webhooks.delivery(principal.tenant, params.id, params.deliveryId)),
  }),
});

const again = (path: string, operationId: string) =>
  route({
    method: 'post',
    path,
    summary: 'Deliver again',
    operationId,
    resource,
    scope: 'webhooks:write',
    idempotent: true,
    params: DeliveryParams,
    body: EmptyBody,
    reply: {
      status: 202,
      description: 'The delivery, which is tried now and then as at first. The event and the delivery keep their ids.',
      body: Delivery,
    },
    handle: async ({ params, principal, idempotencyKey }, { webhooks }: Port) => ({
      body: deliveryView(await webhooks.redeliver(principal, params.id, params.deliveryId, { idempotencyKey })),
    }),
  });

export const redeliver = again('/api/webhooks/:id/deliveries/:deliveryId/redeliver', 'redeliver');
/** The peer's word for it. */
export const retryDelivery = again('/api/webhooks/:id/deliveries/:deliveryId/retry', 'retryDelivery');
