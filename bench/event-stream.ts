/** A client of one thread's event stream (SSE) that notes when each message came. */
import { Agent, get, type IncomingMessage } from 'node:http';
import { performance } from 'node:perf_hooks';
import { Fault } from '../src/errors/fault';
import { within } from './waiting';

export interface Message {
  readonly event: string;
  readonly id: string | null;
  readonly data: Readonly<Record<string, unknown>>;
  /** On the clock of `performance.now()`, when its last byte was read. */
  readonly at: number;
}

/** Messages kept for those who ask late. */
const KEPT = 2_000;
const MESSAGE_MS = 30_000;

interface Waiter {
  readonly wants: (message: Message) => boolean;
  readonly take: (message: Message) => void;
  readonly fail: (problem: Error) => void;
}

export class EventStream {
  private readonly kept: Message[] = [];
  private readonly waiters = new Set<Waiter>();
  private rest = '';

  private constructor(
    private readonly response: IncomingMessage,
    private readonly agent: Agent,
  ) {
    response.setEncoding('utf8');
    response.on('data', (text: string) => this.read(text));
    response.on('close', () => this.fail(new Fault('unavailable', 'bench.stream_ended', 'the event stream ended')));
    response.on('error', (problem) => this.fail(problem));
  }

  /** Connects; resolves when the server has begun to answer. */
  static async open(url: string): Promise<EventStream> {
    const agent = new Agent({ keepAlive: false });
    const response = await within(
      MESSAGE_MS,
      'an event stream',
      new Promise<IncomingMessage>((resolve, reject) => {
        get(url, { agent, headers: { accept: 'text/event-stream' } }, resolve).on('error', reject);
      }),
    );
    if (response.statusCode === 200) return new EventStream(response, agent);
    response.resume();
    throw new Fault('internal', 'bench.stream_refused', `the event stream answered ${response.statusCode}`);
  }

  /** What came already and is still kept, in its order. */
  get sofar(): readonly Message[] {
    return this.kept;
  }

  /** The first message that is wanted: one that came already, or the next to come. */
  find(wants: (message: Message) => boolean, what: string, ms = MESSAGE_MS): Promise<Message> {
    const known = this.kept.find(wants);
    return known ? Promise.resolve(known) : this.next(wants, what, ms);
  }

  /** The first message that is wanted from now on. */
  async next(wants: (message: Message) => boolean, what: string, ms = MESSAGE_MS): Promise<Message> {
    let waiter: Waiter | undefined;
    const message = new Promise<Message>((take, fail) => this.waiters.add((waiter = { wants, take, fail })));
    try {
      return await within(ms, what, message);
    } finally {
      if (waiter) this.waiters.delete(waiter);
    }
  }

  close(): void {
    this.response.removeAllListeners('close');
    this.response.destroy();
    this.agent.destroy();
  }

  private fail(problem: Error): void {
    for (const waiter of this.waiters) waiter.fail(problem);
  }

  private read(text: string): void {
    const at = performance.now();
    this.rest += text;
    for (let end = this.rest.indexOf('\n\n'); end >= 0; end = this.rest.indexOf('\n\n')) {
      this.take(this.rest.slice(0, end), at);
      this.rest = this.rest.slice(end + 2);
    }
  }

  private take(block: string, at: number): void {
    const fields = new Map(block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)] as const));
    const data = fields.get('data');
    if (data === undefined) return;
    const message = { event: fields.get('event') ?? 'message', id: fields.get('id') ?? null, data: JSON.parse(data) as Message['data'], at };
    this.kept.push(message);
    if (this.kept.length > KEPT) this.kept.shift();
    for (const waiter of this.waiters) if (waiter.wants(message)) waiter.take(message);
  }
}

/** Events of one type. */
export const ofType =
  (event: string) =>
  (message: Message): boolean =>
    message.event === event;

/** Events of one type that one request caused. The surface repeats a request's id in its event and, where it matters, in the event's data. */
export const ofRequest =
  (event: string, requestId: string) =>
  (message: Message): boolean => {
    if (message.event !== event) return false;
    const { requestId: cause, data } = message.data as { readonly requestId?: unknown; readonly data?: { readonly requestId?: unknown } };
    return cause === requestId || data?.requestId === requestId;
  };
