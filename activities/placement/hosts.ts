/** Which host a thread lives on, and whether that host can still be heard: activities over the registry of hosts. */
import type { PlacementActivities } from '../../src/contracts/managed-thread/terminal';
import type { HostRecord, Hosts } from '../ports';

export interface PlacementDependencies {
  readonly hosts: Hosts;
  /** Hosts renew every few seconds; one that missed a few renewals gets no new threads. */
  readonly silentAfterMs: number;
  /** After this its sessions count as lost. */
  readonly goneAfterMs: number;
}

/** Renewals come every 2 s; three may be late. */
export const SILENT_AFTER_MS = 8_000;

const roomOf = (host: HostRecord): number => 1 - host.sessions / Math.max(1, host.capacity);

const takes = (host: HostRecord, agentType: string): boolean => host.sessions < host.capacity && host.agentTypes.includes(agentType);

/** The host with the largest share of free room among those that have this agent; `keep` as long as it lives, full or not, because its sessions are there. */
export function choose(hosts: readonly HostRecord[], { agentType, keep }: { readonly agentType: string; readonly keep: string | null }): HostRecord | null {
  const kept = hosts.find((host) => host.hostId === keep);
  if (kept) return kept;
  const able = hosts.filter((host) => takes(host, agentType));
  return able.sort((a, b) => roomOf(b) - roomOf(a) || a.hostId.localeCompare(b.hostId))[0] ?? null;
}

export const placementActivities = ({ hosts, silentAfterMs, goneAfterMs }: PlacementDependencies): PlacementActivities => ({
  async chooseHost({ actor, agentType, keep }) {
    const chosen = await hosts.place(actor.address, silentAfterMs, (live) => choose(live, { agentType, keep }));
    return chosen && { hostId: chosen.hostId };
  },
  /** The registry's clock decides, not this process's: both questions are asked of it. A host without a row was retired. */
  async checkHost({ hostId }) {
    const heardWithin = async (ms: number): Promise<boolean> => (await hosts.live(ms)).some((host) => host.hostId === hostId);
    if (await heardWithin(silentAfterMs)) return { state: 'live' };
    return { state: (await heardWithin(goneAfterMs)) ? 'silent' : 'gone' };
  },
});
