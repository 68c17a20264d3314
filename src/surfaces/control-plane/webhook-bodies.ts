/** Webhooks and deliveries on the wire (seed 001; digest 2.11 has the fields). */
import { z } from 'zod';
import { DELIVERY_STATUSES, SIGNATURE_SCHEMES, type DeliveryRecord, type WebhookDefinition, type WebhookRecord } from '../../contracts/webhook';
import type { GivenSecrets } from '../../gateway/webhooks';
import { pageShape, PAGE_FIELDS } from '../http/paging';
import { EventPattern, FiltersBody } from './event-fields';
import { metadata, text } from './fields';

/** Headers that the delivery itself sets, or that belong to the connection. */
const RESERVED =
  /^(?:content-type|content-length|content-encoding|transfer-encoding|connection|keep-alive|upgrade|te|trailer|expect|host|user-agent|x-everthread-.*|x-parallax-.*)$/i;

const HeaderName = z
  .string()
  .max(100)
  .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, 'expected the name of a header')
  .refine((name) => !RESERVED.test(name), 'expected another header than those that the delivery sets itself');
const Headers = z
  .record(
    HeaderName,
    z
      .string()
      .max(2_000)
      .regex(/^[\x20-\x7e]*$/, 'expected printable ASCII characters'),
  )
  .refine((headers) => Object.keys(headers).length <= 20, 'expected at most 20 headers')
  .describe('Sent with every delivery. Values are never shown again.');
export const Secret = z
  .string()
  .min(16)
  .max(200)
  .regex(/^[\x21-\x7e]+$/, 'expected printable ASCII characters without blanks');

const Fields = {
  url: z.string().min(1).max(2_048),
  description: text(2_000).nullable(),
  events: z.array(EventPattern).min(1).max(50),
  filters: FiltersBody,
  enabled: z.boolean(),
  ordered: z.boolean().describe('Events of one actor are delivered one after the other: the next when the one before was taken or given up.'),
  timeout: z.int().min(1_000).max(60_000).describe('Milliseconds that a receiver has to answer.'),
  retries: z.int().min(0).max(10).describe('Tries after the first, as far as the server has waits for them (by default 1 m, 5 m, 30 m, 2 h).'),
  signatureScheme: z.enum(SIGNATURE_SCHEMES).describe('Of `X-Parallax-Signature`; `X-Everthread-Signature` is always `timestamped`.'),
  metadata,
};

export const WebhookBody = z
  .strictObject({
    ...Fields,
    ...{ description: Fields.description.default(null), filters: Fields.filters.default({}), enabled: Fields.enabled.default(true) },
    ...{ ordered: Fields.ordered.default(false), timeout: Fields.timeout.default(30_000), retries: Fields.retries.default(4) },
    ...{ signatureScheme: Fields.signatureScheme.default('timestamped'), metadata: metadata.default({}) },
    secret: Secret.optional().describe('Left away, one is made.'),
    headers: Headers.optional(),
  })
  .meta({ id: 'WebhookInput' });

export const WebhookChange = z
  .strictObject({ ...Fields, secret: Secret, headers: Headers })
  .partial()
  .meta({ id: 'WebhookChange', description: 'What is left away stays.' });

type Body = z.output<typeof WebhookBody>;
type Change = z.output<typeof WebhookChange>;

export const definitionOf = ({ timeout, secret: _secret, headers, ...rest }: Body): WebhookDefinition => ({
  ...rest,
  format: 'event',
  timeoutMs: timeout,
  headerNames: Object.keys(headers ?? {}).sort(),
});

export const changed =
  ({ timeout, secret: _secret, headers, ...rest }: Change) =>
  (known: WebhookDefinition): WebhookDefinition => ({
    ...known,
    ...(Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)) as Partial<WebhookDefinition>),
    ...(timeout !== undefined && { timeoutMs: timeout }),
    ...(headers !== undefined && { headerNames: Object.keys(headers).sort() }),
  });

export const secretsOf = ({ secret, headers }: Body | Change): GivenSecrets => ({ secret, headers });

export const WebhookParams = z.object({ id: z.string().min(1).max(128) });
export const DeliveryParams = z.object({ id: z.string().min(1).max(128), deliveryId: z.string().min(1).max(128) });
export const DeliveryQuery = z.object({ status: z.enum(DELIVERY_STATUSES).optional(), ...pageShape() });

const time = z.iso.datetime();
const Shown = {
  id: z.string(),
  ...{ ...Fields, filters: z.record(z.string(), z.unknown()), events: z.array(z.string()), metadata: z.record(z.string(), z.unknown()) },
  headerNames: z.array(z.string()),
  statistics: z.object({
    deliveriesTotal: z.int().describe('Deliveries that are over.'),
    deliveriesSucceeded: z.int(),
    deliveriesFailed: z.int(),
    averageLatency: z.int().nullable().describe('Milliseconds that receivers took to answer what they took.'),
  }),
  createdBy: z.string(),
  createdAt: time,
  updatedAt: time,
};
export const Webhook = z.object({ ...Shown, secret: z.string().describe('Its end only.') }).meta({ id: 'Webhook' });
export const NewWebhook = z
  .object({ ...Shown, secret: z.string().nullable().describe('The secret, this once; null in the answer to a repeated request.') })
  .meta({ id: 'NewWebhook' });
export const WebhookList = z.object({ webhooks: z.array(Webhook), count: z.int(), ...PAGE_FIELDS }).meta({ id: 'WebhookList' });

const DeliveryFields = {
  id: z.string(),
  webhookId: z.string(),
  event: z.string(),
  eventId: z.string().describe('The same for every webhook that is told of it.'),
  executionId: z.string().nullable(),
  status: z.enum(DELIVERY_STATUSES),
  attempts: z.int(),
  tries: z
    .array(z.object({ at: time, status: z.int().nullable(), error: z.string().nullable(), durationMs: z.int() }))
    .describe('The newest ones, oldest first.'),
  createdAt: time,
  nextAttemptAt: time.nullable(),
  completedAt: time.nullable(),
};
export const Delivery = z.object({ ...DeliveryFields, payload: z.unknown().describe('What is sent.') }).meta({ id: 'WebhookDelivery' });
export const DeliveryList = z.object({ deliveries: z.array(z.object(DeliveryFields)), count: z.int(), ...PAGE_FIELDS }).meta({ id: 'WebhookDeliveryList' });

export function webhookView({ definition, ...row }: WebhookRecord) {
  const { timeoutMs, filters, metadata: given, events, headerNames, format: _format, ...rest } = definition;
  return {
    ...{ id: row.id, ...rest, timeout: timeoutMs, filters: { ...filters }, metadata: { ...given }, events: [...events], headerNames: [...headerNames] },
    statistics: {
      deliveriesTotal: row.delivered + row.failed,
      deliveriesSucceeded: row.delivered,
      deliveriesFailed: row.failed,
      averageLatency: row.delivered === 0 ? null : Math.round(row.latencyMs / row.delivered),
    },
    ...{ createdBy: row.createdBy, createdAt: row.createdAt, updatedAt: row.updatedAt },
    secret: `…${row.secretHint}`,
  };
}

export const deliverySummary = (row: DeliveryRecord) => ({
  ...{ id: row.id, webhookId: row.webhookId, event: row.eventType, eventId: row.eventId, executionId: row.executionId, status: row.status },
  ...{ attempts: row.tried, tries: [...row.tries], createdAt: row.createdAt, nextAttemptAt: row.nextAt, completedAt: row.completedAt },
});

export const deliveryView = (row: DeliveryRecord) => ({ ...deliverySummary(row), payload: JSON.parse(row.body) as unknown });
