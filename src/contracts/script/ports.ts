/**
 * What surfaces and the command line use of scripts. Tenants are looked at here: what is another tenant's is `script.not_found` or `script_thread.not_found` (not_found) everywhere.
 */
import type { z } from 'zod';
import type { Principal } from '../principal';
import type { StoredValue } from '../execution/value';
import type { Json as PlainJson } from '../pattern/json';
import type { IrField, IrPrimitive, IrTool, ScriptIr } from './ir';
import type { ScriptEvent } from './events';
import type { ScriptError, ScriptThreadProjection } from './start';
import type { ScriptExecutionMode, ScriptStatus, ScriptStepStatus, ScriptThreadStatus, VersionStatus } from './status';

type Json = z.core.util.JSONType;

/** Under which key somebody asks: the second request of a key is answered as the first. */
export interface ScriptKeyed {
  readonly idempotencyKey: string | null;
  readonly requestId: string;
  /** Called where the answer is what an earlier request with the same key made. */
  replayed?(): void;
}

export interface ListPage<T> {
  readonly items: readonly T[];
  /** Empty at the end. */
  readonly nextPageToken: string;
}
export interface PageRequest {
  /** 1 to 1,000; 0: 50. */
  readonly pageSize: number;
  /** Opaque and signed; of the same filters. Fault `script.page_token` (invalid). */
  readonly pageToken: string;
}

