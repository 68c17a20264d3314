/** What the desk needs of the rest: the registry, the rows of tasks, and a way to speak to the activities that wait. src/main hands them over. */
import type { AgentLoad, AgentMetadata, AgentMode } from '../contracts/agent/agent';
import type { AgentRef, HeldTask, TaskOutcome, WaitingActivity } from '../contracts/agent/outcome';
import type { AgentTask } from '../contracts/agent/task';

export interface DeskRegistry {
  /** Faults `agent.id_taken` (conflict), `agents.too_many` (exhausted). */
  connect(asked: {
    readonly agent: AgentRef;
    readonly name: string;
    readonly capabilities: readonly string[];
    readonly region: string | null;
    readonly metadata: AgentMetadata;
    readonly maxConcurrentTasks: number | null;
    readonly taskQueue: string;
    readonly connectionId: string;
    readonly silentAfterMs: number;
    readonly aliveForMs: number;
    readonly by: string;
  }): Promise<void>;
  /** Connections that are not in the answer have lost their row. */
  renew(
    beats: readonly { readonly agent: AgentRef; readonly connectionId: string; readonly heartbeatAgoMs: number | null }[],
    aliveForMs: number,
  ): Promise<readonly { readonly connectionId: string; readonly mode: AgentMode }[]>;
  describe(
    agent: AgentRef,
    connectionId: string,
    said: { readonly load: AgentLoad; readonly capabilities?: readonly string[] | undefined; readonly maxConcurrentTasks?: number | undefined },
  ): Promise<void>;
  release(agent: AgentRef, connectionId: string): Promise<void>;
  /** The queue of the process that holds the agent now; null while none does. */
  queueOf(agent: AgentRef): Promise<string | null>;
}

export type Claimed = { readonly state: 'new' | 'open'; readonly held: HeldTask } | { readonly state: 'settled'; readonly outcome: TaskOutcome };

export interface DeskTasks {
  claim(claim: { readonly task: AgentTask; readonly agent: AgentRef; readonly waiting: WaitingActivity; readonly asking: boolean }): Promise<Claimed>;
  asked(tenant: string, taskId: string): Promise<boolean>;
  /** Null: it was settled before, or is not this agent's. */
  settle(tenant: string, taskId: string, agent: AgentRef, outcome: TaskOutcome): Promise<WaitingActivity | null>;
  state(tenant: string, taskId: string, agent: AgentRef): Promise<'open' | 'settled' | null>;
  told(tenant: string, taskId: string): Promise<void>;
  openOf(agent: AgentRef): Promise<readonly HeldTask[]>;
  untold(
    sinceMs: number,
  ): Promise<readonly { readonly tenant: string; readonly taskId: string; readonly waiting: WaitingActivity; readonly outcome: TaskOutcome }[]>;
}

export interface DeskReports {
  heartbeat(waiting: WaitingActivity): Promise<'wanted' | 'cancelled' | 'gone'>;
  tell(waiting: WaitingActivity, outcome: TaskOutcome): Promise<void>;
}

export interface DeskLog {
  debug(facts: object, message: string): void;
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
}

export interface DeskOptions {
  readonly registry: DeskRegistry;
  readonly tasks: DeskTasks;
  readonly reports: DeskReports;
  /** Names this process's queue. */
  readonly processId: string;
  readonly heartbeatMs: number;
  /** Time from the connection to `register`; by default that of the protocol. */
  readonly registerWithinMs?: number;
  /** Called before the first agent is registered: whoever is selected must be reachable. */
  ready(): Promise<void>;
  readonly log: DeskLog;
}
