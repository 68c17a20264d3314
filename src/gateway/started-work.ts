/** Starts the workflows of what the store says is to be done: deliveries of webhooks and firings of triggers. Starting one that was started before is a no-op. */
import { WorkflowExecutionAlreadyStartedError, WorkflowIdConflictPolicy, WorkflowIdReusePolicy, WorkflowNotFoundError, type Client } from '@temporalio/client';
import { ORCHESTRATION_QUEUE } from '../contracts/actor';
import { FIRE_WORKFLOW, FIRING_KIND, firingAddress, type Firing } from '../contracts/trigger';
import { DELIVER_NOW_SIGNAL, DELIVER_WORKFLOW, DELIVERY_KIND, deliveryAddress, type Delivery } from '../contracts/webhook';
import { temporalUnavailable } from './doors';
import { kindAttributes } from './kind-attributes';

const START_MS = 10_000;

const deliveryOptions = (delivery: Delivery, summary: string) => ({
  taskQueue: ORCHESTRATION_QUEUE,
  workflowId: deliveryAddress(delivery.tenant, delivery.deliveryId),
  args: [delivery] as [Delivery],
  typedSearchAttributes: kindAttributes(DELIVERY_KIND, delivery.tenant),
  staticSummary: summary,
  workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
});

export class StartedWork {
  constructor(private readonly client: Client) {}

  /** `summary` is what the Temporal UI shows. */
  deliver(delivery: Delivery, summary: string): Promise<void> {
    return this.asked(async () => {
      const options = { ...deliveryOptions(delivery, summary), workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING };
      await this.client.workflow.start(DELIVER_WORKFLOW, options);
    });
  }

  /** Also when it was delivered or given up before; one that is under way tries now instead of at its time. */
  deliverNow(delivery: Delivery, summary: string): Promise<void> {
    return this.asked(async () => {
      const { workflowId } = deliveryOptions(delivery, summary);
      try {
        await this.client.workflow.getHandle(workflowId).signal(DELIVER_NOW_SIGNAL);
      } catch (thrown) {
        if (!(thrown instanceof WorkflowNotFoundError)) throw thrown;
        await this.client.workflow.start(DELIVER_WORKFLOW, {
          ...deliveryOptions({ ...delivery, asked: true }, summary),
          workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
        });
      }
    });
  }

  fire(firing: Firing, summary: string): Promise<void> {
    return this.asked(async () => {
      await this.client.workflow.start(FIRE_WORKFLOW, {
        taskQueue: ORCHESTRATION_QUEUE,
        workflowId: firingAddress(firing.tenant, firing.triggerId, firing.firingId),
        args: [firing],
        typedSearchAttributes: kindAttributes(FIRING_KIND, firing.tenant),
        staticSummary: summary,
        workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
        workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
      });
    });
  }

  /** Fault `temporal.unavailable` (unavailable) when the cluster does not answer in time. */
  private async asked(work: () => Promise<void>): Promise<void> {
    try {
      await this.client.withDeadline(Date.now() + START_MS, work);
    } catch (thrown) {
      if (!(thrown instanceof WorkflowExecutionAlreadyStartedError)) throw temporalUnavailable(thrown);
    }
  }
}
