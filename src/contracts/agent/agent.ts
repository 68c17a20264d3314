/**
 * Agents that perform tasks of patterns (seed 001 "Agents"), as they are said between processes. Not the coding-agent programs in terminals: those are adapters of managed threads.
 *
 * **socket**: connects by WebSocket and is given tasks there. **http**: an address that tasks are posted to. **in-process**: a function of a module on the worker, for development.
 * **llm**: a model with a prompt, described in the configuration.
 */
import { z } from 'zod';
import { ORCHESTRATION_QUEUE } from '../actor';

export const AGENT_KINDS = ['socket', 'http', 'in-process', 'llm'] as const;
export type AgentKind = (typeof AGENT_KINDS)[number];

export const AGENT_STATUSES = ['connected', 'disconnected'] as const;
export type AgentStatus = (typeof AGENT_STATUSES)[number];

/** What an operator says of an agent; only `active` ones are given tasks. */
export const AGENT_MODES = ['active', 'inactive', 'error'] as const;
export type AgentMode = (typeof AGENT_MODES)[number];

/** What a connected agent says of itself. `busy` ones come last in a selection, `draining` ones are given nothing more. */
export const AGENT_LOADS = ['available', 'busy', 'draining'] as const;
export type AgentLoad = (typeof AGENT_LOADS)[number];

export const AGENT_LIMITS = {
  /** Agents that one tenant may have registered. */
  agents: 5_000,
  capabilities: 64,
  /** Bytes of the metadata, as JSON. */
  metadataBytes: 16 * 1024,
  /** Tasks that an agent may say to take at once. */
  concurrentTasks: 1_000,
  /** Tasks of one agent that wait in a process for a place. */
  waitingTasks: 1_000,
} as const;

export const AgentId = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._:@-]{0,127}$/, 'expected 1 to 128 letters, digits and . _ : @ -');
export const Capability = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}$/, 'expected 1 to 64 letters, digits and . _ : / -');
export const Capabilities = z
  .array(Capability)
  .max(AGENT_LIMITS.capabilities)
  .transform((names) => [...new Set(names)]);

/** What an agent tells about itself: `name`, `model`, `version`, `region` have a meaning, the rest is kept and shown. */
export const AgentMetadata = z
  .record(z.string().min(1).max(64), z.unknown())
  .refine(
    (metadata) => JSON.stringify(metadata).length <= AGENT_LIMITS.metadataBytes && !JSON.stringify(metadata).includes('\\u0000'),
    `expected at most ${AGENT_LIMITS.metadataBytes} bytes of JSON, without NUL characters`,
  );
export type AgentMetadata = z.output<typeof AgentMetadata>;

/** Counts over the life of a registration, in one tenant. Times are in milliseconds. */
export interface AgentStatistics {
  readonly tasksCompleted: number;
  readonly tasksSucceeded: number;
  readonly tasksFailed: number;
  /** Of the tasks that succeeded; null before the first. */
  readonly averageLatency: number | null;
}

/** An agent as the registry has it. Times are ISO 8601. */
export interface AgentRecord {
  readonly id: string;
  readonly name: string;
  readonly kind: AgentKind;
  readonly status: AgentStatus;
  readonly mode: AgentMode;
  readonly load: AgentLoad;
  readonly capabilities: readonly string[];
  readonly region: string | null;
  /** Of an HTTP agent. */
  readonly url: string | null;
  readonly metadata: AgentMetadata;
  readonly maxConcurrentTasks: number | null;
  readonly registeredAt: string;
  readonly connectedAt: string | null;
  readonly disconnectedAt: string | null;
  readonly lastHeartbeat: string | null;
  readonly activeTasks: number;
  readonly statistics: AgentStatistics;
}

/** The queue of the api process that holds an agent's socket. */
export const agentQueue = (processId: string): string => `agents-${processId}`;
/** The queue of the other kinds: any worker calls them. */
export const CALLED_AGENTS_QUEUE = ORCHESTRATION_QUEUE;

/** Heartbeats that may be missing before an agent counts as lost. */
export const MISSED_HEARTBEATS = 3;
/** For agents that a worker calls: one that is silent for so long has lost the call. */
export const CALL_SILENT_AFTER_MS = 10_000;
