/**
 * Messages on the socket of an agent, as envelopes. They are worked through one after the other, in the order in which they came; while many wait, or more than the limit came in
 * a second, the socket is not read. What makes no sense is answered, and too much of it ends the connection.
 */
import { randomUUID } from 'node:crypto';
import type { RawData, WebSocket } from 'ws';
import { AgentEnvelope, PROTOCOL_LIMITS, type ProtocolError, type ToAgent } from '../contracts/agent/protocol';
import { parse } from '../contracts/parse';
import { Fault, faultFrom } from '../errors/fault';
import type { DeskLog } from './ports';

/** Messages that wait to be worked through before the socket is held back. */
const QUEUE_MAX = 20;

export class AgentChannel {
  /** By `performance.now`. Only messages count: a pong says that a socket lives, not that an agent does. */
  lastSeenAt = performance.now();
  #work: Promise<void> = Promise.resolve();
  #queued = 0;
  #second = { startedAt: 0, messages: 0 };
  #invalid = 0;
  #held: NodeJS.Timeout | undefined;

  constructor(
    private readonly socket: WebSocket,
    private readonly act: (message: AgentEnvelope) => Promise<void>,
    private readonly log: DeskLog,
  ) {
    socket.on('message', (data, isBinary) => this.#onMessage(data, isBinary));
    socket.once('close', () => clearTimeout(this.#held));
  }

  get isOpen(): boolean {
    return this.socket.readyState === this.socket.OPEN;
  }

  send<T extends keyof ToAgent>(type: T, payload: ToAgent[T], id: string = randomUUID()): void {
    if (!this.isOpen) return;
    if (this.socket.bufferedAmount > PROTOCOL_LIMITS.unsentBytes) this.socket.terminate();
    else this.socket.send(JSON.stringify({ type, id, timestamp: new Date().toISOString(), payload }));
  }

  error(code: ProtocolError, message: string, id?: string, fatal = false): void {
    this.send('error', { code, message, fatal }, id);
  }

  endWith(code: ProtocolError, message: string): void {
    this.error(code, message, undefined, true);
    this.close(1008, message);
  }

  close(code: number, reason: string): void {
    this.socket.close(code, reason.slice(0, 100));
  }

  /** For a peer that is not there any more, and does not answer a close. */
  cut(): void {
    this.socket.terminate();
  }

  #onMessage(data: RawData, isBinary: boolean): void {
    this.lastSeenAt = performance.now();
    this.#throttle();
    this.#queued += 1;
    if (this.#queued >= QUEUE_MAX) this.socket.pause();
    this.#work = this.#work
      .then(() => this.#read(data, isBinary))
      .then(() => {
        this.#queued -= 1;
        this.#readOn();
      });
  }

  #readOn(): void {
    if (this.#queued < QUEUE_MAX && this.#held === undefined && this.isOpen) this.socket.resume();
  }

  /** The agent is told once in a second that has too many, and the rest waits for the next. Nothing is dropped. */
  #throttle(): void {
    const now = performance.now();
    if (now - this.#second.startedAt >= 1_000) this.#second = { startedAt: now, messages: 0 };
    this.#second.messages += 1;
    if (this.#second.messages <= PROTOCOL_LIMITS.messagesPerSecond || this.#held !== undefined) return;
    this.error('REJECTED', `More than ${PROTOCOL_LIMITS.messagesPerSecond} messages came in a second; what comes now waits.`);
    this.socket.pause();
    const untilNext = 1_000 - (now - this.#second.startedAt);
    this.#held = setTimeout(() => {
      this.#held = undefined;
      this.#readOn();
    }, untilNext);
  }

  /** Never rejects: what fails is said to the agent. */
  async #read(data: RawData, isBinary: boolean): Promise<void> {
    let id: string | undefined;
    try {
      if (isBinary) throw new Fault('invalid', 'agent.message_invalid', '(message): expected text');
      const said = readJson(String(data));
      const given = (said as { id?: unknown } | null)?.id;
      if (typeof given === 'string' && given.length <= 128) id = given;
      await this.act(parse(AgentEnvelope, said, 'agent.message_invalid'));
      this.#invalid = 0;
    } catch (thrown) {
      this.#refuse(thrown, id);
    }
  }

  #refuse(thrown: unknown, id: string | undefined): void {
    const fault = faultFrom(thrown);
    if (fault.kind === 'invalid') {
      this.#invalid += 1;
      this.error('INVALID_MESSAGE', fault.message, id);
      if (this.#invalid >= PROTOCOL_LIMITS.invalidInARow) this.endWith('INVALID_MESSAGE', 'Too many messages made no sense.');
    } else if (fault.kind === 'internal' || fault.kind === 'unavailable') {
      this.log.warn({ err: thrown }, 'a message of an agent failed');
      this.error('PROCESSING_ERROR', 'The message could not be worked through now; send it again.', id);
    } else this.error(fault.kind === 'deadline' ? 'TIMEOUT' : 'REJECTED', fault.message, id);
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Fault('invalid', 'agent.message_invalid', '(message): expected JSON');
  }
}
