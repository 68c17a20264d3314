/**
 * One connection of one agent: the protocol of src/contracts/agent/protocol.ts on a WebSocket. Messages are worked through one after the other, in the order in which they came;
 * while they wait the socket is not read.
 */
import { randomUUID } from 'node:crypto';
import type { RawData, WebSocket } from 'ws';
import type { AgentMode } from '../contracts/agent/agent';
import type { AgentRef, HeldTask } from '../contracts/agent/outcome';
import {
  AgentEnvelope,
  CLOSE_CODES,
  FROM_AGENT,
  isFromAgent,
  PROTOCOL_LIMITS,
  type PayloadOf,
  type ProtocolError,
  type ToAgent,
} from '../contracts/agent/protocol';
import { parse } from '../contracts/parse';
import type { AgentTask } from '../contracts/agent/task';
import { answered, refused } from '../domain/agent/task-outcome';
import { Fault, faultFrom } from '../errors/fault';
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

/** Messages that wait to be worked through before the socket is held back. */
const QUEUE_MAX = 20;
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
  lastSeenAt = performance.now();
  readonly #outbox = new Outbox();
  #registered = false;
  #left = false;
  #mode: AgentMode | null = null;
  #capabilities: readonly string[];
  #work: Promise<void> = Promise.resolve();
  #queued = 0;
  #second = { startedAt: 0, messages: 0, told: false };
  #invalid = 0;
  #pause: NodeJS.Timeout | undefined;
  readonly #unregistered: NodeJS.Timeout;

  constructor(
    private readonly socket: WebSocket,
    private readonly start: SessionStart,
    private readonly desk: AgentDesk,
  ) {
    this.agent = start.agent;
    this.connectionId = start.connectionId;
    this.#capabilities = start.capabilities;
    this.#unregistered = setTimeout(
      () => this.#endWith('TIMEOUT', `No register came within ${PROTOCOL_LIMITS.registerWithinMs} ms.`, 1008),
      PROTOCOL_LIMITS.registerWithinMs,
    );
    socket.on('message', (data, isBinary) => this.#onMessage(data, isBinary));
    socket.on('pong', () => (this.lastSeenAt = performance.now()));
    socket.once('close', () => void this.#onClose());
  }

  #send<T extends keyof ToAgent>(type: T, payload: ToAgent[T], id: string = randomUUID()): boolean {
    if (this.socket.readyState !== this.socket.OPEN) return false;
    if (this.socket.bufferedAmount > PROTOCOL_LIMITS.unsentBytes) {
      this.socket.terminate();
      return false;
    }
    this.socket.send(JSON.stringify({ type, id, timestamp: new Date().toISOString(), payload }));
    return true;
  }

  #error(code: ProtocolError, message: string, id?: string, fatal = false): void {
    this.#send('error', { code, message, fatal }, id);
  }

  #endWith(code: ProtocolError, message: string, closeCode: number): void {
    this.#error(code, message, undefined, true);
    this.socket.close(closeCode, message.slice(0, 100));
  }

  #onMessage(data: RawData, isBinary: boolean): void {
    this.lastSeenAt = performance.now();
    this.#throttle();
    this.#queued += 1;
    if (this.#queued >= QUEUE_MAX) this.socket.pause();
    this.#work = this.#work
      .then(() => this.#read(data, isBinary))
      .catch((problem: unknown) => this.desk.options.log.warn({ err: problem, agent: this.agent.id }, 'a message of an agent could not be worked through'))
      .then(() => {
        this.#queued -= 1;
        if (this.#queued < QUEUE_MAX && this.#pause === undefined) this.socket.resume();
      });
  }

  /** More than the limit in one second: the agent is told, and the rest waits for the next second. Nothing is dropped. */
  #throttle(): void {
    const now = performance.now();
    if (now - this.#second.startedAt >= 1_000) this.#second = { startedAt: now, messages: 0, told: false };
    this.#second.messages += 1;
    if (this.#second.messages <= PROTOCOL_LIMITS.messagesPerSecond || this.#second.told) return;
    this.#second.told = true;
    this.#error('REJECTED', `More than ${PROTOCOL_LIMITS.messagesPerSecond} messages came in a second; what comes now waits.`);
    this.socket.pause();
    this.#pause = setTimeout(
      () => {
        this.#pause = undefined;
        if (this.#queued < QUEUE_MAX) this.socket.resume();
      },
      1_000 - (now - this.#second.startedAt),
    );
  }

  async #read(data: RawData, isBinary: boolean): Promise<void> {
    let id: string | undefined;
    try {
      if (isBinary) throw new Fault('invalid', 'agent.message_invalid', '(message): expected text');
      const said = readJson(String(data));
      const given = (said as { id?: unknown } | null)?.id;
      if (typeof given === 'string' && given.length <= 128) id = given;
      const envelope = parse(AgentEnvelope, said, 'agent.message_invalid');
      await this.#act(envelope);
      this.#invalid = 0;
    } catch (thrown) {
      this.#refuse(faultFrom(thrown), id);
    }
  }

  #refuse(fault: Fault, id: string | undefined): void {
    if (fault.kind === 'invalid') {
      this.#invalid += 1;
      this.#error('INVALID_MESSAGE', fault.message, id);
      if (this.#invalid >= PROTOCOL_LIMITS.invalidInARow) this.#endWith('INVALID_MESSAGE', 'Too many messages made no sense.', 1008);
      return;
    }
    if (fault.kind === 'internal' || fault.kind === 'unavailable') {
      this.desk.options.log.warn({ err: fault, agent: this.agent.id }, 'a message of an agent failed');
      return this.#error('PROCESSING_ERROR', 'The message could not be worked through now; send it again.', id);
    }
    this.#error(fault.kind === 'deadline' ? 'TIMEOUT' : 'REJECTED', fault.message, id);
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
        this.#send('heartbeat_ack', { serverTime: new Date().toISOString(), nextHeartbeat: this.desk.options.heartbeatMs }, id);
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
        this.socket.close(1000, 'goodbye');
        return;
    }
  }

  async #register({ capabilities, metadata, config }: PayloadOf<'register'>, id: string): Promise<void> {
    const { options, queue, silentAfterMs } = this.desk;
    await options.ready();
    this.#capabilities = capabilities ?? this.#capabilities;
    this.#outbox.limit = config.maxConcurrentTasks ?? null;
    await options.registry.connect({
      ...{ agent: this.agent, connectionId: this.connectionId, taskQueue: queue, silentAfterMs, aliveForMs: this.desk.aliveForMs(), by: this.start.by },
      ...{ name: textOf(metadata['name']) ?? this.agent.id, region: textOf(metadata['region']), metadata, capabilities: this.#capabilities },
      maxConcurrentTasks: config.maxConcurrentTasks ?? null,
    });
    if (this.socket.readyState !== this.socket.OPEN) return this.desk.options.registry.release(this.agent, this.connectionId);
    clearTimeout(this.#unregistered);
    this.#registered = true;
    const open = await this.desk.attach(this);
    const asked = open.filter((held) => held.asked).map(({ task }) => task.taskId);
    for (const taskId of asked) this.#outbox.alreadySent(taskId);
    this.#send(
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
    if (this.#registered) void this.#giveNext();
  }

  async #giveNext(): Promise<void> {
    for (let held = this.#outbox.next(); held; held = this.#outbox.next()) {
      const { task } = held;
      const still = await this.desk.options.tasks.asked(task.tenant, task.taskId).catch(() => null);
      if (still === true) this.#send('task', { ...shown(task), timeout: Math.max(1, held.claimedAt + task.timeoutMs - Date.now()) });
      else {
        this.#outbox.remove(task.taskId);
        // The database did not answer: it is not known to have been asked, and is not.
        if (still === null)
          void this.desk.deliver(held, refused(task, { code: 'REJECTED', message: 'The task could not be handed over.' }, true)).catch(() => undefined);
      }
    }
  }

  #done(taskId: string): void {
    this.#outbox.remove(taskId);
    void this.#giveNext();
  }

  cancel({ taskId, executionId }: AgentTask, reason: string): void {
    if (this.#outbox.remove(taskId)) this.#send('task_cancelled', { taskId, executionId, reason });
    void this.#giveNext();
  }

  onMode(mode: AgentMode): void {
    if (this.#mode !== null && this.#mode !== mode) this.#send('config_update', { config: { status: mode }, reason: 'an operator changed it' });
    this.#mode = mode;
  }

  close(why: keyof typeof CLOSINGS): void {
    const [code, reason] = CLOSINGS[why];
    this.#left ||= why === 'disconnected';
    this.desk.detach(this, { left: this.#left });
    this.socket.close(code, reason);
    // A peer that is not there any more does not answer a close.
    if (why === 'silent') this.socket.terminate();
  }

  async #onClose(): Promise<void> {
    clearTimeout(this.#unregistered);
    clearTimeout(this.#pause);
    this.desk.detach(this, { left: this.#left });
    if (this.#registered)
      await this.desk.options.registry
        .release(this.agent, this.connectionId)
        .catch((problem: unknown) => this.desk.options.log.debug({ err: problem }, 'a connection could not be released; it runs out by itself'));
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Fault('invalid', 'agent.message_invalid', '(message): expected JSON');
  }
}

const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value.slice(0, 200) : null);
const tooLate = (taskId: string): Fault => new Fault('deadline', 'agent.task_over', `taskId: the outcome of ${taskId} is known already`);

const shown = ({
  taskId,
  executionId,
  patternName,
  patternVersion,
  capability,
  input,
  instructions,
  priority,
  context,
  outputSchema,
}: AgentTask): Omit<ToAgent['task'], 'timeout'> => ({
  ...{ taskId, executionId, patternName, patternVersion, capability, input, priority, context },
  ...(instructions !== undefined && { instructions }),
  ...(outputSchema !== undefined && { outputSchema }),
});
