/**
 * The activities of scripts. Each may run again at any time: what acts on the world is claimed under `key` (path and attempt) before it acts and leaves a receipt after, so the second time answers as the first.
 *
 * Expressions are evaluated where the values are: an activity gets the texts of its arguments and the part of the scope that they mention; references and the environment are read there, so a large value
 * or a secret of the environment is never in a history.
 */
import type { Brings, Cause, CommitBatch } from '../actor';
import type { StoredValue } from '../execution/value';
import type { IrArguments, IrField, IrTool, ScriptIr } from './ir';
import type { ScriptContract } from './ports';
import type { ScriptError, ScriptStart } from './start';

export interface ScriptIdentity {
  readonly tenant: string;
  readonly threadId: string;
  /** As in its start: whether activities have to read an environment for it. */
  readonly hasEnv: boolean;
  /** Of who started it. */
  readonly by: Cause;
}

/** Names and what they stand for; constants among them. `input`, where it is mentioned as a whole. The environment is not in it. */
export type ScopePart = Readonly<Record<string, StoredValue>>;

export interface StepInput {
  readonly thread: ScriptIdentity;
  readonly path: string;
  /** From 1; a retry, a fallback and a resumption count one up, so each acts anew. */
  readonly attempt: number;
  readonly scope: ScopePart;
  readonly args: IrArguments;
  /** Fields that a person gave in place of arguments of the same name; `$output`: what they say that the step has come to, so that it is not done; of a decision, `choice`. */
  readonly override: StoredValue | null;
  readonly enums: Readonly<Record<string, readonly string[]>>;
}

export interface ModelUse {
  readonly model: string;
  readonly tokensIn: number;
  readonly tokensOut: number;
  readonly latencyMs: number;
}

export interface KeptArtifact {
  readonly artifactId: string;
  readonly name: string;
  readonly mediaType: string;
  readonly bytes: number;
  readonly ref: string;
}

/** What a step that acted came to. `input`: what its arguments came to, redacted; inline, or cut where it is large. */
export type StepOutput = {
  readonly input: StoredValue | null;
  readonly models: readonly ModelUse[];
  readonly artifacts: readonly KeptArtifact[];
  readonly executionId: string | null;
} & (
  | { readonly outcome: 'done'; readonly output: StoredValue }
  /** `unknown`: it may have been done. `retry`: another try may help. */
  | { readonly outcome: 'failed'; readonly error: ScriptError; readonly unknown: boolean; readonly retry: boolean }
);

export interface ExecuteStepInput extends StepInput {
  /** As the script imports it, or one of the model tools. */
  readonly tool: IrTool;
}
export interface AgentStepInput extends StepInput {
  readonly tool: IrTool;
  /** Those that the script imports: what `tools = […]` may name. */
  readonly tools: readonly IrTool[];
}
export interface DecideInput extends StepInput {
  readonly question: string;
  readonly branches: readonly string[];
}
/** `choice` of the branches; `reason` in the words of the model. */
export type DecideOutput = StepOutput & { readonly choice: string | null; readonly reason: string | null };

export interface EvaluateInput {
  readonly thread: ScriptIdentity;
  readonly path: string;
  readonly scope: ScopePart;
  readonly expressions: IrArguments;
  readonly override: StoredValue | null;
  /** These decide the way: numbers, true, false and null travel, though the environment was mentioned. */
  readonly plain?: boolean;
}
/** Values by the names of the expressions. One that mentions the environment is always a reference. */
export type EvaluateOutput =
  { readonly outcome: 'done'; readonly values: Readonly<Record<string, StoredValue>> } | { readonly outcome: 'failed'; readonly error: ScriptError };

/** Items `from` up to `from + count` of a list that is kept: each as a stored value. */
export interface PageInput {
  readonly tenant: string;
  readonly list: StoredValue;
  readonly from: number;
  readonly count: number;
}

/** Checks a value that is a reference (one that travels is checked in the workflow). Null: it fits. */
export interface FitInput {
  readonly tenant: string;
  readonly value: StoredValue;
  readonly fields: readonly IrField[];
  readonly enums: Readonly<Record<string, readonly string[]>>;
}

