/** What the parts of a run ask of one another: the ledger, tools and cognition. Composition roots in src/main hand them over. */
import type { z } from 'zod';
import type { SaidTurn } from './said';
import type { Budget, CommitBody, DeltaOp, EffectClass, EntryPayload, LedgerEntry, Resource, RiskClass } from './protocol';

type Json = z.core.util.JSONType;

/** What an entry is to say; the ledger signs commits and computes the ids. */
export type EntryDraft = Exclude<EntryPayload, { readonly type: 'commit' }> | { readonly type: 'commit'; readonly body: Omit<CommitBody, 'signature'> };

export interface AppendRequest {
  readonly tenant: string;
  readonly trajectoryId: string;
  readonly runId: string;
  /** At most 200 characters; one for each entry that is to be made of this trajectory. */
  readonly requestId: string;
  /** Pure, and possibly called again. Null stands for a trajectory that is not there: then only a root or a branch will do. */
  readonly build: (head: LedgerHead | null) => EntryDraft;
}

/** The ledger of all trajectories of a tenant. Appending is idempotent by `requestId`: asked twice, it answers with the entry that stands. */
export interface Ledger {
  /**
   * Adds one entry after the last. `build` gets the head and makes the payload for it (a commit names its parent and seq) while the trajectory is locked. A branch or root
   * payload opens the trajectory. Faults: `ledger.not_found` for an entry of a trajectory that was not opened, or a branch from one; `ledger.commit_not_found` for a branch from a
   * commit that is not there; `ledger.exists` (conflict) for a second opening; `ledger.misplaced` (internal) for a commit that names another place; `ledger.entry_too_large`,
   * `ledger.malformed` (both invalid); `ledger.full` and `ledger.too_deep` (conflict).
   */
  append(request: AppendRequest): Promise<LedgerEntry>;
  /**
   * The same, and in the same transaction the receipt of a claimed effect: either both stand or neither. A repeated request leaves the receipt that the entry which stands
   * makes. Fault `effect.not_claimed` (conflict), with nothing appended.
   */
  appendAndSettle(
    request: AppendRequest & {
      readonly effect: { readonly actor: { readonly address: string }; readonly effectId: string; readonly receipt: (entry: LedgerEntry) => unknown };
    },
  ): Promise<LedgerEntry>;
  /** The entry that a request made, or null. */
  find(request: { readonly tenant: string; readonly trajectoryId: string; readonly requestId: string }): Promise<LedgerEntry | null>;
  /** Where a commit of the trajectory or of its ancestors stands, as far as they are folded; null when it is none of theirs. */
  findCommit(request: {
    readonly tenant: string;
    readonly trajectoryId: string;
    readonly commitId: string;
  }): Promise<{ readonly trajectoryId: string; readonly seq: number } | null>;
  /** Entries of the trajectory alone, by seq; at most `limit` (500, and no more than 1,000). */
  entries(request: {
    readonly tenant: string;
    readonly trajectoryId: string;
    readonly afterSeq?: number;
    readonly limit?: number;
  }): Promise<readonly LedgerEntry[]>;
  /** Entries with those of its ancestors up to the commits that it branched from, oldest first: what a world is folded from. Empty: no such trajectory. */
  lineage(request: { readonly tenant: string; readonly trajectoryId: string; readonly toSeq?: number }): Promise<readonly LedgerEntry[]>;
  head(tenant: string, trajectoryId: string): Promise<LedgerHead | null>;
}
export interface LedgerHead {
  readonly id: string;
  readonly seq: number;
}

export interface World {
  get(kind: string, id: string): Resource | null;
  readonly resources: readonly Resource[];
}

/** A tool as the registry, the compiler and models see it. */
export interface ToolDefinition {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly effect_class: EffectClass;
  readonly risk_class: RiskClass;
  /** JSON Schema of an object. */
  readonly input_schema: Readonly<Record<string, Json>>;
  /** Doing it twice is as good as once: after a lost try it is simply done again. */
  readonly idempotent: boolean;
  /** What one call may cost, reserved before it. */
  readonly estimate: Budget;
}

export type ToolStream = 'stdout' | 'stderr';

export interface ToolContext {
  readonly tenant: string;
  readonly runId: string;
  readonly proposalId: string;
  /** Absolute and real: where files and processes of the run are. From `Tools.workspace`. */
  readonly workspace: string;
  readonly world: World;
  /** Fires at cancellation, at the time limit and when the worker stops. What the tool started has ended when its promise settles. */
  readonly signal: AbortSignal;
  /** Given to tools that {@link Tool.verifies} themselves. */
  readonly notes?: ToolNotes;
  /** Told what a program writes while it writes it; for people who watch, never for the model. Does not wait and does not fail. */
  readonly onOutput?: (stream: ToolStream, text: string) => void;
}
/** What a tool writes down of a call before it acts, so that a later try of the same call can find out what the earlier one did. */
export interface ToolNotes {
  /** What an earlier try wrote down; null: none came so far, and so none has acted. */
  readonly earlier: Json | null;
  /** Kept when it resolves; at most 8 KiB. The first note of a call stands. */
  keep(note: Json): Promise<void>;
}
export interface ToolOutcome {
  readonly output: Json;
  readonly delta: readonly DeltaOp[];
}
export interface Tool {
  readonly definition: ToolDefinition;
  /**
   * After a try that left no receipt it is called again, and finds out by its notes what that try did: it answers as that would have, acts if that did not, or throws
   * `{unknown: true}` where it cannot tell. Called with a signal that has fired, it does not act.
   */
  readonly verifies?: boolean;
  /** Pure. Where the arguments do not fit `input_schema` and what is expected there (`path: expected a text, found a number`), or null. */
  misfit(args: Json): string | null;
  /** Pure. Says what is wrong, or null. Asked only about arguments that fit. */
  precondition?(args: Json, world: World): string | null;
  /**
   * Throws a Fault (`tool.*`, `outgoing.*`) whose message goes to the model and the ledger, at most 2,000 characters; facts `{begun: false}` say that nothing was done,
   * `{unknown: true}` that nobody can tell how it ended. When `signal` fires for a cancellation it rejects with the signal's reason. Does not check arguments again: ask `misfit` first.
   */
  perform(args: Json, context: ToolContext): Promise<ToolOutcome>;
}
/** The tools of a tenant, by name: built in, from manifests, from MCP servers, from installed packages. A name has one tool: what is earlier in this list has it. */
export interface Tools {
  list(tenant: string): Promise<readonly ToolDefinition[]>;
  find(tenant: string, name: string): Promise<Tool | null>;
  /** The directory that runs of this tenant work in: absolute, real, made when it is missing. */
  workspace(tenant: string): Promise<string>;
}

