/** A session as its thread sees it. Threads of different tenants may have one id: a session belongs to the thread that its labels name. */
import type { ActorRef } from '../../src/contracts/actor';
import { Fault } from '../../src/errors/fault';
import type { Ptyd, Snapshot } from '../../src/ptyd/protocol';

export const labelsOf = ({ address, kind, tenant, id }: ActorRef): Record<string, string> => ({ actor: address, kind, tenant, id });

/** The thread that a session belongs to, or null when it was not started by a host. */
export function actorOfLabels({ actor, kind, tenant, id }: Readonly<Record<string, string>>): ActorRef | null {
  return actor && kind && tenant && id ? { address: actor, kind, tenant, id } : null;
}

/** The session, or null when there is none. Fault `thread.session_taken` (conflict) when it is another thread's. */
export async function ownedSession(ptyd: Ptyd, actor: ActorRef, sessionId: string): Promise<Snapshot | null> {
  try {
    const snapshot = await ptyd.screen(sessionId);
    if (snapshot.labels.actor === actor.address) return snapshot;
  } catch (error) {
    if (error instanceof Fault && error.code === 'ptyd.no_session') return null;
    throw error;
  }
  throw new Fault('conflict', 'thread.session_taken', `The session ${sessionId} of this host belongs to another thread.`, { sessionId });
}
