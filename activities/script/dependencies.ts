/** What the activities of scripts need of the world. */
import type { ScriptIr } from '../../src/contracts/script/ir';
import type { Compiled } from '../../src/contracts/script/ports';
import type { ScriptStart } from '../../src/contracts/script/start';
import type { Json } from '../../src/contracts/pattern/json';
import type { ScriptModels } from '../../src/contracts/script/talk';
import type { ScriptChannels, ScriptTools } from '../../src/contracts/script/tools';
import type { Blobs, ByteBlobs, Effects } from '../ports';

/** The environment of a thread, as it was when the thread was made. */
export interface ThreadEnvironment {
  /** By name; of the types that the script declares. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Takes its secrets, and those of the process, out of what is told. */
  readonly redact: <T>(value: T) => T;
}

/** A thread that another one runs. */
export interface ChildRequest {
  readonly tenant: string;
  /** The same in each try: one child for each key. */
  readonly key: string;
  readonly parent: Pick<ScriptStart, 'depth' | 'executionMode' | 'hostId' | 'deadlineAt' | 'hasEnv' | 'keyId' | 'by'> & {
    readonly threadId: string;
    readonly path: string;
  };
  /** One that is published, by its name and version (0: the active one), or the representation of a plan. */
  readonly of: { readonly script: string; readonly version: number } | { readonly plan: ScriptIr };
  /** As the step gives it: to be checked against the contract. */
  readonly input: Json;
  /** It holds secrets of the environment of the parent. */
  readonly isSecret: boolean;
}

export interface ScriptDependencies {
  readonly blobs: Blobs & ByteBlobs;
  readonly effects: Effects;
  readonly tools: ScriptTools;
  readonly models: ScriptModels;
  readonly channels: ScriptChannels;
  /** Asked only for threads that have one. */
  readonly environmentOf: (tenant: string, threadId: string) => Promise<ThreadEnvironment>;
  /**
   * Makes the row of a child; the workflow starts it. Faults, all told to the thread as those of the step: `script.not_found`, `script.version_not_found`, `script_thread.input` (invalid),
   * `script_thread.too_deep`.
   */
  readonly prepareChild: (request: ChildRequest) => Promise<ScriptStart>;
  /** The compiler. */
  readonly compile: (source: string) => Pick<Compiled, 'ir' | 'contract' | 'diagnostics'>;
  /** Takes the secrets of the process out of what is told. */
  readonly redact: <T>(value: T) => T;
}
