/** Threads of scripts as they are read and watched: rows, events from any place on, values and artifacts by what they are kept under. */
import type { RecordedEvent } from '../contracts/actor';
import type { StoredValue } from '../contracts/execution/value';
import type { Principal } from '../contracts/principal';
import { scriptAddress } from '../contracts/script/commands';
import type { ScriptEventType } from '../contracts/script/events';
import type { ListPage, PageRequest, ScriptArtifact, ScriptStepRecord, ScriptThread, ScriptThreads, Watched } from '../contracts/script/ports';
import { threadHasEnded } from '../contracts/script/status';
import { Fault } from '../errors/fault';
import { pageOf, type PageTokens } from './script-requests';

interface Place {
  readonly createdAt: string;
  readonly id: string;
}

interface NumberedPage<T> {
  readonly items: readonly T[];
  readonly next: number | null;
}

interface PageAfter {
  readonly after: number;
  readonly limit: number;
}

/** What the reads need of the store; always of one tenant. */
export interface ThreadReadStore {
  get(tenant: string, id: string): Promise<ScriptThread | null>;
  list(
    tenant: string,
    filter: Parameters<ScriptThreads['list']>[1] & { readonly limit: number; readonly after: Place | null },
  ): Promise<{ readonly threads: readonly ScriptThread[]; readonly next: Place | null }>;
  steps(tenant: string, threadId: string, page: PageAfter & { readonly prefix: string }): Promise<NumberedPage<ScriptStepRecord>>;
  /** A step as it is, with the last event that the thread's row knows of and whether that has ended: all of one moment. */
  placed(
    tenant: string,
    threadId: string,
    path: string,
  ): Promise<{
    readonly threadSeq: number;
    readonly threadOver: boolean;
    readonly step: { readonly record: ScriptStepRecord; readonly firstSeq: number; readonly lastSeq: number } | null;
  }>;
  /** Events of exactly this step between two numbers, both among them. */
  stepEvents(address: string, path: string, between: readonly [number, number]): Promise<readonly RecordedEvent[]>;
  /** History, then live. */
  follow(address: string, afterSeq: number, signal: AbortSignal): AsyncIterable<RecordedEvent>;
  yields(tenant: string, threadId: string, page: { readonly from: number; readonly limit: number }): ReturnType<ScriptThreads['yields']>;
  artifacts(tenant: string, threadId: string, page: PageAfter): Promise<NumberedPage<ScriptArtifact>>;
  artifact(tenant: string, threadId: string, artifactId: string): Promise<ScriptArtifact | null>;
  /** As JSON, without the secrets of the thread where it may hold one. Fault `script.value_missing` (not_found). */
  text(tenant: string, threadId: string, value: StoredValue): Promise<string>;
  bytes(tenant: string, ref: string): Promise<Uint8Array>;
}

const PATH = /^(?:error\.)?\d{1,9}(?:\.\d{1,9}){0,127}$/;
const ENDS: readonly ScriptEventType[] = ['thread_completed', 'thread_failed', 'thread_cancelled'];
/** What is told again of a step that had ended before anybody watched. */
const CONCLUDING: readonly ScriptEventType[] = ['decision_made', 'step_completed', 'step_failed'];
const YIELDS_MAX = 1_000;

export class ScriptThreadReads {
  constructor(
    private readonly store: ThreadReadStore,
    private readonly tokens: PageTokens,
  ) {}

  async list({ tenant }: Principal, filter: Parameters<ScriptThreads['list']>[1], request: PageRequest): Promise<ListPage<ScriptThread>> {
    const { status, scriptName, metadata, version } = filter;
    const page = pageOf(this.tokens, ['script-threads', tenant, status, scriptName, metadata, version], request);
    const { threads, next } = await this.store.list(tenant, {
      ...filter,
      limit: page.limit,
      after: page.place === null ? null : (JSON.parse(page.place) as Place),
    });
    return page.answer(threads, next && JSON.stringify(next));
  }

  async *watch({ tenant }: Principal, id: string, afterSeq: number, signal: AbortSignal): AsyncGenerator<Watched, void, void> {
    const { status, lastSeq } = await this.known(tenant, id);
    // Nobody has seen more than there is.
    const after = Math.min(Math.max(0, afterSeq), lastSeq);
    if (threadHasEnded(status) && after >= lastSeq) return;
    for await (const event of this.store.follow(scriptAddress(tenant, id), after, signal)) {
      yield watchedOf(event);
      if (ends(event)) return;
    }
  }