export interface ScriptRecord {
  readonly name: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly labels: Readonly<Record<string, readonly string[]>>;
  readonly status: ScriptStatus;
  /** 0: none is published. */
  readonly activeVersion: number;
  readonly latestVersion: number;
  readonly hasDraft: boolean;
  readonly createdBy: string;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface ScriptDiagnostic {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly severity: 'error' | 'warning' | 'info';
  readonly message: string;
  readonly hint: string | null;
}

export interface ScriptContract {
  readonly input: readonly IrField[];
  readonly output: readonly IrField[];
  readonly stream: readonly IrField[] | null;
  readonly env: readonly IrField[];
  readonly enums: Readonly<Record<string, readonly string[]>>;
}

export interface Compiled {
  readonly ok: boolean;
  /** Null where it has errors. */
  readonly ast: Json | null;
  readonly ir: ScriptIr | null;
  readonly irYaml: string | null;
  readonly contract: ScriptContract | null;
  readonly toolsRequired: readonly IrTool[];
  readonly diagnostics: readonly ScriptDiagnostic[];
}

export interface ScriptDraft {
  readonly scriptName: string;
  readonly content: string;
  readonly format: 'scriptum' | 'yaml' | 'json';
  readonly status: VersionStatus;
  readonly diagnostics: readonly ScriptDiagnostic[];
  readonly hash: string;
  readonly savedBy: string;
  readonly savedAt: string;
}

export interface ScriptVersion {
  readonly scriptName: string;
  readonly version: number;
  readonly status: VersionStatus;
  readonly content: string;
  readonly format: ScriptDraft['format'];
  readonly ir: ScriptIr;
  readonly contract: ScriptContract;
  readonly toolsRequired: readonly IrTool[];
  readonly hash: string;
  /** What was said at its publication. */
  readonly notes: string;
  readonly publishedBy: string;
  readonly publishedAt: string;
}

export interface ScriptTemplate {
  readonly name: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly content: string;
}

export interface ScriptToolEntry {
  readonly name: string;
  readonly source: string;
  readonly description: string;
  readonly inputSchema: Readonly<Record<string, PlainJson>>;
  /** Of the tools that models and agents may call as well. */
  readonly effect: string;
}

export interface EnvVar {
  readonly key: string;
  /** Only in the answer to GetEnvVar of who may read it; lists tell what is secret masked. */
  readonly value: string;
  readonly secret: boolean;
  readonly description: string;
  /** Of GetScriptEnv: where the effective value is from. */
  readonly origin: 'tenant' | 'script';
  readonly updatedAt: string;
}

/** Faults: `script.not_found`, `script.exists` (conflict), `script.name`, `script.no_draft` (conflict), `script.invalid` (invalid: it has errors, with the diagnostics as facts), `script.version_not_found`. */
export interface Scripts {
  create(
    principal: Principal,
    request: {
      readonly name: string;
      readonly description: string;
      readonly tags: readonly string[];
      readonly fromTemplate: string;
      readonly labels: Readonly<Record<string, readonly string[]>>;
      readonly env: Readonly<Record<string, string>>;
    },
    keyed: ScriptKeyed,
  ): Promise<ScriptRecord>;
  /** Tags must all be there, of labels one of the values of each key. */
  list(
    principal: Principal,
    filter: { readonly tags: readonly string[]; readonly labels: Readonly<Record<string, readonly string[]>> },
    page: PageRequest,
  ): Promise<ListPage<ScriptRecord> & { readonly total: number }>;
  get(principal: Principal, name: string): Promise<ScriptRecord>;
  /** Its versions and its environment go; threads stay. Fault `script.in_use` (conflict) while one runs. */
  delete(principal: Principal, name: string): Promise<void>;
  saveDraft(principal: Principal, name: string, content: string): Promise<ScriptDraft>;
  draft(principal: Principal, name: string): Promise<ScriptDraft>;
  compileDraft(principal: Principal, name: string): Promise<Compiled>;
  /** Makes a thread of the draft as version 0, which ListThreads tells only where asked for version 0. */
  testDraft(
    principal: Principal,
    name: string,
    request: Pick<CreateThreadRequest, 'inputJson' | 'timeout' | 'loadEnv' | 'metadata'>,
    keyed: ScriptKeyed,
  ): Promise<ScriptThread>;
  publish(principal: Principal, name: string, notes: string, keyed: ScriptKeyed): Promise<ScriptVersion>;
  /** To 0: the version that was active before. */
  rollback(principal: Principal, name: string, toVersion: number): Promise<ScriptVersion>;
  versions(principal: Principal, name: string, page: PageRequest): Promise<ListPage<ScriptVersion>>;
  /** 0: the active one. */
  version(principal: Principal, name: string, version: number): Promise<ScriptVersion>;
  tools(principal: Principal, filter: { readonly source: string; readonly query: string }): Promise<readonly ScriptToolEntry[]>;
  templates(filter: { readonly tags: readonly string[] }): readonly ScriptTemplate[];
  /** Fault `script.template_not_found`. */
  template(name: string): ScriptTemplate;
}

/** The environment of a tenant, and what a script lays over it: an empty value falls back to that of the tenant. Values are kept sealed. */
export interface ScriptEnvironment {
  set(
    principal: Principal,
    variable: { readonly key: string; readonly value: string; readonly secret: boolean; readonly description: string },
  ): Promise<EnvVar>;
  /** Fault `script.env_not_found`. */
  get(principal: Principal, key: string): Promise<EnvVar>;
  delete(principal: Principal, key: string): Promise<void>;
  list(principal: Principal, prefix: string, page: PageRequest): Promise<ListPage<EnvVar>>;
  /** Either all or none; `content` in the form of `.env` files where given. */
  import(
    principal: Principal,
    request: { readonly values: Readonly<Record<string, string>>; readonly content: string; readonly overwrite: boolean },
  ): Promise<{ readonly imported: readonly string[]; readonly skipped: readonly string[] }>;
  ofScript(principal: Principal, name: string, effective: boolean): Promise<readonly EnvVar[]>;
  updateScript(
    principal: Principal,
    name: string,
    change: { readonly set: Readonly<Record<string, string>>; readonly delete: readonly string[] },
  ): Promise<readonly EnvVar[]>;
}

export interface CreateThreadRequest {
  readonly scriptName: string;
  /** 0: the active one. */
  readonly version: number;
  /** Empty: `{}`. */
  readonly inputJson: string;
  readonly executionMode: ScriptExecutionMode;
  /** `90s`, `5m`, `1h`, `2d`; empty: none. */
  readonly timeout: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly callbackUrl: string;
  readonly loadEnv: boolean;
  /** LOCAL: the host that asks, by its id; null: the only one there is. Fault `script_thread.no_host` (conflict). */
  readonly hostId: string | null;
}

export interface ScriptThread extends ScriptThreadProjection {
  readonly id: string;
  readonly lastSeq: number;
}

export interface ScriptStepRecord {
  readonly path: string;
  readonly name: string;
  readonly primitive: IrPrimitive;
  readonly tool: string | null;
  readonly status: ScriptStepStatus;
  readonly attempt: number;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly durationMs: number | null;
  readonly input: StoredValue | null;
  readonly output: StoredValue | null;
  readonly error: ScriptError | null;
  readonly executionId: string | null;
  readonly tokensIn: number;
  readonly tokensOut: number;
}

export interface ScriptArtifact {
  readonly artifactId: string;
  readonly path: string;
  readonly name: string;
  readonly mediaType: string;
  readonly bytes: number;
  readonly ref: string;
  readonly createdAt: string;
}

/** One thing that happened, with its number in the journal of the thread. */
export type Watched = ScriptEvent & { readonly seq: number; readonly at: string };

/** Faults: `script_thread.not_found`, `script_thread.input` (invalid, names the field), `script_thread.timeout`, `script_thread.callback_url`, `script_thread.has_ended` (conflict), those of `resume`. */
export interface ScriptThreads {
  create(principal: Principal, request: CreateThreadRequest, keyed: ScriptKeyed): Promise<ScriptThread>;
  get(principal: Principal, id: string): Promise<ScriptThread>;
  list(
    principal: Principal,
    filter: {
      readonly status: ScriptThreadStatus | null;
      readonly scriptName: string;
      readonly metadata: Readonly<Record<string, string>>;
      readonly version: number | null;
    },
    page: PageRequest,
  ): Promise<ListPage<ScriptThread>>;
  /** Twice is a no-op. */
  cancel(principal: Principal, id: string, reason: string | null, keyed: ScriptKeyed): Promise<ScriptThread>;
  /** Faults beside those of the command: `script_thread.answer` (invalid): the answer is refused, and the thread waits on or has failed; facts `code`, `retries_left`. */
  resume(principal: Principal, id: string, request: { readonly stepPath: string; readonly overrideJson: string }, keyed: ScriptKeyed): Promise<ScriptThread>;
  /** History, then live, without a gap or a repetition, until the thread has ended. `afterSeq` 0: from the beginning. */
  watch(principal: Principal, id: string, afterSeq: number, signal: AbortSignal): AsyncIterable<Watched>;
  /** Events of exactly this step, from `afterSeq` on; ends with the step. Fault `script_thread.no_such_step`, where the thread has ended without it. */
  watchStep(principal: Principal, id: string, path: string, signal: AbortSignal): AsyncIterable<{ readonly snapshot: ScriptStepRecord } | Watched>;
  steps(principal: Principal, id: string, prefix: string, page: PageRequest): Promise<ListPage<ScriptStepRecord>>;
  step(principal: Principal, id: string, path: string): Promise<ScriptStepRecord>;
  yields(principal: Principal, id: string, from: number, limit: number): Promise<{ readonly values: readonly StoredValue[]; readonly total: number }>;
  artifacts(principal: Principal, id: string, page: PageRequest): Promise<ListPage<ScriptArtifact>>;
  /** A stored value of this thread as its JSON text in UTF-8, without the secrets of its environment; at most {@link VALUE_MAX} bytes of src/contracts/execution/value.ts. Of the thread that it is of, the secrets are left out. */
  valueBytes(principal: Principal, value: StoredValue, threadId: string): Promise<Uint8Array>;
  /** A blob of an artifact. Fault `script_thread.no_such_artifact`. */
  artifactBytes(principal: Principal, threadId: string, artifactId: string): Promise<{ readonly artifact: ScriptArtifact; readonly bytes: Uint8Array }>;
}
