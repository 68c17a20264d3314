/**
 * One delivery of a webhook: tries until the receiver takes it, with the waits that it was started with. Between two tries it waits for its time, or for somebody who wants it sent now
 * (the signal `deliverNow`). What it sends, and to whom, is in the store: nothing of it is in this history.
 */
import * as wf from '@temporalio/workflow';
import { DELIVER_NOW_SIGNAL, type Delivery, type WebhookActivities } from '../../src/contracts/webhook';

const { tryDelivery } = wf.proxyActivities<WebhookActivities>({
  summary: 'try to deliver',
  // A try has an end of its own after a minute at most.
  startToCloseTimeout: '90 seconds',
  // One that went down with its worker is made again soon.
  heartbeatTimeout: '5 seconds',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '1 minute' },
});

const deliverNow = wf.defineSignal(DELIVER_NOW_SIGNAL);

export async function deliverWebhook({ tenant, deliveryId, delaysMs, ...input }: Delivery): Promise<'delivered' | 'given up'> {
  let asked: boolean = input.asked ?? false;
  wf.setHandler(deliverNow, () => void (asked = true));
  for (let waits = 0; ; waits++) {
    const nextInMs = delaysMs[waits] ?? null;
    const forced = asked;
    asked = false;
    const { delivered, retry } = await tryDelivery({ tenant, deliveryId, nextInMs, asked: forced });
    // Somebody may have asked while the try was under way.
    if (delivered && !asked) return 'delivered';
    const over = delivered || !retry || nextInMs === null;
    if (over && !asked) return 'given up';
    if (over) waits = -1;
    else await wf.condition(() => asked, nextInMs);
  }
}
