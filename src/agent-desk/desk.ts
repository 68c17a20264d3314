/**
 * The desk of one api process: which agents have their socket here, and which of their tasks this process speaks for.
 *
 * A task is in hand from its claim to its outcome. While it is, its activity gets a sign of life several times a second, and hears at the same time whether the task is still
 * wanted. An agent whose connection drops may come back, here or to another process, until it counts as silent: the process to which it comes takes its tasks over.
 */
import { agentQueue, MISSED_HEARTBEATS } from '../contracts/agent/agent';
import type { AgentRef, HeldTask, TaskOutcome, WaitingActivity } from '../contracts/agent/outcome';
import type { AgentTask } from '../contracts/agent/task';
import { faultOf, late, lost, taskFacts } from '../domain/agent/task-outcome';
import type { Fault } from '../errors/fault';
import type { DeskOptions } from './ports';

/** What the desk asks of the connection of an agent. */
export interface Connection {
  readonly agent: AgentRef;
  readonly connectionId: string;
  /** Milliseconds since the process started, by `performance.now`. */
  readonly lastSeenAt: number;
  give(held: HeldTask): void;
  cancel(task: AgentTask, reason: string): void;
  /** An operator's mode, as the registry has it. */
  onMode(mode: string): void;
  close(why: 'disconnected' | 'replaced' | 'silent' | 'restart'): void;
}

interface InHand {
  readonly held: HeldTask;
  waiting: WaitingActivity;
  readonly deadline: NodeJS.Timeout;
  /** Set while the agent has no connection here. */
  lostAt: number | null;
  settling: boolean;
}

/** How often activities hear that their tasks are alive, and agents that theirs are cancelled. */
const BEAT_MS = 400;
/** Signs of life that are on their way at once. */
const BEATS_AT_ONCE = 16;
const RENEW_MS = 1_000;
const ALIVE_FOR_MS = 6_000;
/** Outcomes that are older and untold are told by whoever looks first. */
const UNTOLD_AFTER_MS = 3_000;

const keyOf = ({ tenant, id }: AgentRef): string => `${tenant}/${id}`;
const taskKey = ({ tenant, taskId }: Pick<AgentTask, 'tenant' | 'taskId'>): string => `${tenant}/${taskId}`;

export class AgentDesk {
  readonly queue: string;
  readonly silentAfterMs: number;
  readonly #connections = new Map<string, Connection>();
  readonly #inHand = new Map<string, InHand>();
  readonly #timers: NodeJS.Timeout[];
  #beating: Promise<void> | null = null;
  #renewing: Promise<void> | null = null;
  #stopped = false;

