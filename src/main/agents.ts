/** The agents that this process knows: the built-in ones and those of EVERTHREAD_AGENTS_FILE. */
import { readFileSync } from 'node:fs';
import { CustomAgents } from '../../activities/agents/custom';
import { adapterRegistry, type AdapterRegistry } from '../../activities/agents/registry';
import type { Config } from '../config/config';
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
