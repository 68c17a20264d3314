/** Calls of the managed-threads surface; docs/managed-threads.md says what each does. */
import { followEvents, type StreamEvent } from './event-stream';
import type { components, operations, paths } from './generated/managed-threads';
import { dataOf, once, queryString, typedCalls, type CallOptions, type CommandOptions, type TypedCalls } from './surface-client';
import type { Transport } from './transport';

type Schemas = components['schemas'];
type QueryOf<O extends keyof operations> = NonNullable<operations[O]['parameters']['query']>;
type BodyOf<O extends { readonly requestBody?: unknown }> =
  NonNullable<O['requestBody']> extends { readonly content: { readonly 'application/json': infer Body } } ? Body : never;

export type Thread = Schemas['Thread'];
export type ThreadEvent = Schemas['ThreadEvent'];
export type SpawnThread = Schemas['SpawnThread'];
export type PrepareThread = Schemas['PrepareThread'];
export type ThreadInput = Schemas['SendToThread'];
export type ThreadAnswer = Schemas['AnswerThread'];
export type NewDecision = Schemas['RecordDecision'];

export interface FollowThread extends CallOptions {
  /** Only events with a greater seq; 0 without it. */
  readonly after?: number;
  readonly type?: QueryOf<'readEvents'>['type'];
}

/** What comes on a thread's stream when frames are asked for too. Frames and gaps are live only. */
export type ThreadMessage =
  | { readonly kind: 'event'; readonly event: ThreadEvent }
  | { readonly kind: 'frame'; readonly frame: Readonly<Record<string, unknown>> }
  | { readonly kind: 'gap'; readonly dropped: number };

export interface ExecutionMessage {
  /** Give it as `after` to go on behind this message. */
  readonly cursor: string;
  readonly message: Schemas['ExecutionMessage'];
}

const LAST: ReadonlySet<string> = new Set(['thread_completed', 'thread_failed', 'thread_stopped']);
const flag = (value: boolean | undefined): 'true' | 'false' | undefined => (value === undefined ? undefined : value ? 'true' : 'false');

export class ManagedThreads {
  /** Typed calls by path, for what has no method here. */
  readonly api: TypedCalls<paths>;

  constructor(private readonly transport: Transport) {
    this.api = typedCalls<paths>(transport);
  }

  list(query: QueryOf<'listThreads'> = {}, { signal }: CallOptions = {}) {
    return dataOf(this.api.GET('/api/managed-threads', { params: { query }, signal }));
  }

  /** The thread is there when this answers; its events tell the rest. */
  spawn(body: SpawnThread, options: CommandOptions = {}): Promise<Thread> {
    return dataOf(this.api.POST('/api/managed-threads', { params: { header: once(options) }, body, signal: options.signal }));
  }

  prepare(body: PrepareThread, { signal }: CallOptions = {}) {
    return dataOf(this.api.POST('/api/managed-threads/prepare', { body, signal }));
  }

  get(id: string, { signal }: CallOptions = {}): Promise<Thread> {
    return dataOf(this.api.GET('/api/managed-threads/{id}', { params: { path: { id } }, signal }));
  }

  /** `stopping` while its processes are not gone yet. */
  async stop(id: string, { force, timeout, ...options }: CommandOptions & { readonly force?: boolean; readonly timeout?: number } = {}) {
    const params = { path: { id }, query: { force: flag(force), timeout }, header: once(options) };
    const { response } = await this.api.DELETE('/api/managed-threads/{id}', { params, signal: options.signal });
    return { stopping: response.status === 202, workspaceKept: response.headers.get('x-workspace-kept') };
  }

  send(id: string, body: ThreadInput, options: CommandOptions = {}) {
    return dataOf(this.api.POST('/api/managed-threads/{id}/send', { params: { path: { id }, header: once(options) }, body, signal: options.signal }));
  }

  answer(id: string, body: ThreadAnswer, options: CommandOptions = {}) {
    return dataOf(this.api.POST('/api/managed-threads/{id}/approvals', { params: { path: { id }, header: once(options) }, body, signal: options.signal }));
  }

  cancel(id: string, body: BodyOf<operations['cancelTurn']> = {}, options: CommandOptions = {}) {
    return dataOf(this.api.POST('/api/managed-threads/{id}/cancel', { params: { path: { id }, header: once(options) }, body, signal: options.signal }));
  }

