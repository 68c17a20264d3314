/** One connection of one agent: what its messages mean (src/contracts/agent/protocol.ts), and what it is sent. */
import type { WebSocket } from 'ws';
import type { AgentMode } from '../contracts/agent/agent';
import type { AgentRef, HeldTask } from '../contracts/agent/outcome';
import { CLOSE_CODES, FROM_AGENT, isFromAgent, PROTOCOL_LIMITS, type AgentEnvelope, type PayloadOf } from '../contracts/agent/protocol';
import { parse } from '../contracts/parse';
import type { AgentTask } from '../contracts/agent/task';
import { answered, refused, sentTask } from '../domain/agent/task-outcome';
import { Fault } from '../errors/fault';
import { AgentChannel } from './channel';
import type { AgentDesk, Connection } from './desk';
import { Outbox } from './outbox';

export interface SessionStart {
  readonly agent: AgentRef;
  readonly connectionId: string;
  /** Of the header `X-Agent-Capabilities`. */
  readonly capabilities: readonly string[];
  /** Who connected, for the registry. */
  readonly by: string;
}

/** The task timeout that is announced; each task says its own. */
const TASK_TIMEOUT_MS = 30_000;

const CLOSINGS = {
  disconnected: [CLOSE_CODES.disconnected, 'an operator disconnected this agent'],
  replaced: [CLOSE_CODES.replaced, 'this agent connected anew'],
  silent: [CLOSE_CODES.silent, 'no heartbeat came'],
  restart: [1012, 'the server restarts'],
} as const;

export class AgentSession implements Connection {
  readonly agent: AgentRef;
  readonly connectionId: string;
  readonly #channel: AgentChannel;
  readonly #outbox = new Outbox();
  #registered = false;
  /** The registry names this connection. */
  #inRegistry = false;
  /** Not before `registered` is sent: what the agent has in hand is said there, and it stops everything else. */
  #gives = false;
  #left = false;
  /** As the agent knows it: it learns only of what is otherwise. */
  #mode: AgentMode = 'active';
  #capabilities: readonly string[];
  readonly #unregistered: NodeJS.Timeout;

  constructor(
    socket: WebSocket,
    private readonly start: SessionStart,
    private readonly desk: AgentDesk,
  ) {
    this.agent = start.agent;
    this.connectionId = start.connectionId;
    this.#capabilities = start.capabilities;
    this.#channel = new AgentChannel(socket, (message) => this.#act(message), desk.options.log);
    const withinMs = desk.options.registerWithinMs ?? PROTOCOL_LIMITS.registerWithinMs;
    this.#unregistered = setTimeout(() => this.#channel.endWith('TIMEOUT', `No register came within ${withinMs} ms.`), withinMs);
    socket.once('close', () => void this.#onClose());
  }

  get lastSeenAt(): number {
    return this.#channel.lastSeenAt;
  }

  async #act({ type, id, payload }: AgentEnvelope): Promise<void> {
    if (!isFromAgent(type)) throw new Fault('invalid', 'agent.message_invalid', `type: expected one of ${Object.keys(FROM_AGENT).join(', ')}`);
    if (!this.#registered && type !== 'register' && type !== 'disconnect')
      throw new Fault('invalid', 'agent.message_invalid', 'type: expected register before anything else');
    const read = <T extends keyof typeof FROM_AGENT>(what: T): PayloadOf<T> => parse(FROM_AGENT[what], payload, 'agent.message_invalid') as PayloadOf<T>;
    switch (type) {
      case 'register':
        return this.#register(read('register'), id);
      case 'heartbeat':
        read('heartbeat');
        this.#channel.send('heartbeat_ack', { serverTime: new Date().toISOString(), nextHeartbeat: this.desk.options.heartbeatMs }, id);
        return;
      case 'task_result':
        return this.#onResult(read('task_result'));
      case 'task_error':
        return this.#onError(read('task_error'));
      case 'status_update':
        return this.#onStatus(read('status_update'));
      case 'disconnect':
        read('disconnect');
        this.#left = true;
        this.#channel.close(1000, 'goodbye');
        return;
    }
  }

  async #register({ capabilities, metadata, config }: PayloadOf<'register'>, id: string): Promise<void> {
    const { options, queue, silentAfterMs } = this.desk;
    if (this.desk.stopped) return this.close('restart');
    await options.ready();
    this.#capabilities = capabilities ?? this.#capabilities;
    this.#outbox.limit = config.maxConcurrentTasks ?? null;
    await options.registry.connect({
      ...{ agent: this.agent, connectionId: this.connectionId, taskQueue: queue, silentAfterMs, aliveForMs: this.desk.aliveForMs(), by: this.start.by },
      ...{ name: textOf(metadata['name']) ?? this.agent.id, region: textOf(metadata['region']), metadata, capabilities: this.#capabilities },
      maxConcurrentTasks: config.maxConcurrentTasks ?? null,
    });
    this.#inRegistry = true;
    if (!this.#channel.isOpen) return this.#release();
    clearTimeout(this.#unregistered);
    this.#gives = false;
    const open = await this.desk.attach(this);
    const asked = open.filter((held) => held.asked).map(({ task }) => task.taskId);
    for (const taskId of asked) this.#outbox.alreadySent(taskId);
    this.#channel.send(
      'registered',
      {
        agentId: this.agent.id,
        capabilities: this.#capabilities,
        config: {
          heartbeatInterval: options.heartbeatMs,
          taskTimeout: config.taskTimeout ?? TASK_TIMEOUT_MS,
          ...(config.maxConcurrentTasks !== undefined && { maxConcurrentTasks: config.maxConcurrentTasks }),
        },
        openTasks: asked,
      },
      id,
    );
    this.#registered = true;
    this.#gives = true;
    void this.#giveNext();
  }

  async #onResult({ taskId, ...said }: PayloadOf<'task_result'>): Promise<void> {
    const held = await this.#heldTask(taskId);
    const duration = said.duration ?? Date.now() - (held.askedAt ?? held.claimedAt);
    const delivered = await this.desk.deliver(held, answered(held.task, duration, said));
    this.#done(taskId);
    if (!delivered) throw tooLate(taskId);
  }

  async #onError({ taskId, error, retryable }: PayloadOf<'task_error'>): Promise<void> {
    const held = await this.#heldTask(taskId);
    const delivered = await this.desk.deliver(held, refused(held.task, error, retryable));
    this.#done(taskId);
    if (!delivered) throw tooLate(taskId);
  }