/** Tools as an API process knows them, from what workers last said of theirs; it answers while no worker runs. Sorted by name. */
export interface ToolCatalogue {
  list(tenant: string): Promise<readonly ToolDefinition[]>;
}

/** Which model thinks, as `POST /runs` says it. */
export interface CognitionChoice {
  readonly provider: string;
  readonly model: string | null;
  readonly max_tokens: number | null;
  readonly base_url: string | null;
  readonly thinking_budget_tokens: number | null;
  readonly cache_prefix: boolean;
  /** Where the agent of a thread says so; else the provider's own. */
  readonly temperature?: number | null;
  readonly top_p?: number | null;
  readonly top_k?: number | null;
  /** Provider `scripted`: what it says, step by step. */
  readonly script: readonly ScriptedStep[] | null;
  /** Provider `scripted`: what the runs say that it delegates to. */
  readonly delegated_script?: readonly ScriptedStep[] | null;
}
export interface ScriptedStep {
  readonly intents?: readonly { readonly tool: string; readonly args: Json; readonly rationale?: string }[];
  readonly final_answer?: string | null;
  /** What it says of its thinking, and what it names as its sources, before it answers. */
  readonly thinking?: string;
  readonly sources?: readonly ModelSource[];
  /** Waits before it speaks; at most ten minutes. */
  readonly delay_ms?: number;
}

export interface ThinkingRequest {
  readonly tenant: string;
  readonly runId: string;
  /** From 0. */
  readonly step: number;
  readonly maxSteps: number;
  readonly choice: CognitionChoice;
  /** With the instructions of bound skills. */
  readonly task: string;
  /** Earlier turns of the conversation, as `POST /runs` gave them. */
  readonly history: readonly { readonly role: string; readonly text: string }[];
  /** Of a run of a thread: the prompt of its agent, and what was said before, as turns of their own. */
  readonly instructions?: string;
  readonly turns?: readonly SaidTurn[];
  /** Those within scope and ceiling. */
  readonly tools: readonly ToolDefinition[];
  /** The trajectory with its ancestors: what was tried and what came of it is told from these alone, so a run resumes when nothing else is left. */
  readonly lineage: readonly LedgerEntry[];
  /** Intents behind the entries, by intent id, for what the entries do not hold (rationale, arguments of rejected ones). */
  readonly intents: ReadonlyMap<
    string,
    { readonly tool: string; readonly args: Json; readonly rationale: string; readonly callId: string; readonly step: number }
  >;
  readonly budgetLeft: Budget;
}
export interface Thought {
  /** In order. `callId` is the model's own id of the call. */
  readonly intents: readonly { readonly callId: string; readonly tool: string; readonly args: Json; readonly rationale: string }[];
  readonly final_answer: string | null;
  /** `cost_known` false: nobody gave a price for the model, and 0 stands for an unknown cost. */
  readonly usage: { readonly tokens_in: number; readonly tokens_out: number; readonly usd_millicents: number; readonly cost_known?: boolean };
  /** `openai:<model>` as in an intent. */
  readonly author: string;
}
/** What a model says that its answer rests on, where its provider shows it. `url` is null for a document. */
export interface ModelSource {
  readonly url: string | null;
  readonly title: string | null;
}

/** What is told while a model thinks: to `/runs/:id/stream`, and to those who watch its thread. */
export type CognitionDelta =
  | { readonly type: 'token'; readonly text: string }
  /** What a model says of its thinking, where its provider shows it; told in threads. */
  | { readonly type: 'thinking'; readonly text: string }
  /** Told in threads too. */
  | { readonly type: 'source'; readonly source: ModelSource }
  | { readonly type: 'tool_use_start'; readonly tool: string; readonly id: string }
  | { readonly type: 'tool_use_arg_delta'; readonly id: string; readonly delta: string }
  | { readonly type: 'tool_use_done'; readonly id: string };

export interface Cognition {
  /** What thinks in runs that do not say, `mock` where the server has no key. */
  readonly defaultProvider: string;
  /** Throws a Fault of kind `invalid` for an unknown provider, a missing key or model, an address that is not allowed. Cheap; asked when a run is created. */
  check(choice: CognitionChoice): void;
  /** Faults `cognition.*`: facts are `retry` (whether the same may be asked again) and, where the provider says when, `retryAfterMs`. */
  think(request: ThinkingRequest, signal: AbortSignal, onDelta: (delta: CognitionDelta) => void): Promise<Thought>;
}
