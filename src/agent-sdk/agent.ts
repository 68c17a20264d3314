/**
 * `everthread/agent`: an agent that performs tasks of patterns, in a process of your own.
 *
 * @example
 * import { runAgent } from 'everthread/agent';
 *
 * runAgent({
 *   url: 'ws://127.0.0.1:8080/ws/agent',
 *   id: 'classifier-1',
 *   capabilities: ['classification'],
 *   perform: async ({ input }) => ({ result: { category: 'technology' }, confidence: 0.9 }),
 * });
 */
import { randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';
import { hear, type Heard, type Said } from './wire';
import { Work, type Perform } from './work';

export { TaskError, type Perform, type TaskAnswer } from './work';
export type { Task } from './wire';

export interface AgentOptions {
  /** `ws://…/ws/agent` or `wss://…/ws/agent`. */
  readonly url: string;
  /** Where the API is not open: an API key or a token with the scope `agents:write`. */
  readonly credential?: string;
  /** The same in every life of this agent: its statistics and its tasks belong to it. Without it every connection is a new agent. */
  readonly id?: string;
  readonly capabilities: readonly string[];
  /** `name`, `model`, `version` and `region` have a meaning; the rest is shown. */
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** Default 1. */
  readonly maxConcurrentTasks?: number;
  readonly perform: Perform;
  /** Told of connections, losses and refusals. */
  readonly log?: (message: string, facts: Readonly<Record<string, unknown>>) => void;
}

export interface RunningAgent {
  /** Resolves with the agent's id when it is registered for the first time. */
  readonly registered: Promise<string>;
  /** Resolves after `stop`, rejects when the agent may not connect any more: its credential is refused, an operator disconnected it, or another process has taken its id. */
  readonly ended: Promise<void>;
  readonly activeTasks: number;
  /** Takes no more tasks, finishes those in hand for at most `withinMs` (default 10 s), says goodbye. */
  stop(options?: { readonly withinMs?: number }): Promise<void>;
}

/** Why an agent ended that was not told to. */
export class AgentEnded extends Error {
  constructor(
    readonly reason: 'refused' | 'disconnected' | 'replaced',
    message: string,
  ) {
    super(message);
    this.name = 'AgentEnded';
  }
}

/** min(1 s · 2^n, 30 s), n counted from the loss. */
export const reconnectDelayMs = (attempt: number): number => Math.min(1_000 * 2 ** attempt, 30_000);

const HANDSHAKE_MS = 10_000;
const CLOSE = { disconnected: 4001, replaced: 4002, policy: 1008 } as const;

class Agent implements RunningAgent {
  readonly registered: Promise<string>;
  readonly ended: Promise<void>;
  readonly #work: Work;
  #socket: WebSocket | null = null;
  #isRegistered = false;
  #attempt = 0;
  #stopping = false;
  #heardAt = 0;
  readonly #sent = new Map<string, Said>();
  #retry: NodeJS.Timeout | undefined;
  #heartbeat: NodeJS.Timeout | undefined;
  #onRegistered!: (id: string) => void;
  #onEnded!: (problem: Error | null) => void;

  constructor(private readonly options: AgentOptions) {
    this.#work = new Work(options.perform, options.maxConcurrentTasks ?? 1, (said) => this.#say(said));
    this.registered = new Promise((resolve) => (this.#onRegistered = resolve));
    this.ended = new Promise((resolve, reject) => (this.#onEnded = (problem) => (problem ? reject(problem) : resolve())));
    // Who does not look at it must not be ended by it.
    this.ended.catch(() => undefined);
    this.#connect();
  }

  get activeTasks(): number {
    return this.#work.active;
  }

  #log(message: string, facts: Readonly<Record<string, unknown>> = {}): void {
    this.options.log?.(message, facts);
  }

  #connect(): void {
    const { url, credential, id, capabilities } = this.options;
    const headers = {
      ...(credential !== undefined && { Authorization: `Bearer ${credential}` }),
      ...(id !== undefined && { 'X-Agent-Id': id }),
      'X-Agent-Capabilities': capabilities.join(','),
    };
    const socket = new WebSocket(url, { headers, handshakeTimeout: HANDSHAKE_MS, perMessageDeflate: false });
    this.#socket = socket;
    socket.on('open', () => this.#register());
    socket.on('message', (data) => this.#hear(String(data)));
    socket.on('unexpected-response', (_request, response) => {
      const { statusCode = 0 } = response;
      response.resume();
      if (statusCode === 401 || statusCode === 403 || statusCode === 400) this.#end('refused', `The server refused the connection with ${statusCode}.`);
      else this.#onClose(socket, statusCode);
      socket.terminate();
    });
    socket.on('error', (problem) => this.#log('connection failed', { reason: problem.message }));
    socket.on('close', (code) => this.#onClose(socket, code));
  }

  #register(): void {
    this.#heardAt = performance.now();
    const { capabilities, metadata = {}, maxConcurrentTasks = 1 } = this.options;
    this.#send({ type: 'register', payload: { capabilities, metadata, config: { maxConcurrentTasks } } });
  }

  #say(said: Said): void {
    // What cannot be said now is said after the next registration.
    if (this.#isRegistered) this.#send(said);
  }

  #send({ type, payload }: Said): string {
    const id = randomUUID();
    if (type === 'task_result' || type === 'task_error') {
      this.#sent.set(id, { type, payload });
      if (this.#sent.size > 100) this.#sent.delete(this.#sent.keys().next().value as string);
    }
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify({ type, id, timestamp: new Date().toISOString(), payload }));
    return id;
  }

  #hear(text: string): void {
    this.#heardAt = performance.now();
    const message = hear(text);
    if (!message) return;
    if (message.type === 'registered') this.#onWelcome(message.payload);
    else if (message.type === 'task') this.#work.take(message.payload);
    else if (message.type === 'task_cancelled') this.#work.cancel(message.payload.taskId, message.payload.reason);
    else if (message.type === 'error') this.#onError(message);
    else if (message.type === 'config_update') this.#log('configuration changed', { ...message.payload });
  }

  #onWelcome({ agentId, config, openTasks }: Extract<Heard, { type: 'registered' }>['payload']): void {
    this.#isRegistered = true;
    this.#attempt = 0;
    this.#log('registered', { agentId });
    clearInterval(this.#heartbeat);
    this.#heartbeat = setInterval(() => this.#beat(config.heartbeatInterval), config.heartbeatInterval);
    this.#work.settle(openTasks);
    this.#onRegistered(agentId);
  }

  #beat(intervalMs: number): void {
    if (performance.now() - this.#heardAt > intervalMs * 3) {
      this.#log('the server is silent');
      this.#socket?.terminate();
      return;
    }
    const { heapUsed } = process.memoryUsage();
    const status = this.#stopping ? 'draining' : 'available';
    this.#send({ type: 'heartbeat', payload: { status, activeTasks: this.#work.active, metrics: { ...this.#work.metrics, memoryUsage: heapUsed } } });
  }

  #onError({ id, payload: { code, message, fatal } }: Extract<Heard, { type: 'error' }>): void {
    this.#log('the server complains', { code, message, fatal });
    const said = this.#sent.get(id);
    this.#sent.delete(id);
    if (code === 'AUTHENTICATION_EXPIRED') this.#end('refused', message);
    else if (code === 'INVALID_MESSAGE' && said?.type === 'task_result') this.#work.withdraw(said, message);
    else if (code === 'PROCESSING_ERROR' && said) setTimeout(() => this.#work.repeat(said), 1_000).unref();
  }

  #onClose(socket: WebSocket, code: number): void {
    if (socket !== this.#socket) return;
    this.#socket = null;
    this.#isRegistered = false;
    clearInterval(this.#heartbeat);
    if (this.#stopping) return;
    if (code === CLOSE.disconnected) return this.#end('disconnected', 'An operator disconnected this agent.');
    if (code === CLOSE.replaced) return this.#end('replaced', 'Another process connected as this agent.');
    if (code === CLOSE.policy) return this.#end('refused', 'The server ended the connection.');
    const delay = reconnectDelayMs(this.#attempt++);
    this.#log('connection lost', { code, reconnectInMs: delay });
    this.#retry = setTimeout(() => this.#connect(), delay);
  }

  #end(reason: AgentEnded['reason'], message: string): void {
    if (this.#stopping) return;
    this.#stopping = true;
    this.#leave();
    this.#work.cancelAll(message);
    this.#onEnded(new AgentEnded(reason, message));
  }

  #leave(): void {
    clearTimeout(this.#retry);
    clearInterval(this.#heartbeat);
    this.#isRegistered = false;
    this.#socket?.close(1000);
  }

  async stop({ withinMs = 10_000 }: { readonly withinMs?: number } = {}): Promise<void> {
    if (this.#stopping) return;
    this.#stopping = true;
    this.#say({ type: 'status_update', payload: { status: 'draining', reason: 'the agent stops' } });
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([this.#work.idle(), new Promise((resolve) => (timer = setTimeout(resolve, withinMs)))]);
    clearTimeout(timer);
    this.#work.cancelAll('the agent stops');
    this.#say({ type: 'disconnect', payload: { reason: 'the agent stops', graceful: true } });
    const socket = this.#socket;
    this.#leave();
    // A server that does not answer the goodbye is not waited for.
    const cut = setTimeout(() => socket?.terminate(), 1_000);
    if (socket && socket.readyState !== WebSocket.CLOSED) await new Promise<void>((resolve) => socket.once('close', () => resolve()));
    clearTimeout(cut);
    this.#onEnded(null);
  }
}

/** Connects, stays connected, and performs what it is given, until it is stopped. Never throws: what ends the agent is told by `ended`. */
export const runAgent = (options: AgentOptions): RunningAgent => new Agent(options);