  constructor(readonly options: DeskOptions) {
    this.queue = agentQueue(options.processId);
    this.silentAfterMs = options.heartbeatMs * MISSED_HEARTBEATS;
    this.#timers = [
      setInterval(() => void (this.#beating ??= this.#beat().finally(() => (this.#beating = null))), BEAT_MS),
      setInterval(() => void (this.#renewing ??= this.#renew().finally(() => (this.#renewing = null))), RENEW_MS),
    ];
    for (const timer of this.#timers) timer.unref();
  }

  /** Takes nothing more: its process ends. */
  get stopped(): boolean {
    return this.#stopped;
  }

  /** The activity: null when its task is in hand now, and its outcome comes later; the outcome when it is known. Fault `agent.lost`. */
  async take(task: AgentTask, waiting: WaitingActivity): Promise<TaskOutcome | null> {
    const agent = { tenant: task.tenant, id: task.agentId };
    if (this.#stopped || !this.#knows(agent)) throw this.#notHere(task);
    const claimed = await this.options.tasks.claim({ task, agent, waiting, asking: false });
    if (claimed.state === 'settled') return claimed.outcome;
    this.#hold(claimed.held);
    return null;
  }

  #notHere(task: AgentTask): Fault {
    return faultOf({ state: 'failed', fault: { kind: 'unavailable', code: 'agent.lost', message: 'The agent is not connected.', facts: taskFacts(task) } });
  }

  /** Connected here, or dropped with a task in hand and not yet given up. */
  #knows(agent: AgentRef): boolean {
    return this.#connections.has(keyOf(agent)) || [...this.#inHand.values()].some(({ held }) => keyOf(held.agent) === keyOf(agent));
  }

  #hold(held: HeldTask): void {
    const key = taskKey(held.task);
    const known = this.#inHand.get(key);
    if (known) {
      known.waiting = held.waiting;
      return;
    }
    const connection = this.#connections.get(keyOf(held.agent));
    const left = held.claimedAt + held.task.timeoutMs - Date.now();
    const deadline = setTimeout(() => void this.#end(key, late(held), 'timeout'), Math.min(Math.max(0, left), held.task.timeoutMs));
    deadline.unref();
    this.#inHand.set(key, { held, waiting: held.waiting, deadline, lostAt: connection ? null : performance.now() + this.silentAfterMs, settling: false });
    if (!held.asked) connection?.give(held);
  }

  /** An agent has registered: its older connection here ends, and its tasks are in hand here from now on. */
  async attach(connection: Connection): Promise<readonly HeldTask[]> {
    const key = keyOf(connection.agent);
    const older = this.#connections.get(key);
    if (older && older !== connection) older.close('replaced');
    this.#connections.set(key, connection);
    const open = await this.options.tasks.openOf(connection.agent);
    for (const held of open) {
      const inHand = this.#inHand.get(taskKey(held.task));
      if (!inHand) this.#hold(held);
      else {
        inHand.lostAt = null;
        if (!held.asked) connection.give(held);
      }
    }
    return open;
  }

  /** The connection is over; what its agent had in hand waits for its return. `left`: it said that it does not come back. */
  detach(connection: Connection, { left }: { readonly left: boolean }): void {
    const key = keyOf(connection.agent);
    if (this.#connections.get(key) !== connection) return;
    this.#connections.delete(key);
    const until = left ? 0 : connection.lastSeenAt + this.silentAfterMs;
    for (const inHand of this.#inHand.values()) if (keyOf(inHand.held.agent) === key) inHand.lostAt = until;
  }

  /** Whether the task is still this agent's to do, and nobody knows its outcome. */
  heldBy(agent: AgentRef, taskId: string): HeldTask | null {
    const inHand = this.#inHand.get(taskKey({ tenant: agent.tenant, taskId }));
    return inHand && keyOf(inHand.held.agent) === keyOf(agent) ? inHand.held : null;
  }

  /** What the agent says became of its task. False: it was settled before. */
  async deliver(held: HeldTask, outcome: TaskOutcome): Promise<boolean> {
    return this.#end(taskKey(held.task), outcome, null);
  }

  /** Settles once, tells the activity, and lets go. `tellAgent`: why the agent is told to stop. */
  async #end(key: string, outcome: TaskOutcome, tellAgent: string | null): Promise<boolean> {
    const inHand = this.#inHand.get(key);
    if (!inHand || inHand.settling) return false;
    inHand.settling = true;
    const { held, waiting } = inHand;
    try {
      const settled = await this.options.tasks.settle(held.task.tenant, held.task.taskId, held.agent, outcome);
      this.#letGo(key);
      if (tellAgent !== null) this.#connections.get(keyOf(held.agent))?.cancel(held.task, tellAgent);
      if (!settled) return false;
      await this.options.reports.tell(settled, outcome);
      await this.options.tasks.told(held.task.tenant, held.task.taskId);
      return true;
    } catch (problem) {
      // What is settled and untold is told by a later look; what is not settled is tried again by whoever wanted it settled.
      this.options.log.debug({ err: problem, taskId: held.task.taskId, activity: waiting.activityId }, 'the outcome of a task could not be told yet');
      if (!this.#inHand.has(key)) return true;
      inHand.settling = false;
      if (outcome.state === 'completed') throw problem;
      return false;
    }
  }

  #letGo(key: string): void {
    clearTimeout(this.#inHand.get(key)?.deadline);
    this.#inHand.delete(key);
  }

  async #beat(): Promise<void> {
    const keys = [...this.#inHand.keys()];
    const next = async (): Promise<void> => {
      for (let key = keys.pop(); key !== undefined; key = keys.pop()) await this.#beatOne(key);
    };
    await Promise.all(Array.from({ length: BEATS_AT_ONCE }, next));
  }

  async #beatOne(key: string): Promise<void> {
    const inHand = this.#inHand.get(key);
    if (!inHand || inHand.settling) return;
    if (inHand.lostAt !== null && performance.now() >= inHand.lostAt) return this.#giveUp(key, inHand);
    const wanted = await this.options.reports.heartbeat(inHand.waiting).catch(() => 'unknown' as const);
    if (wanted === 'cancelled') await this.#end(key, { state: 'cancelled', reason: 'the execution was cancelled' }, 'cancelled');
    // The activity ran out, or its workflow is over: nobody wants the result.
    else if (wanted === 'gone') await this.#end(key, { state: 'cancelled', reason: 'nobody waits for it any more' }, 'cancelled');
  }

  /** The agent did not come back here. When another process has it, that one speaks for its tasks. */
  async #giveUp(key: string, { held }: InHand): Promise<void> {
    const queue = await this.options.registry.queueOf(held.agent).catch(() => undefined);
    if (queue === undefined) return;
    if (queue !== null && queue !== this.queue) return this.#letGo(key);
    const inHand = this.#inHand.get(key);
    if (inHand && inHand.lostAt !== null) await this.#end(key, lost(held, 'The agent gave no sign of life, or left, while it had the task.'), null);
  }

  async #renew(): Promise<void> {
    const now = performance.now();
    for (const connection of this.#connections.values()) if (now - connection.lastSeenAt > this.silentAfterMs) connection.close('silent');
    const mine = [...this.#connections.values()];
    const { registry, log } = this.options;
    try {
      if (mine.length > 0) {
        const beats = mine.map(({ agent, connectionId, lastSeenAt }) => ({ agent, connectionId, heartbeatAgoMs: Math.max(0, now - lastSeenAt) }));
        const held = new Map((await registry.renew(beats, ALIVE_FOR_MS)).map(({ connectionId, mode }) => [connectionId, mode]));
        for (const connection of mine) {
          const mode = held.get(connection.connectionId);
          if (mode !== undefined) connection.onMode(mode);
          else if (this.#connections.get(keyOf(connection.agent)) === connection) await this.#dispossess(connection);
        }
      }
      await this.#tellUntold();
    } catch (problem) {
      log.debug({ err: problem }, 'the registry of agents could not be renewed; it is tried again');
    }
  }

  /** Its row says that it is not connected, or that another connection is: by an operator, or because the agent came to another process. */
  async #dispossess(connection: Connection): Promise<void> {
    const queue = await this.options.registry.queueOf(connection.agent);
    connection.close(queue !== null && queue !== this.queue ? 'replaced' : 'disconnected');
  }

  async #tellUntold(): Promise<void> {
    for (const { tenant, taskId, waiting, outcome } of await this.options.tasks.untold(UNTOLD_AFTER_MS)) {
      await this.options.reports.tell(waiting, outcome);
      await this.options.tasks.told(tenant, taskId);
    }
  }

  /** An operator's wish that cannot wait for the next look. */
  disconnect(agent: AgentRef): void {
    this.#connections.get(keyOf(agent))?.close('disconnected');
  }

  aliveForMs(): number {
    return ALIVE_FOR_MS;
  }

  /** Agents are told to come again, to whoever answers then; their tasks stay open for them. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const timer of this.#timers) clearInterval(timer);
    for (const connection of [...this.#connections.values()]) connection.close('restart');
    await Promise.all([this.#beating, this.#renewing]);
    for (const key of [...this.#inHand.keys()]) this.#letGo(key);
  }
}
