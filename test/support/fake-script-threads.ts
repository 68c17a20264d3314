/** Threads of scripts in memory: a test says what happens to them. */
import type { Principal } from '../../src/contracts/principal';
import type { ScriptEvent } from '../../src/contracts/script/events';
import type {
  CreateThreadRequest,
  ScriptArtifact,
  ScriptKeyed,
  ScriptStepRecord,
  ScriptThread,
  ScriptThreads,
  Watched,
} from '../../src/contracts/script/ports';
import type { ScriptPause } from '../../src/contracts/script/start';
import { threadHasEnded } from '../../src/contracts/script/status';
import type { StoredValue } from '../../src/contracts/execution/value';
import { Fault } from '../../src/errors/fault';
import { pageOf } from './fake-script-pages';

const BASE = Date.parse('2026-05-01T08:00:00.000Z');

export interface KeptScriptThread {
  thread: ScriptThread;
  readonly request: CreateThreadRequest;
  readonly events: Watched[];
  readonly steps: ScriptStepRecord[];
  readonly yields: StoredValue[];
  readonly artifacts: ScriptArtifact[];
}

export const ASK: ScriptPause = {
  ...{ kind: 'ask', path: '1', label: 'Approve?', since: new Date(BASE).toISOString(), prompt: 'Invoice INV-42: approve?', type: 'text' },
  ...{ options: ['approve', 'reject'], default: null, attempt: 1, retriesLeft: 1, expiresAt: new Date(BASE + 86_400_000).toISOString(), refused: null },
};

/** A step that has completed. */
export const stepRecord = (path: string, output: StoredValue | null = { value: 'done' }): ScriptStepRecord => ({
  ...{ path, name: `step ${path}`, primitive: 'execute', tool: 'hash', status: 'COMPLETED', attempt: 1, input: { value: {} }, output, error: null },
  ...{
    startedAt: new Date(BASE).toISOString(),
    endedAt: new Date(BASE + 1_000).toISOString(),
    durationMs: 1_000,
    executionId: null,
    tokensIn: 1,
    tokensOut: 2,
  },
});

export class FakeScriptThreads {
  readonly kept = new Map<string, KeptScriptThread>();
  /** What references stand for, and the bytes of artifacts. */
  readonly blobs = new Map<string, Uint8Array>();
  /** Set: threads are made as slowly as this promise. */
  hold: Promise<void> | null = null;
  /** Watches that are open. */
  watching = 0;
  private readonly keys = new Map<string, string>();
  private readonly waiting = new Set<() => void>();
  private ids = 0;

  of({ tenant }: Principal, id: string): KeptScriptThread {
    const found = this.kept.get(id);
    if (found?.thread.start.tenant !== tenant)
      throw new Fault('not_found', 'script_thread.not_found', 'There is no such thread.', { thread_id: id.slice(0, 200) });
    return found;
  }

  /** Records an event and changes the row as it would. */
  tell(id: string, event: ScriptEvent, changes: Partial<ScriptThread> = {}): void {
    const kept = this.kept.get(id) as KeptScriptThread;
    const seq = kept.events.length + 1;
    kept.events.push({ ...event, seq, at: new Date(BASE + seq * 1_000).toISOString() });
    kept.thread = { ...kept.thread, ...changes, lastSeq: seq };
    for (const wake of [...this.waiting]) wake();
  }

  pause(id: string): void {
    this.tell(id, { type: 'thread_paused', data: { path: ASK.path, label: ASK.label, kind: 'ask', pause: { ...ASK } } }, { status: 'PAUSED', pauses: [ASK] });
  }

  complete(id: string, output: StoredValue): void {
    this.tell(id, { type: 'thread_completed', data: { output } }, { status: 'COMPLETED', pauses: [], output, endedAt: new Date(BASE + 60_000).toISOString() });
  }