  async #heldTask(taskId: string): Promise<HeldTask> {
    const held = this.desk.heldBy(this.agent, taskId);
    if (held) return held;
    this.#done(taskId);
    const state = await this.desk.options.tasks.state(this.agent.tenant, taskId, this.agent);
    if (state === null) throw new Fault('not_found', 'agent.task_unknown', `taskId: this agent was not given a task ${taskId}`);
    throw tooLate(taskId);
  }

  async #onStatus({ status, capabilities, maxTasks }: PayloadOf<'status_update'>): Promise<void> {
    if (capabilities) this.#capabilities = capabilities;
    if (maxTasks !== undefined) this.#outbox.limit = maxTasks;
    await this.desk.options.registry.describe(this.agent, this.connectionId, { load: status, capabilities, maxConcurrentTasks: maxTasks });
    void this.#giveNext();
  }

  give(held: HeldTask): void {
    if (!this.#outbox.add(held)) {
      void this.desk.deliver(held, refused(held.task, { code: 'REJECTED', message: 'Too many tasks wait for this agent.' }, true));
      return;
    }
    void this.#giveNext();
  }

  async #giveNext(): Promise<void> {
    // Without a socket they wait for the agent's return, and are known not to have been sent.
    for (let held = this.#nextTask(); held; held = this.#nextTask()) {
      const { task } = held;
      const still = await this.desk.options.tasks.asked(task.tenant, task.taskId).catch(() => null);
      if (still === true) this.#channel.send('task', sentTask(task, Math.max(1, held.claimedAt + task.timeoutMs - Date.now())));
      else {
        this.#outbox.remove(task.taskId);
        // The database did not answer: it is not known to have been asked, and is not.
        if (still === null)
          void this.desk.deliver(held, refused(task, { code: 'REJECTED', message: 'The task could not be handed over.' }, true)).catch(() => undefined);
      }
    }
  }

  #nextTask(): HeldTask | null {
    return this.#gives && this.#channel.isOpen ? this.#outbox.next() : null;
  }

  #done(taskId: string): void {
    this.#outbox.remove(taskId);
    void this.#giveNext();
  }

  cancel({ taskId, executionId }: AgentTask, reason: string): void {
    if (this.#outbox.remove(taskId)) this.#channel.send('task_cancelled', { taskId, executionId, reason });
    void this.#giveNext();
  }

  onMode(mode: AgentMode): void {
    if (this.#mode !== mode) this.#channel.send('config_update', { config: { status: mode }, reason: 'an operator changed it' });
    this.#mode = mode;
  }

  close(why: keyof typeof CLOSINGS): void {
    const [code, reason] = CLOSINGS[why];
    this.#left ||= why === 'disconnected';
    this.desk.detach(this, { left: this.#left });
    this.#channel.close(code, reason);
    if (why === 'silent') this.#channel.cut();
  }

  async #onClose(): Promise<void> {
    clearTimeout(this.#unregistered);
    this.desk.detach(this, { left: this.#left });
    await this.#release();
  }

  async #release(): Promise<void> {
    if (!this.#inRegistry) return;
    this.#inRegistry = false;
    const { registry, log } = this.desk.options;
    await registry
      .release(this.agent, this.connectionId)
      .catch((problem: unknown) => log.debug({ err: problem }, 'a connection could not be released; it runs out by itself'));
  }
}

const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value.slice(0, 200) : null);
const tooLate = (taskId: string): Fault => new Fault('deadline', 'agent.task_over', `taskId: the outcome of ${taskId} is known already`);
