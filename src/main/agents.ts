/** The agents that a process knows (the built-in ones and those of EVERTHREAD_AGENTS_FILE), and on a host which of them are installed and what they get to see. */
import { readFileSync } from 'node:fs';
import { CustomAgents } from '../../activities/agents/custom';
import { adapterRegistry, type AdapterRegistry } from '../../activities/agents/registry';
import type { Config, ProcessEnvironment } from '../config/config';
import { parse } from '../contracts/parse';
import { Fault } from '../errors/fault';

/** Fault `config.agents_file` (invalid) for a file that cannot be read or is not JSON; those of the configurations for what is in it. */
export function knownAgents({ agents }: Config): AdapterRegistry {
  if (agents.file === null) return adapterRegistry();
  return adapterRegistry({ custom: parse(CustomAgents, readJson(agents.file), 'config.agents_file') });
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (problem) {
    throw new Fault(
      'invalid',
      'config.agents_file',
      `EVERTHREAD_AGENTS_FILE: ${file} cannot be read as JSON: ${(problem as Error).message}`,
      { file },
      problem as Error,
    );
  }
}

export interface HostAgents {
  readonly registry: AdapterRegistry;
  /** The variables of EVERTHREAD_AGENT_ENV that this process has. */
  readonly env: Readonly<Record<string, string>>;
  /** Where the general variables of an agent come from (its HOME is the configured one). */
  readonly hostEnv: ProcessEnvironment;
  /** What to do about agents that are not installed, by type; null for those that are. */
  missing(): Promise<ReadonlyMap<string, string | null>>;
  /** Types whose CLI is installed. */
  installed(): Promise<readonly string[]>;
}

export function agentsOfHost(config: Config, env: ProcessEnvironment = process.env): HostAgents {
  const registry = knownAgents(config);
  const named = defined(config.agents.env.map((name) => [name, env[name]]));
  const hostEnv: ProcessEnvironment = { ...env, HOME: config.agents.home };
  const seen = {
    ...defined([
      ['PATH', hostEnv.PATH],
      ['HOME', hostEnv.HOME],
    ]),
    ...named,
  };
  const missing = async (): Promise<ReadonlyMap<string, string | null>> =>
    new Map(await Promise.all(registry.list().map(async (adapter) => [adapter.type, await adapter.missing(seen)] as const)));
  return { registry, env: named, hostEnv, missing, installed: async () => [...(await missing())].flatMap(([type, why]) => (why === null ? [type] : [])) };
}

const defined = (entries: readonly (readonly [string, string | undefined])[]): Record<string, string> =>
  Object.fromEntries(entries.filter((entry): entry is readonly [string, string] => entry[1] !== undefined));
