/** Threads of scripts, as a caller may use them: made once for each key, cancelled, answered, read and watched. */
import type { Client } from '@temporalio/client';
import type { z } from 'zod';
import type { CommandDefinition } from '../contracts/actor';
import type { MakeOnce } from '../contracts/idempotency';
import type { Json } from '../contracts/pattern/json';
import type { Principal } from '../contracts/principal';
import { cancel, OVERRIDE_BYTES_MAX, resume, scriptAddress } from '../contracts/script/commands';
import type { ScriptIr } from '../contracts/script/ir';
import type { CreateThreadRequest, ScriptKeyed, ScriptThread, ScriptThreads } from '../contracts/script/ports';
import { threadHasEnded } from '../contracts/script/status';
import { Fault } from '../errors/fault';
import { DOOR_DEFAULTS, Doors, type Commanded, type DoorOptions } from './doors';
import { newId } from './execution-start';
import { causeOf } from './executions';
import { launchScriptThread } from './script-launch';
import type { Prepared, ScriptOfThread, ScriptPreparation } from './script-preparation';
import { assertName } from './script-requests';
import { assertMetadata, deadlineOf, inputFromJson } from './script-start';
import { threadNotFound, type ScriptThreadReads } from './script-thread-reads';

export interface ThreadStore {
  get(tenant: string, id: string): Promise<ScriptThread | null>;
  waitForSeq(address: string, seq: number, timeoutMs: number): Promise<boolean>;
}

export interface ThreadDependencies {
  readonly client: Client;
  readonly store: ThreadStore;
  readonly reads: ScriptThreadReads;
  readonly preparation: ScriptPreparation;
  readonly once: MakeOnce;
  /** Why a URL may not be called; null when it may. */
  urlProblem(url: string): string | null;
  /** Tells this address of the end of the thread; made before it starts, twice is a no-op. */
  tellAtEnd(principal: Principal, threadId: string, url: string): Promise<void>;
  /** Hosts that can be heard. */
  liveHosts(): Promise<readonly string[]>;
  /** The process refuses new threads because it stops. */
  stopping(): boolean;
  readonly doors?: DoorOptions;
}

/** How a draft is tried. */
export type DraftRequest = Pick<CreateThreadRequest, 'inputJson' | 'timeout' | 'loadEnv' | 'metadata'>;

const READ_BACK_MS = 2_000;

export class ScriptThreadGateway implements ScriptThreads {
  private readonly doors: Doors;
  readonly list: ScriptThreads['list'];
  readonly watch: ScriptThreads['watch'];
  readonly watchStep: ScriptThreads['watchStep'];
  readonly steps: ScriptThreads['steps'];
  readonly step: ScriptThreads['step'];
  readonly yields: ScriptThreads['yields'];
  readonly artifacts: ScriptThreads['artifacts'];
  readonly valueBytes: ScriptThreads['valueBytes'];
  readonly artifactBytes: ScriptThreads['artifactBytes'];

  constructor(private readonly deps: ThreadDependencies) {
    const { reads } = deps;
    this.doors = new Doors(deps.client, deps.doors ?? DOOR_DEFAULTS);
    this.list = reads.list.bind(reads);
    this.watch = reads.watch.bind(reads);
    this.watchStep = reads.watchStep.bind(reads);
    this.steps = reads.steps.bind(reads);
    this.step = reads.step.bind(reads);
    this.yields = reads.yields.bind(reads);
    this.artifacts = reads.artifacts.bind(reads);
    this.valueBytes = reads.valueBytes.bind(reads);
    this.artifactBytes = reads.artifactBytes.bind(reads);
  }

  /** Sealed, admitted, told about and started, in this order. Faults beside those of the port: `script.version_not_found`, `script_thread.env`, `script_thread.capacity`, `script_thread.shutting_down`. */
  async create(principal: Principal, request: CreateThreadRequest, keyed: ScriptKeyed): Promise<ScriptThread> {
    assertName(request.scriptName, 'script_name');
    return this.once(principal, { route: 'POST /v1/scriptum/threads', body: request }, keyed, async (id) => {
      const script = await this.deps.preparation.published(principal.tenant, request.scriptName, request.version);
      return this.make(principal, script, { ...request, id, requestId: keyed.requestId });
    });
  }

