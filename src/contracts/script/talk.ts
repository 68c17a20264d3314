/** Models as scripts ask them: one answer to what was said so far, vectors, orders, transcripts. Activities implement it over the providers that runs use. */
import type { Json } from '../pattern/json';
import type { ModelUse } from './activities';

export interface TalkCall {
  readonly id: string;
  readonly tool: string;
  readonly args: Json;
}

export type TalkTurn =
  | { readonly role: 'user'; readonly text: string }
  | { readonly role: 'assistant'; readonly text: string; readonly calls: readonly TalkCall[] }
  /** What came of the calls of the turn before. */
  | { readonly role: 'tools'; readonly results: readonly { readonly id: string; readonly tool: string; readonly text: string }[] };

/** What a model without a network (`mock`) is to make up: a text, an object of a shape, one of some choices, a script, or the end of an agent's work. */
export type MockTask =
  | { readonly kind: 'text' | 'work' }
  | { readonly kind: 'choice'; readonly choices: readonly string[] }
  | { readonly kind: 'fields'; readonly fields: Readonly<Record<string, string>> }
  | { readonly kind: 'script' };

export interface TalkRequest {
  /** `<provider>:<model>`, a provider, or a model of the default one; null: what the server has. */
  readonly model: string | null;
  readonly system: string | null;
  readonly turns: readonly TalkTurn[];
  readonly tools: readonly { readonly name: string; readonly description: string; readonly inputSchema: Readonly<Record<string, Json>> }[];
  readonly temperature: number | null;
  readonly maxTokens: number | null;
  readonly mock: MockTask;
}

export interface TalkAnswer {
  readonly text: string;
  readonly calls: readonly TalkCall[];
  readonly use: ModelUse;
}

/** Faults `cognition.*`; those of a choice that cannot be had are invalid and name the field `model`. */
export interface ScriptModels {
  talk(request: TalkRequest, signal: AbortSignal): Promise<TalkAnswer>;
  /** In the order of the texts. */
  embed(
    request: { readonly model: string | null; readonly texts: readonly string[] },
    signal: AbortSignal,
  ): Promise<{ readonly vectors: readonly (readonly number[])[]; readonly use: ModelUse }>;
  /** The best first. Null: nobody here has a model for it. */
  rerank(
    request: { readonly model: string | null; readonly query: string; readonly documents: readonly string[]; readonly top: number },
    signal: AbortSignal,
  ): Promise<{ readonly ranking: readonly { readonly index: number; readonly score: number }[]; readonly use: ModelUse } | null>;
  transcribe(
    request: { readonly model: string | null; readonly audio: Uint8Array; readonly mediaType: string; readonly language: string | null },
    signal: AbortSignal,
  ): Promise<{ readonly text: string; readonly language: string | null; readonly seconds: number | null; readonly use: ModelUse }>;
}