  private async make({ tenant, subject, keyId }: Principal, request: CreateThreadRequest): Promise<ScriptThread> {
    await this.hold;
    if (request.inputJson !== '' && !request.inputJson.startsWith('{'))
      throw new Fault('invalid', 'script_thread.input', 'input: expected an object', { field: 'input', reason: 'expected an object' });
    const id = `thr_${++this.ids}`;
    const { scriptName, version, executionMode, hostId, metadata, loadEnv } = request;
    const start = {
      ...{
        id,
        tenant,
        scriptName,
        version: version === 0 ? 1 : version,
        input: { value: {} },
        hasEnv: loadEnv,
        executionMode,
        hostId,
        deadlineAt: null,
        metadata,
      },
      ...{ parent: null, depth: 0, keyId, by: { subject, via: 'api' as const }, createdAt: new Date(BASE + this.ids).toISOString() },
    };
    const counts = { stepsStarted: 0, stepsCompleted: 0, totalSteps: 3, yielded: 0, tokensIn: 0, tokensOut: 0, lastSeq: 0 };
    const times = { startedAt: new Date(BASE).toISOString(), endedAt: null, updatedAt: new Date(BASE).toISOString() };
    const thread: ScriptThread = { id, start, status: 'RUNNING', error: null, current: null, ...counts, pauses: [], output: null, cancel: null, ...times };
    this.kept.set(id, { thread, request, events: [], steps: [], yields: [], artifacts: [] });
    this.tell(id, { type: 'thread_started', data: { threadId: id, scriptName, version: start.version, totalSteps: 3 } });
    return (this.kept.get(id) as KeptScriptThread).thread;
  }