  /** Checks what a creation would be refused with for ever. */
  async check({ tenant }: Principal, { scriptName, version, timeout, metadata }: CreateThreadRequest): Promise<void> {
    assertName(scriptName, 'script_name');
    deadlineOf(timeout, Date.now());
    assertMetadata(metadata);
    await this.deps.preparation.published(tenant, scriptName, version);
  }

  testDraft(principal: Principal, script: { readonly name: string; readonly ir: ScriptIr }, request: DraftRequest, keyed: ScriptKeyed): Promise<ScriptThread> {
    const { name, ir } = script;
    return this.once(principal, { route: 'POST /v1/scriptum/scripts/:name/draft/test', body: { name, request } }, keyed, (id) =>
      this.make(principal, { name, ir, version: 0 }, { ...request, executionMode: 'CLOUD', hostId: null, callbackUrl: '', id, requestId: keyed.requestId }),
    );
  }

  get(principal: Principal, id: string): Promise<ScriptThread> {
    return this.known(principal, id);
  }

  async cancel(principal: Principal, id: string, reason: string | null, keyed: ScriptKeyed): Promise<ScriptThread> {
    const before = await this.known(principal, id);
    if (before.cancel || before.status === 'CANCELLED') return before;
    if (threadHasEnded(before.status)) throw hasEnded(before);
    await this.command(principal, id, cancel, reason === null ? {} : { reason }, keyed);
    return this.known(principal, id);
  }

  async resume(
    principal: Principal,
    id: string,
    { stepPath, overrideJson }: { readonly stepPath: string; readonly overrideJson: string },
    keyed: ScriptKeyed,
  ): Promise<ScriptThread> {
    const override = overrideOf(overrideJson);
    const before = await this.known(principal, id);
    const input = { ...(stepPath !== '' && { step_path: stepPath }), ...(override !== undefined && { override: override as z.core.util.JSONType }) };
    const sent = threadHasEnded(before.status)
      ? await this.doors.toldBefore(scriptAddress(principal.tenant, id), resume, keyed.idempotencyKey ?? keyed.requestId, endOf(before))
      : await this.command(principal, id, resume, input, keyed);
    if (sent.status === 'done' && sent.reply.refused) {
      const { code, message, retries_left: retriesLeft } = sent.reply.refused;
      throw new Fault('invalid', 'script_thread.answer', message, {
        field: 'step_input_override_json',
        code,
        retries_left: retriesLeft,
        step_path: sent.reply.step_path,
      });
    }
    return this.known(principal, id);
  }

  private async once(
    { tenant }: Principal,
    { route, body }: { readonly route: string; readonly body: unknown },
    keyed: ScriptKeyed,
    make: (id: string) => Promise<ScriptThread>,
  ): Promise<ScriptThread> {
    if (this.deps.stopping()) throw new Fault('unavailable', 'script_thread.shutting_down', 'The server is shutting down.', {});
    const { row, replayed } = await this.deps.once({ tenant, route, key: keyed.idempotencyKey, body }, newId('thr_', { tenant, route, key: null }), {
      find: (id) => this.deps.store.get(tenant, id),
      make,
    });
    if (replayed) keyed.replayed?.();
    return row;
  }

  private async make(
    principal: Principal,
    script: ScriptOfThread,
    { id, requestId, ...request }: Omit<CreateThreadRequest, 'scriptName' | 'version'> & { readonly id: string; readonly requestId: string },
  ): Promise<ScriptThread> {
    const now = Date.now();
    const given: Prepared = {
      ...{
        id,
        tenant: principal.tenant,
        executionMode: request.executionMode,
        hostId: await this.hostOf(request),
        deadlineAt: deadlineOf(request.timeout, now),
      },
      ...{ metadata: request.metadata, parent: null, depth: 0, keyId: principal.keyId, by: causeOf(principal), createdAt: new Date(now).toISOString() },
    };
    assertMetadata(request.metadata);
    this.assertMayCall(request.callbackUrl);
    const start = await this.deps.preparation.admit(script, given, { input: inputFromJson(request.inputJson), loadEnv: request.loadEnv });
    try {
      if (request.callbackUrl !== '') await this.deps.tellAtEnd(principal, id, request.callbackUrl);
      await launchScriptThread(this.deps.client, start, requestId);
    } catch (thrown) {
      // Whoever cannot start a thread that was admitted takes the admission back.
      await this.deps.preparation.dismiss(start).catch(() => undefined);
      throw thrown;
    }
    return this.known(principal, id);
  }

