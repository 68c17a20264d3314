/** One vendor's way of asking a model: which requests are its, how they read as a conversation, how a reply is streamed back. */
import type { Conversation, Reply } from './conversation';

export type Json = Readonly<Record<string, unknown>>;

export interface Wire {
  readonly name: 'responses' | 'gemini' | 'chat-completions' | 'messages';
  /** True when this wire answers that path (without its query). */
  matches(path: string): boolean;
  read(body: Json): Conversation;
  /** Events to send, in order. */
  stream(reply: Reply, context: WireContext): readonly StreamEvent[];
  /** The body when the request did not ask for a stream. */
  whole(reply: Reply, context: WireContext): Json;
  /** True when the request asks for server-sent events. */
  streams(path: string, body: Json): boolean;
}

export interface WireContext {
  readonly body: Json;
  readonly conversation: Conversation;
  /** Unique per request: names items and calls. */
  readonly ordinal: number;
}

export interface StreamEvent {
  readonly event?: string;
  readonly data: unknown;
}

export const list = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.filter((item): item is Json => !!item && typeof item === 'object') : []);

/** The first of these tool names that is on offer, else the first at all. */
export const pick = (conversation: Conversation, ...names: string[]): string => names.find((name) => conversation.tools.includes(name)) ?? names[0] ?? 'tool';
