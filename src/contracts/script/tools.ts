/** What the steps of a script call: a tool has a name where it comes from, a schema, and says what becomes of a call that was lost. Composition roots in src/main hand tools over. */
import type { Cause } from '../actor';
import type { Json } from '../pattern/json';
import type { ModelUse } from './activities';
import type { IrTool } from './ir';

/** What else besides `mcp.<server>`. `native` tools are ours, and what the operator added for runs under a name that is free here. */
export const TOOL_SOURCES = ['native', 'runs', 'threads', 'patterns'] as const;

export type ToolEffect = 'pure' | 'read' | 'write' | 'external' | 'irreversible';

/**
 * What a second call does that follows on a first whose end nobody saw. `harmless`: as much as one, so it is made without being claimed. `paid`: the same to the world, but it costs again; it is claimed,
 * made again where its worker was lost, and not where its receipt was. `harmful`: it may act twice; after a claim without a receipt it is not made again, and is told as `unknown`.
 */
export type Twice = 'harmless' | 'paid' | 'harmful';

export interface ScriptToolDefinition {
  readonly name: string;
  readonly source: string;
  readonly description: string;
  /** JSON Schema of an object. */
  readonly inputSchema: Readonly<Record<string, Json>>;
  readonly effect: ToolEffect;
}

/** Bytes that a tool brought and that are no value: kept beside the thread. */
export interface NewArtifact {
  readonly name: string;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** What a value of a script says in the place of an artifact: what tools that take bytes read. */
export interface ArtifactMention {
  readonly artifact_id: string;
  readonly ref: string;
  readonly name: string;
  readonly media_type: string;
  readonly bytes: number;
}

export interface ScriptToolContext {
  readonly tenant: string;
  readonly threadId: string;
  /** The same in each try of this call, and of no other call: what is started under it is started once. At most 100 characters. */
  readonly key: string;
  /** Of who started the thread. */
  readonly by: Cause;
  /** Fires at cancellation and when the worker stops. What the tool started has ended when its promise settles. */
  readonly signal: AbortSignal;
  /** Faults `script_tool.artifact_too_large` (invalid). */
  keep(artifact: NewArtifact): Promise<ArtifactMention>;
  /** Fault `script_tool.artifact_gone` (not_found). */
  bytesOf(mention: Pick<ArtifactMention, 'ref'>): Promise<Uint8Array>;
}

export interface ScriptToolOutcome {
  readonly output: Json;
  readonly models?: readonly ModelUse[];
  /** Of the run, thread or execution that it was. */
  readonly executionId?: string;
}

export interface ScriptTool {
  readonly definition: ScriptToolDefinition;
  /** Pure. Where the arguments do not fit and what is expected there (`path: expected a text, found a number`), or null. */
  misfit(args: Json): string | null;
  /** Pure. Asked only about arguments that fit. */
  twice(args: Json): Twice;
  /**
   * Throws a Fault whose message goes to the thread; facts `{begun: false}` say that nothing was done, `{unknown: true}` that nobody can tell how it ended. When `signal` fires it rejects within a
   * second.
   */
  perform(args: Json, context: ScriptToolContext): Promise<ScriptToolOutcome>;
}

export interface ScriptTools {
  /** Of what a script imports, or of a model tool. Faults `script_tool.unknown` (not_found), `script_tool.not_for_scripts`, `script_tool.too_risky` (both forbidden). */
  find(tenant: string, tool: Pick<IrTool, 'tool' | 'source'>): Promise<ScriptTool>;
}

/** All that a script of the tenant may import; answers while no worker runs. By source, then by name. */
export interface ScriptToolCatalogue {
  list(tenant: string): Promise<readonly ScriptToolDefinition[]>;
}

/** Channels that `send` knows, by name; and `webhook`, whose address the step gives. */
export interface ScriptChannels {
  readonly names: readonly string[];
  /**
   * Returns when the receiver has taken it. The same `deliveryId` in each try: at least once. Faults `script_channel.unknown` (not_found), `script_channel.refused` (invalid: the receiver said so for good),
   * `script_channel.unavailable` (unavailable), `script_channel.fields` (invalid).
   */
  send(message: {
    readonly channel: string;
    readonly deliveryId: string;
    readonly tenant: string;
    readonly threadId: string;
    readonly stepPath: string;
    readonly fields: Readonly<Record<string, Json>>;
    readonly signal: AbortSignal;
  }): Promise<{ readonly status: number; readonly durationMs: number }>;
}