  private changed(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.waiting.add(wake);
      signal.addEventListener('abort', wake, { once: true });
    });
  }

  private async *follow(kept: KeptScriptThread, afterSeq: number, signal: AbortSignal): AsyncGenerator<Watched, void, void> {
    this.watching += 1;
    try {
      for (let at = afterSeq; !signal.aborted;) {
        const next = kept.events.find(({ seq }) => seq > at);
        if (next) {
          at = next.seq;
          yield next;
        } else if (threadHasEnded(kept.thread.status)) return;
        else await this.changed(signal);
      }
    } finally {
      this.watching -= 1;
    }
  }

  private async *followStep(
    kept: KeptScriptThread,
    path: string,
    signal: AbortSignal,
  ): AsyncGenerator<{ readonly snapshot: ScriptStepRecord } | Watched, void, void> {
    const snapshot = kept.steps.find((step) => step.path === path);
    if (snapshot) yield { snapshot };
    for await (const event of this.follow(kept, 0, signal)) {
      if (!('path' in event.data) || event.data.path !== path) continue;
      yield event;
      if (event.type === 'step_completed') return;
    }
  }

  private answer(kept: KeptScriptThread, by: string, overrideJson: string): void {
    const override: unknown = overrideJson === '' ? {} : JSON.parse(overrideJson);
    const { value } = override as { value?: unknown };
    if (value !== undefined && !['approve', 'reject'].includes(value as string)) {
      const refusal = { code: 'ask.option', message: 'value: expected one of approve, reject' };
      this.tell(kept.thread.id, { type: 'answer_refused', data: { path: '1', label: ASK.label, attempt: 1, retriesLeft: 0, ...refusal, by } });
      throw new Fault('invalid', 'script_thread.answer', refusal.message, {
        code: refusal.code,
        field: 'value',
        reason: 'expected one of approve, reject',
        retries_left: 0,
      });
    }
    this.tell(
      kept.thread.id,
      { type: 'thread_resumed', data: { path: '1', label: ASK.label, by, override: { value: override } } },
      { status: 'RUNNING', pauses: [] },
    );
  }

  private readonly keyOf = ({ tenant }: Principal, { idempotencyKey }: ScriptKeyed): string => `${tenant} ${idempotencyKey}`;

  readonly threads: ScriptThreads = {
    create: async (principal, request, keyed) => {
      const before = keyed.idempotencyKey === null ? undefined : this.keys.get(this.keyOf(principal, keyed));
      if (before !== undefined) keyed.replayed?.();
      if (before !== undefined) return this.of(principal, before).thread;
      const made = await this.make(principal, request);
      if (keyed.idempotencyKey !== null) this.keys.set(this.keyOf(principal, keyed), made.id);
      return made;
    },
    get: async (principal, id) => this.of(principal, id).thread,
    list: async ({ tenant }, { status, scriptName, metadata, version }, page) => {
      const rows = [...this.kept.values()]
        .map(({ thread }) => thread)
        .filter(
          ({ start }) => start.tenant === tenant && (scriptName === '' || start.scriptName === scriptName) && (version === null || start.version === version),
        )
        .filter((thread) => status === null || thread.status === status)
        .filter(({ start }) => Object.entries(metadata).every(([key, value]) => start.metadata[key] === value));
      return pageOf(rows.reverse(), page);
    },
    cancel: async (principal, id, reason) => {
      const { thread } = this.of(principal, id);
      if (thread.status === 'CANCELLED') return thread;
      if (threadHasEnded(thread.status)) throw new Fault('conflict', 'script_thread.has_ended', 'The thread has ended.', { status: thread.status });
      const cancel = { by: principal.subject, reason, at: new Date(BASE).toISOString() };
      this.tell(id, { type: 'thread_cancelled', data: { by: principal.subject, reason } }, { status: 'CANCELLED', cancel, pauses: [], endedAt: cancel.at });
      return this.of(principal, id).thread;
    },
    resume: async (principal, id, { overrideJson }) => {
      const kept = this.of(principal, id);
      if (kept.thread.status !== 'PAUSED') throw new Fault('conflict', 'script_thread.not_paused', 'The thread is not paused.', { status: kept.thread.status });
      if (overrideJson === '"late"') throw new Fault('conflict', 'script_thread.ask_expired', 'The time for an answer is over.', { step_path: '1' });
      if (!/^(?:\{[^]*\})?$/.test(overrideJson))
        throw new Fault('invalid', 'script_thread.override', 'step_input_override_json: expected a JSON object', {
          field: 'step_input_override_json',
          reason: 'expected a JSON object',
        });
      this.answer(kept, principal.subject, overrideJson);
      return kept.thread;
    },
    watch: (principal, id, afterSeq, signal) => this.follow(this.of(principal, id), afterSeq, signal),
    watchStep: (principal, id, path, signal) => this.followStep(this.of(principal, id), path, signal),
    steps: async (principal, id, prefix, page) =>
      pageOf(
        this.of(principal, id).steps.filter(({ path }) => path.startsWith(prefix)),
        page,
      ),
    step: async (principal, id, path) => {
      const found = this.of(principal, id).steps.find((step) => step.path === path);
      if (!found) throw new Fault('not_found', 'script_thread.no_such_step', 'The thread has no such step.', { step_path: path.slice(0, 200) });
      return found;
    },
    yields: async (principal, id, from, limit) => {
      const { yields } = this.of(principal, id);
      return { values: yields.slice(from, from + limit), total: yields.length };
    },
    artifacts: async (principal, id, page) => pageOf(this.of(principal, id).artifacts, page),
    valueBytes: async (_principal, value) => ('ref' in value ? (this.blobs.get(value.ref) ?? new Uint8Array()) : Buffer.from(JSON.stringify(value.value))),
    artifactBytes: async (principal, threadId, artifactId) => {
      const artifact = this.of(principal, threadId).artifacts.find((one) => one.artifactId === artifactId);
      if (!artifact) throw new Fault('not_found', 'script_thread.no_such_artifact', 'The thread has no such artifact.');
      return { artifact, bytes: this.blobs.get(artifact.ref) ?? new Uint8Array() };
    },
  };
}
