/** Calls of the surface of threads: conversations with agents; docs/threads.md says what each does. What has no method is called by its path through `api`, as typed. */
import { followEvents, type StreamEvent } from './event-stream';
import type { components, paths } from './generated/threads';
import { dataOf, once, queryString, typedCalls, type CallOptions, type CommandOptions, type TypedCalls } from './surface-client';
import type { Transport } from './transport';

type Schemas = components['schemas'];

export type ConversationThread = Schemas['Thread'];
export type ConversationEvent = Schemas['ThreadEvent'];
export type ConversationAgent = Schemas['ThreadAgentDefinition'];
export type StartThreadRun = Omit<Schemas['StartThreadRun'], 'stream' | 'config' | 'metadata' | 'whenBusy'> &
  Partial<Pick<Schemas['StartThreadRun'], 'config' | 'metadata' | 'whenBusy'>>;

/** What whoever follows a thread is told. Durable events have a `sequence`; the first frame is a `snapshot`; a `gap` says that live frames are missing. */
export interface ThreadFrame {
  readonly type: string;
  readonly sequence?: number;
  readonly [field: string]: unknown;
}

export class Threads {
  /** Typed calls by path: `api.GET('/v1/threads')`. What is not a success is thrown. */
  readonly api: TypedCalls<paths>;

  constructor(private readonly transport: Transport) {
    this.api = typedCalls<paths>(transport);
  }

  /** Runs an agent and answers when the run has ended, or how it stands when that takes longer than the server waits. */
  async run(run: StartThreadRun, options: CommandOptions = {}): Promise<Schemas['ThreadRunResult']['data']> {
    const answer = await dataOf(
      this.api.POST('/v1/run', { body: { ...run, stream: false } as Schemas['StartThreadRun'], params: { header: once(options) }, signal: options.signal }),
    );
    return (answer as Schemas['ThreadRunResult']).data;
  }

  /** Makes an agent, or its next version. The same definition again changes nothing, so this is tried again where that may help. */
  async agent(definition: ConversationAgent, { signal }: CallOptions = {}): Promise<Schemas['ThreadAgentKept']['data']> {
    return (await dataOf(this.api.POST('/v1/agents', { body: definition, headers: once({}), signal }))).data;
  }

  /**
   * A snapshot, then every frame of the thread; the connection is made again when it is lost, with a snapshot without events, and no durable event is missed or comes twice. `after`: the
   * last sequence that was seen. Ends with `thread_deleted`.
   */
  async *follow(id: string, { after, signal }: CallOptions & { readonly after?: number } = {}): AsyncGenerator<ThreadFrame, void, void> {
    const path = `/v1/threads/${encodeURIComponent(id)}/events`;
    const isLast = ({ event }: StreamEvent): boolean => event === 'thread_deleted';
    const from = after === undefined ? {} : { lastEventId: String(after) };
    for await (const { data } of followEvents(this.transport, path, { signal, isLast, ...from })) yield JSON.parse(data) as ThreadFrame;
  }

  /** Events of a rollout as lines of JSON, each with its line break, as they come. */
  async *export(threadId: string, rolloutId: string, { signal }: CallOptions = {}): AsyncGenerator<string, void, void> {
    const path = `/v1/threads/${encodeURIComponent(threadId)}/rollouts/${encodeURIComponent(rolloutId)}.jsonl`;
    yield* this.transport.lines(path, signal);
  }

  /** Makes a thread of exported lines, of one rollout or several in order. */
  async import(
    lines: string,
    about: { readonly agent: string; readonly title?: string },
    options: CommandOptions = {},
  ): Promise<{ readonly thread: ConversationThread; readonly events: number }> {
    const url = `${this.transport.baseUrl}/v1/thread-imports${queryString(about)}`;
    const headers = { 'content-type': 'application/jsonl', ...once(options) };
    const response = await this.transport.send(new Request(url, { method: 'POST', headers, body: lines, signal: options.signal ?? null }));
    return ((await response.json()) as Schemas['ThreadImported']).data;
  }
}
