/** Types of agents: what this process knows by itself, and what living hosts offer besides. */
import { SILENT_AFTER_MS } from '../../activities/placement/hosts';
import type { Config } from '../config/config';
import type { Store } from '../store/store';
import type { AgentTypeRow } from '../surfaces/managed-threads/ports';
import { knownAgents } from './agents';

export interface AgentTypes {
  /** Those that were known at the last look. */
  names(): readonly string[];
  list(): Promise<readonly AgentTypeRow[]>;
}

export function agentTypes(config: Config, store: Store): AgentTypes {
  const known = new Map(
    knownAgents(config)
      .list()
      .map(({ type, description }) => [type, description]),
  );
  return {
    names: () => [...known.keys()].sort(),
    async list() {
      const offered = new Set((await store.hosts.live(SILENT_AFTER_MS)).flatMap((host) => host.agentTypes));
      for (const type of offered) if (!known.has(type)) known.set(type, 'An agent that a host was configured with.');
      return [...known].sort(([a], [b]) => a.localeCompare(b)).map(([type, description]) => ({ type, description, available: offered.has(type) }));
    },
  };
}
