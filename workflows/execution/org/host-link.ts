/** Calls from an execution to the host of one of its threads: that host alone will do, and it is waited for. */
import type { ActorRef } from '../../../src/contracts/actor';
import type { HostLink } from '../../managed-thread/host-calls';

export const hostLinkOf = (ref: ActorRef, hostId: string): HostLink => ({
  ...{ ref, hostId: () => hostId, onSilence: () => undefined, onAnswer: () => undefined, impatient: () => false },
});