  /** The snapshot is of the moment; of a step that had ended by then what concluded it follows, of any other what comes. */
  async *watchStep({ tenant }: Principal, id: string, path: string, signal: AbortSignal): ReturnType<ScriptThreads['watchStep']> & AsyncGenerator {
    await this.known(tenant, id);
    if (!PATH.test(path)) throw noSuchStep(path);
    const address = scriptAddress(tenant, id);
    const { threadSeq, threadOver, step } = await this.store.placed(tenant, id, path);
    if (step) yield { snapshot: step.record };
    if (step && isOver(step.record)) {
      const told = await this.store.stepEvents(address, path, [step.firstSeq, step.lastSeq]);
      return yield* told.filter(({ type }) => CONCLUDING.includes(type as ScriptEventType)).map(watchedOf);
    }
    let isKnown = step !== null;
    if (!threadOver) {
      for await (const event of this.store.follow(address, threadSeq, signal)) {
        if (event.data['path'] === path) {
          isKnown = true;
          yield watchedOf(event);
          if (endsStep(event)) return;
        }
        if (ends(event)) break;
      }
    }
    if (!isKnown && !signal.aborted) throw noSuchStep(path);
  }

  async steps({ tenant }: Principal, id: string, prefix: string, request: PageRequest): Promise<ListPage<ScriptStepRecord>> {
    await this.known(tenant, id);
    if (prefix !== '' && !PATH.test(prefix)) throw noSuchStep(prefix);
    const page = pageOf(this.tokens, ['script-steps', tenant, id, prefix], request);
    const { items, next } = await this.store.steps(tenant, id, { prefix, after: Number(page.place ?? 0), limit: page.limit });
    return page.answer(items, next === null ? null : String(next));
  }

  async step({ tenant }: Principal, id: string, path: string): Promise<ScriptStepRecord> {
    await this.known(tenant, id);
    const found = PATH.test(path) ? (await this.store.placed(tenant, id, path)).step : null;
    if (!found) throw noSuchStep(path);
    return found.record;
  }

  async yields({ tenant }: Principal, id: string, from: number, limit: number): ReturnType<ScriptThreads['yields']> {
    await this.known(tenant, id);
    return this.store.yields(tenant, id, { from: Math.max(0, Math.floor(from)), limit: Math.min(Math.max(0, Math.floor(limit)), YIELDS_MAX) });
  }

  async artifacts({ tenant }: Principal, id: string, request: PageRequest): Promise<ListPage<ScriptArtifact>> {
    await this.known(tenant, id);
    const page = pageOf(this.tokens, ['script-artifacts', tenant, id], request);
    const { items, next } = await this.store.artifacts(tenant, id, { after: Number(page.place ?? 0), limit: page.limit });
    return page.answer(items, next === null ? null : String(next));
  }

  async valueBytes({ tenant }: Principal, value: StoredValue, threadId: string): Promise<Uint8Array> {
    return new TextEncoder().encode(await this.store.text(tenant, threadId, value));
  }

  async artifactBytes({ tenant }: Principal, threadId: string, artifactId: string): ReturnType<ScriptThreads['artifactBytes']> {
    await this.known(tenant, threadId);
    const artifact = await this.store.artifact(tenant, threadId, artifactId);
    if (!artifact)
      throw new Fault('not_found', 'script_thread.no_such_artifact', 'The thread has no such artifact.', { threadId, artifactId: artifactId.slice(0, 200) });
    return { artifact, bytes: await this.store.bytes(tenant, artifact.ref) };
  }

  private async known(tenant: string, id: string): Promise<ScriptThread> {
    const row = await this.store.get(tenant, id);
    if (!row) throw threadNotFound(id);
    return row;
  }
}

export const threadNotFound = (id: string): Fault =>
  new Fault('not_found', 'script_thread.not_found', 'There is no thread of a script of this id.', { threadId: id.slice(0, 200) });
const noSuchStep = (path: string): Fault =>
  new Fault('not_found', 'script_thread.no_such_step', 'The thread has no such step, or has not come to it.', { step_path: path.slice(0, 200) });

const watchedOf = ({ type, data, seq, at }: RecordedEvent): Watched => ({ type, data, seq, at }) as unknown as Watched;
const ends = ({ type }: RecordedEvent): boolean => ENDS.includes(type as ScriptEventType);

const isOver = ({ status }: ScriptStepRecord): boolean => status !== 'RUNNING' && status !== 'PAUSED';

/** A failure after which the step is tried again, or waits for a person, is not its end. */
const GOES_ON: readonly unknown[] = ['retry', 'fallback', 'pause'];
const endsStep = ({ type, data }: RecordedEvent): boolean => type === 'step_completed' || (type === 'step_failed' && !GOES_ON.includes(data['next']));
