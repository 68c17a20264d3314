/**
 * The environment of an agent's CLI: explicit, never the whole of the host's. From the host come only the names in {@link FROM_HOST}; the
 * spawn's own variables go over them; what Everthread tells the agent about itself goes over both, so that it cannot be forged by accident.
 */
import type { ThreadSpec } from '../../contracts/managed-thread/spawn';

/** What a program needs to find other programs, its user's home, a temporary directory, a language and the way out of the network. */
export const FROM_HOST = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'TMPDIR',
  'TZ',
  'LANG',
  'LC_ALL',
  'LC_CTYPE',
  'SSH_AUTH_SOCK',
  'XDG_CONFIG_HOME',
  'XDG_DATA_HOME',
  'XDG_CACHE_HOME',
  'XDG_STATE_HOME',
  'XDG_RUNTIME_DIR',
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
] as const;

/** Characters of the objective in PARALLAX_THREAD_OBJECTIVE; systems limit one variable to 128 KiB. */
export const OBJECTIVE_IN_ENV = 16_000;

export interface AgentEnvironment {
  /** The host process's own environment. */
  readonly host: Readonly<Record<string, string | undefined>>;
  /** Variables that the spawn gave. */
  readonly given: Readonly<Record<string, string>>;
  readonly spec: Pick<ThreadSpec, 'id' | 'executionId' | 'role' | 'objective'>;
  /** Path of the memory file, absolute or relative to the workspace; null when there is none. */
  readonly memoryFile: string | null;
}

export function agentEnvironment({ host, given, spec, memoryFile }: AgentEnvironment): Record<string, string> {
  const env: Record<string, string> = {};
  for (const name of FROM_HOST) {
    const value = host[name];
    if (value !== undefined) env[name] = value;
  }
  env.TERM = 'xterm-256color';
  env.COLORTERM = 'truecolor';
  for (const [name, value] of Object.entries(given)) if (!value.includes('\0')) env[name] = value;
  env.PARALLAX_THREAD_ID = spec.id;
  env.PARALLAX_EXECUTION_ID = spec.executionId;
  env.PARALLAX_THREAD_OBJECTIVE = spec.objective.replaceAll('\0', '').slice(0, OBJECTIVE_IN_ENV);
  env.PARALLAX_THREAD_MEMORY_FILE = memoryFile ?? '';
  if (spec.role !== null) env.PARALLAX_THREAD_ROLE = spec.role;
  return env;
}
