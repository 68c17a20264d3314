/** What the routes of agents need of the rest. Ids that the tenant does not have are null or false there, and `agent.not_found` on the wire. */
import type { AgentMode, AgentRecord } from '../../contracts/agent/agent';
import type { AgentTaskResult } from '../../contracts/agent/task';
import type { AgentRef } from '../../contracts/agent/outcome';
import type { Principal } from '../../contracts/principal';
import type { OnSocket } from '../http/route';

export interface AgentQuery {
  readonly status?: 'connected' | 'disconnected' | undefined;
  /** All of them. */
  readonly capabilities: readonly string[];
  readonly region?: string | undefined;
  readonly limit: number;
  readonly offset: number;
}

export interface NewHttpAgent {
  readonly id?: string | undefined;
  readonly name: string;
  readonly url: string;
  readonly capabilities: readonly string[];
  readonly region?: string | undefined;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly secret?: string | undefined;
  readonly maxConcurrentTasks?: number | undefined;
}

export interface AgentTest {
  readonly task?: string | undefined;
  readonly data: unknown;
  readonly capability?: string | undefined;
  readonly timeoutMs: number;
}

export interface AgentPorts {
  list(
    tenant: string,
    query: AgentQuery,
  ): Promise<{ readonly agents: readonly AgentRecord[]; readonly total: number; readonly connected: number; readonly disconnected: number }>;
  get(tenant: string, id: string): Promise<AgentRecord | null>;
  capabilities(tenant: string): Promise<readonly { readonly capability: string; readonly agents: number; readonly connected: number }[]>;
  /** Agents of the configuration are not connected by anybody, and are null here. */
  disconnect(principal: Principal, id: string): Promise<AgentRecord | null>;
  setMode(principal: Principal, id: string, mode: AgentMode): Promise<AgentRecord | null>;
  remove(principal: Principal, id: string): Promise<boolean>;
  /** Those that were last there longer ago than that; the ids of what was removed. */
  removeStale(principal: Principal, awayMs: number): Promise<readonly string[]>;
  /** Faults `agent.id_taken` (conflict), `agents.too_many` (exhausted), `request.invalid` for an address that may not be called. */
  addHttp(
    principal: Principal,
    agent: NewHttpAgent,
    options: { readonly idempotencyKey: string | null },
  ): Promise<{ readonly agent: AgentRecord; readonly replayed: boolean }>;
  /** Null: no such agent. `problem` null: it is well. */
  health(tenant: string, id: string): Promise<{ readonly problem: string | null } | null>;
  /** Throws the fault of the task. Null: no such agent. */
  test(tenant: string, id: string, test: AgentTest): Promise<AgentTaskResult | null>;
  accept(start: { readonly agent: AgentRef; readonly connectionId: string; readonly capabilities: readonly string[]; readonly by: string }): OnSocket;
}

/** What these routes are given of the surface's ports. */
export interface AgentPort {
  readonly agents: AgentPorts;
}
