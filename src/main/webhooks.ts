/** Webhooks and triggers: their gateways over the store for the API, and what a worker does for them. */
import type { Client } from '@temporalio/client';
import type { OutgoingCalls } from '../../activities/ports';
import { triggerActivities } from '../../activities/triggers/fire';
import { webhookActivities } from '../../activities/webhooks/deliver';
import type { Config } from '../config/config';
import type { TriggerActivities } from '../contracts/trigger';
import type { WebhookActivities } from '../contracts/webhook';
import { StartedWork } from '../gateway/started-work';
import type { Targets } from '../gateway/targets';
import { Triggers } from '../gateway/triggers';
import { Webhooks } from '../gateway/webhooks';
import { urlProblem } from '../outgoing/address-rule';
import { guardedRequest } from '../outgoing/guarded-request';
import { makeOnce } from '../store/idempotent-row';
import type { Store } from '../store/store';
import type { TriggerPorts } from '../surfaces/control-plane/triggers';
import { audited } from '../surfaces/http/audit';
import type { FailedCredentials } from '../surfaces/http/failed-credentials';
import { DEFAULT_LIMITS, RateLimit } from '../surfaces/http/limits';
import type { Log } from '../surfaces/http/log';
import { startSubscriptions } from './subscriptions';

/** Bytes of a receiver's answer that are read; nobody looks at them. */
const ANSWER_BYTES = 64 * 1024;
/** How long the door of an inbound webhook waits for what it starts. */
const ANSWER_MS = 5_000;

export const webhookGateway = (client: Client, store: Store, { outgoing }: Config): Webhooks => {
  const work = new StartedWork(client);
  return new Webhooks({
    webhooks: store.webhooks,
    deliveries: store.deliveries,
    once: (request, id, row) => makeOnce(store.idempotency, request, id, row),
    deliverNow: (delivery, summary) => work.deliverNow(delivery, summary),
    urlProblem: (url) => urlProblem(url, outgoing),
    delaysMs: outgoing.webhookDelaysMs,
  });
};

export function triggerGateway(
  client: Client,
  store: Store,
  started: Targets,
  { limits }: Config,
  { log, failedCredentials }: { readonly log: Log; readonly failedCredentials: FailedCredentials },
): TriggerPorts {
  const work = new StartedWork(client);
  const max = limits.execute ?? DEFAULT_LIMITS.execute;
  const limit = max === 0 ? null : new RateLimit(max, store.minuteLimit('trigger', max));
  const triggers = new Triggers({
    triggers: store.triggers,
    firings: store.firings,
    check: (tenant, target) => started.check(tenant, target),
    once: (request, id, row) => makeOnce(store.idempotency, request, id, row),
    fire: (firing, summary) => work.fire(firing, summary),
    spend: async (id) => void (await limit?.spend(id)),
    answerMs: ANSWER_MS,
  });
  return {
    triggers,
    async receive(path, incoming, { requestId, address }) {
      // A signature is a credential like any other: an address that guesses is limited, and leaves its entries.
      const authorization = `trigger ${path} ${incoming.headers['x-everthread-signature'] ?? ''}`;
      const identified = await failedCredentials.watch({ address, requestId, headers: { authorization } }, () => triggers.identify(path, incoming));
      const { tenant, id } = identified.trigger;
      const principal = { tenant, subject: `trigger:${id}`, scopes: [], keyId: null, operator: false };
      const attempt = { action: 'control-plane.receiveTrigger', resourceType: 'trigger', params: { id }, principal, requestId, address };
      const done = await audited(
        { audit: store.audit, log },
        attempt,
        () => triggers.fire(identified),
        ({ firing }) => ({ status: firing.status === 'pending' ? 202 : 200 }),
      );
      return { ...done, triggerId: id };
    },
  };
}

const outgoingCalls = ({ outgoing }: Config): OutgoingCalls => ({
  post: (request) => guardedRequest({ ...request, method: 'POST', maxBytes: ANSWER_BYTES }, outgoing),
});

/** For the worker. */
export function subscriptions(
  config: Config,
  client: Client,
  store: Store,
  started: Targets,
  log: Log,
): { readonly activities: WebhookActivities & TriggerActivities; readonly start: () => () => Promise<void> } {
  return {
    activities: {
      ...webhookActivities({ deliveries: store.orders, outgoing: outgoingCalls(config) }),
      ...triggerActivities({ targets: started, firings: store.firings }),
    },
    start: () => startSubscriptions({ store, work: new StartedWork(client), log, delaysMs: config.outgoing.webhookDelaysMs }),
  };
}
