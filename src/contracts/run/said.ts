/** What was said and done in a thread before a run of it, as its model is told. */
import type { z } from 'zod';

type Json = z.core.util.JSONType;

/** One call of a tool that was made before, with what came of it in words. `id` is one that providers take: at most 40 letters, digits and underscores. */
export interface SaidCall {
  readonly id: string;
  readonly tool: string;
  readonly args: Json;
  readonly result: string;
}
/** One turn of a thread's rollout. */
export type SaidTurn =
  | { readonly role: 'user'; readonly text: string }
  | { readonly role: 'assistant'; readonly text: string }
  /** One answer of the agent, with its calls; `text`: what it said about them. */
  | { readonly role: 'calls'; readonly text: string; readonly calls: readonly SaidCall[] };
