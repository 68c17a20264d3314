/** Makes threads of scripts up to their admission: what a caller asked for is checked, the environment is sealed, the row is written. The API starts their workflows, a parent's workflow those of children. */
import { jsonBytes, type StoredValue } from '../contracts/execution/value';
import type { Json } from '../contracts/pattern/json';
import { IR_BYTES_MAX, type ScriptIr } from '../contracts/script/ir';
import type { ScriptVersion } from '../contracts/script/ports';
import { SCRIPT_DEPTH_MAX, SCRIPT_EDITION, type ScriptStart, type ScriptThreadProjection } from '../contracts/script/start';
import { KeptValues } from '../domain/script/kept-values';
import { openScriptThread } from '../domain/script/thread/state';
import { projectScriptThread } from '../domain/script/thread/project';
import { Fault } from '../errors/fault';
import { newId } from './execution-start';
import type { ScriptEnvironmentGateway } from './script-environment';
import { environmentOf, inputOf, type GivenEnvironment } from './script-start';
import { versionNotFound } from './script-requests';

export interface ThreadLimits {
  readonly global: number;
  readonly tenant: number;
}

export interface AdmissionStore {
  admit(start: ScriptStart, projection: ScriptThreadProjection, limits: ThreadLimits): Promise<void>;
  /** Takes it back, where nothing has been told yet. */
  dismiss(tenant: string, id: string): Promise<void>;
  /** Without the row. `secrets`: of the thread that runs it; they are known here too, so that they are left out of what is told. */
  sealEnvironment(tenant: string, threadId: string, environment: GivenEnvironment & { readonly secrets: readonly string[] }): Promise<void>;
  /** What was sealed for a thread that was not admitted. */
  forgetEnvironment(tenant: string, threadId: string): Promise<void>;
  /** The secrets that a thread was given. */
  secretsOf(tenant: string, threadId: string): Promise<readonly string[]>;
  putBlob(tenant: string, value: string): Promise<string>;
  version(tenant: string, name: string, version: number): Promise<Pick<ScriptVersion, 'version' | 'ir'> | null>;
}

export interface PreparationDependencies {
  readonly store: AdmissionStore;
  readonly environment: Pick<ScriptEnvironmentGateway, 'effective'>;
  readonly limits: ThreadLimits;
}

/** The script of a thread. `version` 0: a draft, or a plan. */
export interface ScriptOfThread {
  readonly name: string;
  readonly version: number;
  readonly ir: ScriptIr;
}

export type Prepared = Omit<ScriptStart, 'ir' | 'input' | 'scriptName' | 'version' | 'hasEnv' | 'createdAt' | 'edition'> & { readonly createdAt: string };

/** What a `run` of a script asks for. */
export interface ChildOfThread {
  readonly tenant: string;
  /** One child for each key. */
  readonly key: string;
  readonly parent: Pick<ScriptStart, 'depth' | 'executionMode' | 'hostId' | 'deadlineAt' | 'hasEnv' | 'keyId' | 'by'> & {
    readonly threadId: string;
    readonly path: string;
  };
  readonly of: { readonly script: string; readonly version: number } | { readonly plan: ScriptIr };
  readonly input: Json;
  /** The input holds secrets of the environment of the parent, so it does not travel. */
  readonly isSecret: boolean;
}

interface GivenInput {
  readonly input: Json;
  readonly loadEnv: boolean;
  /** Secrets of the parent; null: the input holds none. */
  readonly secrets?: readonly string[] | null;
}

export class ScriptPreparation {
  constructor(private readonly deps: PreparationDependencies) {}

  /** Faults `script.version_not_found`, of `version` 0 too, where nothing is published. */
  async published(tenant: string, name: string, version: number): Promise<ScriptOfThread> {
    const found = await this.deps.store.version(tenant, name, version);
    if (!found) throw versionNotFound(name.slice(0, 200), version);
    return { name, version: found.version, ir: found.ir };
  }

  /** Faults `script_thread.input`, `script_thread.env` (invalid), those of the admission; then nothing is left of it. */
  async admit(script: ScriptOfThread, given: Prepared, { input, loadEnv, secrets = null }: GivenInput): Promise<ScriptStart> {
    const { tenant, id } = given;
    const { store, environment, limits } = this.deps;
    assertSize(script.ir);
    const checked = inputOf(script.ir, input);
    const stored = await this.stored(tenant, checked, secrets !== null);
    const hasEnv = loadEnv || script.ir.env.length > 0 || (secrets ?? []).length > 0;
    if (hasEnv) {
      const own = environmentOf(script.ir, loadEnv ? await environment.effective(tenant, script.name) : null);
      await store.sealEnvironment(tenant, id, { ...own, secrets: secrets ?? [] });
    }
    const of = { ir: script.ir, scriptName: script.name, version: script.version };
    const start: ScriptStart = { ...given, ...of, input: stored, hasEnv, edition: SCRIPT_EDITION };
    try {
      await store.admit(start, projectScriptThread(openScriptThread(start)), limits);
    } catch (thrown) {
      await store
        .dismiss(tenant, id)
        .then(() => store.forgetEnvironment(tenant, id))
        .catch(() => undefined);
      throw thrown;
    }
    return start;
  }

  /** For a thread that runs a script: the row of the child, which its parent's workflow starts. Faults as {@link admit}, `script_thread.too_deep`. */
  async child({ tenant, key, parent, of, input, isSecret }: ChildOfThread): Promise<ScriptStart> {
    const { threadId, path, depth, hasEnv, ...inherited } = parent;
    if (depth + 1 > SCRIPT_DEPTH_MAX)
      throw new Fault('invalid', 'script_thread.too_deep', `Scripts run each other at most ${SCRIPT_DEPTH_MAX} deep.`, { max: SCRIPT_DEPTH_MAX });
    const script = 'plan' in of ? { name: of.plan.name, version: 0, ir: of.plan } : await this.published(tenant, of.script, of.version);
    const id = newId('thr_', { tenant, route: 'script-child', key });
    const given = { ...inherited, id, tenant, metadata: {}, parent: { threadId, path }, depth: depth + 1, createdAt: new Date().toISOString() };
    const secrets = isSecret ? await this.deps.store.secretsOf(tenant, threadId) : null;
    return this.admit(script, given, { input, loadEnv: hasEnv, secrets });
  }

  /** Takes an admission back that could not be started. What was sealed stays: its workflow may have been started all the same, and needs it then. */
  async dismiss({ tenant, id }: Pick<ScriptStart, 'tenant' | 'id'>): Promise<void> {
    await this.deps.store.dismiss(tenant, id);
  }

  /** Fault `script.value_too_large` (invalid). */
  private stored(tenant: string, value: Json, secret: boolean): Promise<StoredValue> {
    return new KeptValues({ put: (owner, text) => this.deps.store.putBlob(owner, text), get: () => Promise.resolve(null) }, tenant).keep(value, { secret });
  }
}

/** Fault `script_thread.too_large` (invalid). */
function assertSize(ir: ScriptIr): void {
  const bytes = jsonBytes(ir);
  if (bytes > IR_BYTES_MAX)
    throw new Fault('invalid', 'script_thread.too_large', `The script has ${bytes} bytes as it is carried out; at most ${IR_BYTES_MAX} are.`, {
      ...{ bytes, max: IR_BYTES_MAX },
    });
}
