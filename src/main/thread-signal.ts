/** How a host tells a thread something: by the signal door, which needs no worker. */
import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import type { Envelope } from '../contracts/actor';
import { Fault } from '../errors/fault';

/** Faults: `actor.not_found` (not_found) for a thread that is over or never was, `temporal.unavailable` (unavailable) when Temporal does not answer. */
export const threadSignal =
  (client: Client) =>
  async (address: string, command: 'observe' | 'report', envelope: Envelope): Promise<void> => {
    try {
      await client.workflow.getHandle(address).signal(command, envelope);
    } catch (problem) {
      if (problem instanceof WorkflowNotFoundError)
        throw new Fault('not_found', 'actor.not_found', 'There is no such thread, or it has ended.', { address }, problem);
      throw new Fault('unavailable', 'temporal.unavailable', 'Temporal cannot be reached.', {}, problem instanceof Error ? problem : undefined);
    }
  };
