/**
 * What a run of a thread says, in the words that every dialect of other clients is made from: text as it comes, messages that are kept, calls of tools and what came of
 * them, questions to people, and the end. Each dialect encodes these; none of them reads payloads of events itself.
 */
import type { Json } from '../../../contracts/pattern/json';

/** What a person is asked: whether a tool may act. */
export interface Question {
  /** Of the proposal, bare hex: the same for as long as it waits. */
  readonly id: string;
  readonly runId: string;
  readonly callId: string;
  readonly channel: string;
  readonly tool: string;
  readonly args: Json;
  readonly reason: string;
  /** ISO 8601. */
  readonly askedAt: string;
}

export interface ToolCall {
  readonly id: string;
  readonly tool: string;
  readonly args: Json;
}

/** A message that is kept; `system` is the summary of what was before a compaction. */
export type KeptMessage =
  | { readonly role: 'user' | 'system'; readonly id: string; readonly text: string }
  | { readonly role: 'assistant'; readonly id: string; readonly text: string; readonly calls: readonly ToolCall[] }
  | { readonly role: 'tool'; readonly id: string; readonly callId: string; readonly tool: string; readonly text: string; readonly failed: boolean };

export interface Spent {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

export interface RunEnd {
  readonly status: 'completed' | 'failed' | 'cancelled';
  /** What it answered, where it did. */
  readonly answer: string | null;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly spent: Spent | null;
}

/** `sequence`: of the durable event that says so. What is live has none, and may be missing. */
export type Said =
  | { readonly type: 'text' | 'thinking'; readonly messageId: string; readonly delta: string }
  | { readonly type: 'message'; readonly sequence: number; readonly message: KeptMessage }
  | { readonly type: 'asked'; readonly questions: readonly Question[] }
  | { readonly type: 'ended'; readonly sequence: number; readonly end: RunEnd };

/** What a person answers to a question. */
export interface Answer {
  readonly approve: boolean;
  readonly comment: string | null;
}
