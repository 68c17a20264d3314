/** Calls of the surface of scripts; docs/scriptum-api.md says what each does. What has no method is called by its path through `api`, as typed. */
import { followEvents, type StreamEvent } from './event-stream';
import type { components, paths } from './generated/scriptum';
import { dataOf, once, typedCalls, type CallOptions, type CommandOptions, type TypedCalls } from './surface-client';
import type { Transport } from './transport';

type Schemas = components['schemas'];

export type ScriptThread = Schemas['ScriptumThread'];
export type ScriptThreadEvent = Schemas['ScriptumThreadEvent'];
export type ScriptStepEvent = Schemas['ScriptumStepEvent'];
export type StartScriptThread = NonNullable<paths['/v1/scriptum/threads']['post']['requestBody']>['content']['application/json'];

const ENDS: readonly string[] = ['thread_completed', 'thread_failed', 'thread_cancelled'];
const STEP_ENDS: readonly string[] = ['step_completed'];

export class Scripts {
  /** Typed calls by path: `api.GET('/v1/scriptum/scripts')`. What is not a success is thrown. */
  readonly api: TypedCalls<paths>;

  constructor(private readonly transport: Transport) {
    this.api = typedCalls<paths>(transport);
  }

  /** Starts a thread of a published script; answers once it is accepted. */
  start(thread: StartScriptThread, options: CommandOptions = {}): Promise<ScriptThread> {
    return dataOf(this.api.POST('/v1/scriptum/threads', { body: thread, params: { header: once(options) }, signal: options.signal }));
  }

  get(threadId: string, { signal }: CallOptions = {}): Promise<ScriptThread> {
    return dataOf(this.api.GET('/v1/scriptum/threads/{threadId}', { params: { path: { threadId } }, signal }));
  }

  /** Answers what a thread asks, by a value; `stepPath` where several steps ask. */
  answer(threadId: string, value: unknown, { stepPath, ...options }: CommandOptions & { readonly stepPath?: string } = {}): Promise<ScriptThread> {
    return this.resume(threadId, { value }, { ...options, ...(stepPath !== undefined && { stepPath }) });
  }

  /** Continues what is paused, with this in place of what the step was given. */
  resume(threadId: string, override: unknown, { stepPath, ...options }: CommandOptions & { readonly stepPath?: string } = {}): Promise<ScriptThread> {
    const body = { stepInputOverrideJson: JSON.stringify(override), ...(stepPath !== undefined && { stepPath }) };
    const params = { path: { threadId }, header: once(options) };
    return dataOf(this.api.POST('/v1/scriptum/threads/{threadId}/resume', { body, params, signal: options.signal }));
  }

  cancel(threadId: string, { reason, ...options }: CommandOptions & { readonly reason?: string } = {}): Promise<ScriptThread> {
    const params = { path: { threadId }, header: once(options) };
    return dataOf(this.api.POST('/v1/scriptum/threads/{threadId}/cancel', { body: reason === undefined ? {} : { reason }, params, signal: options.signal }));
  }

  /** Every event after the sequence `after` (0: all), until the thread has ended; the connection is made again when it is lost. */
  async *follow(threadId: string, { after = 0, signal }: CallOptions & { readonly after?: number } = {}): AsyncGenerator<ScriptThreadEvent, void, void> {
    const path = `/v1/scriptum/threads/${encodeURIComponent(threadId)}/watch`;
    const isLast = ({ event }: StreamEvent): boolean => ENDS.includes(event);
    for await (const { data } of followEvents(this.transport, path, { signal, isLast, lastEventId: String(after) }))
      yield JSON.parse(data) as ScriptThreadEvent;
  }

  /** The snapshot of one step, then what happens to it, until it has completed or its thread has ended. */
  async *followStep(threadId: string, stepPath: string, { signal }: CallOptions = {}): AsyncGenerator<ScriptStepEvent, void, void> {
    const path = `/v1/scriptum/threads/${encodeURIComponent(threadId)}/steps/${encodeURIComponent(stepPath)}/watch`;
    const isLast = ({ event }: StreamEvent): boolean => STEP_ENDS.includes(event);
    for await (const { data } of followEvents(this.transport, path, { signal, isLast })) yield JSON.parse(data) as ScriptStepEvent;
  }

  /** What a thread, or one of its steps, has come to; undefined where there is no output. */
  async output(threadId: string, { stepPath, signal }: CallOptions & { readonly stepPath?: string } = {}): Promise<unknown> {
    const query = { outputOnly: 'true' as const, ...(stepPath !== undefined && { stepPath }) };
    const { outputData } = await dataOf(this.api.GET('/v1/scriptum/threads/{threadId}/result', { params: { path: { threadId }, query }, signal }));
    if (outputData === '') return undefined;
    return JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(outputData), (character) => character.charCodeAt(0)))) as unknown;
  }
}