  resume(id: string, options: CommandOptions = {}) {
    return dataOf(this.api.POST('/api/managed-threads/{id}/resume', { params: { path: { id }, header: once(options) }, body: {}, signal: options.signal }));
  }

  /** One page of events, oldest first. */
  events(id: string, query: Omit<QueryOf<'readEvents'>, 'frames'> = {}, { signal }: CallOptions = {}) {
    return dataOf(this.api.GET('/api/managed-threads/{id}/events', { params: { path: { id }, query }, signal }));
  }

  /** Every event after `after`, those that are there and those that come, until the thread ends. Broken connections are made again without a gap or a repeat. */
  async *follow(id: string, options: FollowThread = {}): AsyncGenerator<ThreadEvent, void, void> {
    for await (const message of this.#messages(id, options, false)) if (message.kind === 'event') yield message.event;
  }

  /** The same with the terminal's output, as it is printed. */
  watch(id: string, options: FollowThread = {}): AsyncGenerator<ThreadMessage, void, void> {
    return this.#messages(id, options, true);
  }

  async *#messages(id: string, { after = 0, type, signal }: FollowThread, frames: boolean): AsyncGenerator<ThreadMessage, void, void> {
    const path = `/api/managed-threads/${encodeURIComponent(id)}/events${queryString({ type, ...(frames && { frames }) })}`;
    const isLast = ({ event }: StreamEvent): boolean => LAST.has(event);
    for await (const { event, data } of followEvents(this.transport, path, { signal, lastEventId: String(after), isLast })) {
      const value = JSON.parse(data) as unknown;
      if (event === 'frame') yield { kind: 'frame', frame: value as Record<string, unknown> };
      else if (event === 'gap') yield { kind: 'gap', dropped: (value as { dropped: number }).dropped };
      else yield { kind: 'event', event: value as ThreadEvent };
    }
  }

  screen(id: string, { signal }: CallOptions = {}) {
    return dataOf(this.api.GET('/api/managed-threads/{id}/screen', { params: { path: { id } }, signal }));
  }

  decisions(id: string, query: QueryOf<'listThreadDecisions'> = {}, { signal }: CallOptions = {}) {
    return dataOf(this.api.GET('/api/managed-threads/{id}/shared-decisions', { params: { path: { id }, query }, signal }));
  }

  recordDecision(id: string, body: NewDecision, options: CommandOptions = {}) {
    const params = { path: { id }, header: once(options) };
    return dataOf(this.api.POST('/api/managed-threads/{id}/shared-decisions', { params, body, signal: options.signal }));
  }

  ofExecution(executionId: string, query: QueryOf<'listExecutionThreads'> = {}, { signal }: CallOptions = {}) {
    return dataOf(this.api.GET('/api/managed-threads/executions/{executionId}', { params: { path: { executionId }, query }, signal }));
  }

  executionDecisions(executionId: string, query: QueryOf<'listExecutionDecisions'> = {}, { signal }: CallOptions = {}) {
    return dataOf(this.api.GET('/api/managed-threads/executions/{executionId}/shared-decisions', { params: { path: { executionId }, query }, signal }));
  }

  /** The events of an execution's threads, those that start later too. Ends only when its signal aborts or the caller leaves. */
  async *followExecution(
    executionId: string,
    { threadIds, after, signal }: CallOptions & { readonly threadIds?: readonly string[]; readonly after?: string } = {},
  ): AsyncGenerator<ExecutionMessage, void, void> {
    const path = `/api/executions/${encodeURIComponent(executionId)}/threads/stream${queryString({ threadIds: threadIds?.join(',') })}`;
    for await (const { id, data } of followEvents(this.transport, path, { signal, lastEventId: after })) {
      if (id !== null) yield { cursor: id, message: JSON.parse(data) as ExecutionMessage['message'] };
    }
  }

  experiences(query: QueryOf<'listExperiences'> = {}, { signal }: CallOptions = {}) {
    return dataOf(this.api.GET('/api/managed-threads/experiences', { params: { query }, signal }));
  }

  agentTypes({ signal }: CallOptions = {}) {
    return dataOf(this.api.GET('/api/agent-types', { signal }));
  }

  /** Where a WebSocket attaches to the thread's terminal. */
  terminalUrl(id: string): string {
    return `${this.transport.baseUrl.replace(/^http/, 'ws')}/api/managed-threads/${encodeURIComponent(id)}/terminal`;
  }
}