  private assertMayCall(url: string): void {
    const reason = url === '' ? null : this.deps.urlProblem(url);
    if (reason !== null) throw new Fault('invalid', 'script_thread.callback_url', `callback_url: ${reason}`, { field: 'callback_url', reason });
  }

  /** LOCAL: the one that is named, or the only one that there is. Fault `script_thread.no_host` (conflict). */
  private async hostOf({ executionMode, hostId }: Pick<CreateThreadRequest, 'executionMode' | 'hostId'>): Promise<string | null> {
    if (executionMode === 'CLOUD') return null;
    const live = await this.deps.liveHosts();
    const [first, ...others] = live;
    if (hostId !== null && live.includes(hostId)) return hostId;
    if (hostId === null && first !== undefined && others.length === 0) return first;
    const reason = hostId !== null ? 'The host cannot be heard.' : first === undefined ? 'No host can be heard.' : 'There are several hosts; say which one.';
    throw new Fault('conflict', 'script_thread.no_host', reason, { field: 'host_id', hostId });
  }

  private async known({ tenant }: Principal, id: string): Promise<ScriptThread> {
    const row = await this.deps.store.get(tenant, id);
    if (!row) throw threadNotFound(id);
    return row;
  }

  private async command<I extends z.ZodType, R extends z.ZodType>(
    principal: Principal,
    id: string,
    definition: CommandDefinition<I, R>,
    input: z.input<I>,
    { idempotencyKey, requestId }: ScriptKeyed,
  ): Promise<Commanded<z.output<R>>> {
    const address = scriptAddress(principal.tenant, id);
    try {
      // The same key again gets the reply of the first time: an answer that came twice uses one retry.
      const result = await this.doors.send(address, definition, { input, requestId: idempotencyKey ?? requestId, by: causeOf(principal) });
      if (result.status === 'done') await this.deps.store.waitForSeq(address, (result.reply as { seq: number }).seq, READ_BACK_MS);
      return result;
    } catch (thrown) {
      if (thrown instanceof Fault && thrown.code === 'actor.not_found') throw starting(id);
      if (thrown instanceof Fault && thrown.code === 'actor.closed') {
        const now = await this.known(principal, id);
        if (threadHasEnded(now.status)) throw endOf(now);
        throw new Fault('conflict', 'script_thread.has_ended', 'The thread has ended.', { threadId: id });
      }
      throw thrown;
    }
  }
}

/** Its row is there, its workflow not yet. */
const starting = (id: string): Fault => new Fault('unavailable', 'script_thread.starting', 'The thread is about to start; try again.', { threadId: id });

const hasEnded = ({ id, status }: Pick<ScriptThread, 'id' | 'status'>): Fault =>
  new Fault('conflict', 'script_thread.has_ended', `The thread is ${status}.`, { threadId: id, status });

/** An ask whose time was over ends its thread; whoever comes with an answer then hears that, and not only that it has ended. */
function endOf({ id, status, error }: ScriptThread): Fault {
  if (error?.code === 'ask.expired')
    return new Fault('conflict', 'script_thread.ask_expired', `The time for the answer is over: ${error.message}`, {
      threadId: id,
      status,
      step_path: error.step ?? null,
    });
  return hasEnded({ id, status });
}

/** Empty: nothing is given. Fault `script_thread.override` (invalid). */
function overrideOf(text: string): Json | undefined {
  const refused = (reason: string): Fault =>
    new Fault('invalid', 'script_thread.override', `step_input_override_json: ${reason}`, { field: 'step_input_override_json', reason });
  if (Buffer.byteLength(text) > OVERRIDE_BYTES_MAX) throw refused(`expected at most ${OVERRIDE_BYTES_MAX} bytes`);
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch (problem) {
    throw refused(`expected JSON: ${(problem as Error).message}`);
  }
}
