/** Who may publish to a thread: the local run that holds it, to the active rollout, until it has ended. Pure. */
import { PAYLOAD_MAX, PublishedEnd, type PublishedEvent } from '../../contracts/conversation/events';
import type { PublishRequest } from '../../contracts/conversation/ports';
import type { Holder } from '../../contracts/conversation/start';
import { jsonBytes } from '../../contracts/execution/value';
import { parse } from '../../contracts/parse';
import { Fault } from '../../errors/fault';
import { busy } from './decide';

export interface PublishPlace {
  readonly holder: Holder | null;
  readonly rolloutId: string;
  /** The run has said that it ended. */
  readonly ended: boolean;
}

/** Faults (conflict): `conversation.busy`, `conversation.rollout_inactive`, `conversation.run_not_active`. */
export function assertPublishes({ runId, rolloutId }: PublishRequest, { holder, rolloutId: active, ended }: PublishPlace): void {
  if (holder && !(holder.kind === 'local_run' && holder.id === runId)) throw busy(holder);
  if (rolloutId !== active)
    throw new Fault('conflict', 'conversation.rollout_inactive', 'The rollout is not the active one of this thread.', { rolloutId, activeRolloutId: active });
  if (!holder || ended) throw new Fault('conflict', 'conversation.run_not_active', 'The run has ended, or is no local run of this thread.', { runId });
}

/** Fault `conversation.publish` (invalid) with `field` and `reason`. */
export function checkPublished(events: readonly PublishedEvent[]): void {
  events.forEach(({ type, payload }, at) => {
    const refused = (reason: string): Fault => new Fault('invalid', 'conversation.publish', `events.${at}: ${reason}`, { field: `events.${at}`, reason });
    if (jsonBytes(payload) > PAYLOAD_MAX) throw refused(`expected a payload of at most ${PAYLOAD_MAX} bytes of JSON`);
    if (type !== 'run_completed') return;
    if (at !== events.length - 1) throw refused('expected run_completed as the last event');
    parse(PublishedEnd, payload, 'conversation.publish');
  });
}