/** What `plan` is bound to, and `run` reads. */
export interface ScriptPlan {
  readonly name: string;
  /** As the model wrote it, formatted. */
  readonly source: string;
  readonly ir: ScriptIr;
  readonly contract: ScriptContract;
  readonly steps: number;
}

export type ChildOutput = { readonly outcome: 'prepared'; readonly start: ScriptStart } | { readonly outcome: 'failed'; readonly error: ScriptError };

export interface ScriptActivities {
  /**
   * `do`: one call of a tool. Cancelled: the tool is interrupted within a second; then the activity is cancelled, but where nobody can tell whether the tool has acted, which it tells:
   * failed with `step.cancelled` and `unknown`. `entrusted`: events that go to the journal beside (kernel, `entrust`).
   */
  executeStep(input: ExecuteStepInput, entrusted?: CommitBatch): Promise<StepOutput & Brings>;
  /** `agent`: a model with tools until it is done; heartbeats what it has come to, and goes on from there when its worker was lost. Output `{text, iterations, tool_calls, exhausted}`. */
  agentStep(input: AgentStepInput, entrusted?: CommitBatch): Promise<StepOutput & Brings>;
  /** `decide … with llm`, and `check ask llm` with the branches `pass` and `fail`. */
  decideStep(input: DecideInput, entrusted?: CommitBatch): Promise<DecideOutput & Brings>;
  /** `plan`: a model writes a script, which is compiled and checked; told of mistakes it may try again, three times. Output: a {@link ScriptPlan}. */
  planStep(input: AgentStepInput & { readonly maxSteps: number }, entrusted?: CommitBatch): Promise<StepOutput & Brings>;
  /** `send`: to a channel (docs/scriptum.md). */
  sendStep(input: StepInput & { readonly channel: string }, entrusted?: CommitBatch): Promise<StepOutput & Brings>;
  /** Expressions that need a kept value or the environment. */
  evaluateStep(input: EvaluateInput, entrusted?: CommitBatch): Promise<EvaluateOutput & Brings>;
  readPage(input: PageInput): Promise<{ readonly items: readonly StoredValue[]; readonly total: number }>;
  /** Items become one kept list (`append` to one before): results of loops that are too large to travel. */
  keepList(input: { readonly tenant: string; readonly append: StoredValue | null; readonly items: readonly StoredValue[] }): Promise<StoredValue>;
  keepValue(request: { readonly tenant: string; readonly value: unknown }): Promise<StoredValue>;
  checkFit(input: FitInput): Promise<{ readonly misfit: string | null; readonly value: StoredValue }>;
  /** `run`: resolves the script or reads the plan, checks the input, makes the row of the child; the workflow starts it. */
  prepareChild(
    input: StepInput & {
      readonly script: string | null;
      readonly version: number;
      readonly plan: StoredValue | null;
      readonly parent: Pick<ScriptStart, 'depth' | 'executionMode' | 'hostId' | 'deadlineAt' | 'hasEnv' | 'keyId' | 'by'>;
    },
  ): Promise<ChildOutput>;
}

/**
 * Native tools that only compute, within milliseconds, and may be called twice. From edition 2 on their steps are local activities, so that they cost Temporal neither an activity nor a task; where that does not
 * succeed at once they go to the queue of the workflow: its worker gets them with the answer to its task, so that Temporal does not have to look for somebody who has time.
 */
export const QUICK_TOOLS: readonly string[] = ['now', 'uuid', 'hash', 'base64'];

/** A task of a workflow waits for a quick tool no longer than this; what it was given may have to be read first. */
export const QUICK_STEP = { scheduleToCloseTimeout: 1_000, retry: { maximumAttempts: 1 } } as const;

/**
 * Quick steps of a thread one after the other; the next one is an ordinary activity, which brings the journal what was recorded. Until then nobody who watches sees anything of them, and the workflow hears
 * nothing. Each tells 16 KiB at most, so the answers of one task are far from the 4 MiB that the server takes.
 */
export const QUICK_STEPS_MAX = 10;

/** Other tools and models work on a queue of their own: what takes minutes must not hold the slot of a commit. Every worker polls it; LOCAL threads use the queue of their host. */
export const SCRIPTS_QUEUE = 'everthread-scripts';
