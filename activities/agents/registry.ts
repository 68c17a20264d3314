/** All agent types that a host knows, by name. */
import { Fault } from '../../src/errors/fault';
import type { Adapter } from './adapter';
import { aiderAdapter } from './aider';
import { claudeAdapter } from './claude';
import { codexAdapter } from './codex';
import { customAdapter } from './custom';
import { geminiAdapter } from './gemini';
import { opencodeAdapter } from './opencode';
import { scriptedAdapter } from './scripted';
import { shellAdapter } from './shell';

export interface AdapterRegistry {
  /** Fault `thread.unknown_agent_type` (invalid) that lists the known ones. */
  get(type: string): Adapter;
  types(): readonly string[];
  list(): readonly Adapter[];
}

/** Adapters that need no configuration. */
export const BUILT_IN: readonly Adapter[] = [codexAdapter, geminiAdapter, opencodeAdapter, claudeAdapter, aiderAdapter, shellAdapter, scriptedAdapter];

export interface RegistryOptions {
  /** Configurations of custom agents, one for each name; see {@link customAdapter}. */
  readonly custom?: readonly unknown[];
  /** Default: {@link BUILT_IN}. */
  readonly adapters?: readonly Adapter[];
}

/** Faults: those of the configurations, and `config.agent_type_twice` (invalid) when two have one name. */
export function adapterRegistry({ custom = [], adapters = BUILT_IN }: RegistryOptions = {}): AdapterRegistry {
  const all = new Map<string, Adapter>();
  for (const adapter of [...adapters, ...custom.map(customAdapter)]) {
    if (all.has(adapter.type))
      throw new Fault('invalid', 'config.agent_type_twice', `There are two agents named ${adapter.type}.`, { agentType: adapter.type });
    all.set(adapter.type, adapter);
  }
  const types = [...all.keys()].sort();
  return {
    get: (type) => {
      const found = all.get(type);
      if (!found)
        throw new Fault('invalid', 'thread.unknown_agent_type', `There is no agent type ${type}; known are ${types.join(', ')}.`, {
          field: 'agentType',
          agentType: type,
          known: types,
        });
      return found;
    },
    types: () => types,
    list: () => types.flatMap((type) => all.get(type) ?? []),
  };
}
