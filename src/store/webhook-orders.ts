/** Deliveries as the activities see them; the port `Deliveries`. */
import type { Deliveries } from '../../activities/ports';
import type { DeliveriesStore } from './webhook-deliveries';
import type { WebhooksStore } from './webhooks';

export const webhookOrders = (webhooks: WebhooksStore, deliveries: DeliveriesStore): Deliveries => ({
  async order(tenant, deliveryId) {
    const delivery = await deliveries.get(tenant, null, deliveryId);
    if (!delivery) return null;
    const [webhook, secrets] = await Promise.all([webhooks.get(tenant, delivery.webhookId), webhooks.secrets(tenant, delivery.webhookId)]);
    return webhook && secrets && { ...delivery, webhook: webhook.definition, secrets };
  },
  record: (tenant, deliveryId, tried) => deliveries.record(tenant, deliveryId, tried),
  cancel: (tenant, deliveryId) => deliveries.cancel(tenant, deliveryId),
});
