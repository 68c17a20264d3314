/** One try of a webhook's delivery (seed 001, digest 2.11). At least once: the event's id and the delivery's id tell a receiver what it has seen. */
import { heartbeat } from '@temporalio/activity';
import { performance } from 'node:perf_hooks';
import type { DeliveryTry, WebhookActivities } from '../../src/contracts/webhook';
import { countingSecrets } from '../../src/domain/webhook/rotating-secret';
import { signatureOf } from '../../src/domain/webhook/signature';
import { Fault, faultFrom } from '../../src/errors/fault';
import type { Deliveries, DeliveryOrder, OutgoingCalls } from '../ports';

export interface WebhookDependencies {
  readonly deliveries: Deliveries;
  readonly outgoing: OutgoingCalls;
  readonly now?: () => Date;
}

const seconds = (time: Date): string => String(Math.floor(time.getTime() / 1_000));

/** The receiver's own headers stand first: they cannot take the place of these. */
export function headersOf(deliveryId: string, order: DeliveryOrder, now: Date): Readonly<Record<string, string>> {
  const timestamp = seconds(now);
  const secrets = countingSecrets(order.secrets, now.getTime());
  const both = {
    Event: order.eventType,
    Delivery: deliveryId,
    Timestamp: timestamp,
    'Original-Timestamp': seconds(new Date(order.createdAt)),
    'Retry-Count': String(order.tried),
    ...(order.executionId !== null && isHeaderValue(order.executionId) && { 'Execution-Id': order.executionId }),
  };
  const named = (prefix: string): Record<string, string> => Object.fromEntries(Object.entries(both).map(([name, value]) => [`${prefix}-${name}`, value]));
  return {
    ...order.secrets.headers,
    'Content-Type': 'application/json',
    'User-Agent': 'Everthread-Webhooks/1',
    ...named('X-Everthread'),
    ...named('X-Parallax'),
    'X-Everthread-Event-Id': order.eventId,
    'X-Everthread-Signature': signatureOf(secrets, 'timestamped', timestamp, order.body),
    'X-Parallax-Signature': signatureOf(secrets, order.webhook.signatureScheme, timestamp, order.body),
  };
}

const isHeaderValue = (text: string): boolean => /^[\x20-\x7e]*$/.test(text);

const RECEIVED = (status: number): boolean => status >= 200 && status < 300;
/** While a try is under way it says so: one that does not went down with its worker. */
const HEARTBEAT_MS = 1_000;
/** The receiver says that it will never want this again. */
const GONE = 410;

export const webhookActivities = ({ deliveries, outgoing, now = () => new Date() }: WebhookDependencies): WebhookActivities => ({
  async tryDelivery({ tenant, deliveryId, nextInMs, asked }) {
    const alive = setInterval(() => heartbeat(), HEARTBEAT_MS);
    try {
      const order = await deliveries.order(tenant, deliveryId);
      if (!order || (order.status !== 'pending' && !asked)) return { delivered: order?.status === 'delivered', retry: false };
      if (!order.webhook.enabled) {
        await deliveries.cancel(tenant, deliveryId);
        return { delivered: false, retry: false };
      }
      const { made, final } = await attempt(outgoing, order, deliveryId, now());
      const delivered = made.status !== null && RECEIVED(made.status) && made.error === null;
      await deliveries.record(tenant, deliveryId, { made, delivered, nextInMs: final ? null : nextInMs });
      return { delivered, retry: !delivered && !final };
    } catch (thrown) {
      throw faultFrom(thrown);
    } finally {
      clearInterval(alive);
    }
  },
});

async function attempt(
  outgoing: OutgoingCalls,
  order: DeliveryOrder,
  deliveryId: string,
  now: Date,
): Promise<{ readonly made: DeliveryTry; readonly final: boolean }> {
  const at = now.toISOString();
  const began = performance.now();
  try {
    const { url, timeoutMs } = order.webhook;
    const { status, durationMs } = await outgoing.post({ url, timeoutMs, body: order.body, headers: headersOf(deliveryId, order, now) });
    const error = RECEIVED(status) ? null : `The receiver answered ${status}.`;
    return { made: { at, status, error, durationMs }, final: status === GONE };
  } catch (thrown) {
    if (!(thrown instanceof Fault) || thrown.kind === 'internal') throw thrown;
    const durationMs = Math.round(performance.now() - began);
    return { made: { at, status: null, error: thrown.message.slice(0, 500), durationMs }, final: thrown.code === 'outgoing.address_refused' };
  }
}
