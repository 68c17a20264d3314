/**
 * The events of a script's thread, one schema for each type: what WatchThread and WatchStep tell, and what rows of steps and yielded values are made from. Texts are cut to {@link TEXT_MAX} characters; values
 * are stored values.
 */
import { z } from 'zod';
import { StoredValue } from '../execution/value';
import { IR_PRIMITIVES } from './primitives';

const count = z.int().min(0);
const path = z.string();
/** Characters of a message or label in events. */
export const TEXT_MAX = 2_000;

export const ScriptErrorShape = z.object({
  code: z.string(),
  message: z.string(),
  step: z.string().optional(),
  label: z.string().optional(),
  tool: z.string().optional(),
});
const at = { path, label: z.string().nullable() };

export const SCRIPT_EVENTS = {
  thread_started: z.object({ threadId: z.string(), scriptName: z.string(), version: count, totalSteps: count }),
  step_started: z.object({ ...at, primitive: z.enum(IR_PRIMITIVES), tool: z.string().nullable(), attempt: z.int().min(1) }),
  /** `input`: what its arguments came to, where it has some. `durationMs`: from its start. `executionId`: of the run, thread, pattern or script that it was. */
  step_completed: z.object({
    ...at,
    input: StoredValue.nullable(),
    output: StoredValue.nullable(),
    durationMs: count,
    executionId: z.string().nullable(),
    tokensIn: count,
    tokensOut: count,
  }),
  /** `next`: what comes of it. `unknown` of the error says that nobody can tell whether it was done. */
  step_failed: z.object({
    ...at,
    input: StoredValue.nullable(),
    error: ScriptErrorShape,
    unknown: z.boolean(),
    durationMs: count,
    next: z.enum(['retry', 'fallback', 'ignore', 'handler', 'pause', 'fail', 'cancel']),
  }),
  /** Of `decide`, `check`, `repeat`: which way it goes on, and what said so. */
  decision_made: z.object({ ...at, by: z.enum(['rules', 'llm', 'condition']), choice: z.string(), reason: z.string().nullable() }),
  /** One call of a model inside of a step. */
  model_called: z.object({ ...at, model: z.string(), tokensIn: count, tokensOut: count, latencyMs: count }),
  /** How far an `each` or a `pipe` is; told at most once for a page of items. */
  items_progressed: z.object({ ...at, done: count, of: count.nullable() }),
  value_yielded: z.object({ ...at, index: count, value: StoredValue }),
  artifact_kept: z.object({ ...at, artifactId: z.string(), name: z.string(), mediaType: z.string(), bytes: count, ref: z.string() }),
  thread_paused: z.object({ ...at, kind: z.enum(['ask', 'error']), pause: z.record(z.string(), z.unknown()) }),
  /** The thread waits on: `refused` says why. */
  answer_refused: z.object({ ...at, attempt: z.int().min(1), retriesLeft: count, code: z.string(), message: z.string(), by: z.string() }),
  thread_resumed: z.object({ ...at, by: z.string(), override: StoredValue.nullable() }),
  cancel_requested: z.object({ by: z.string(), reason: z.string().nullable(), at: z.string() }),
  thread_completed: z.object({ output: StoredValue.nullable() }),
  thread_failed: z.object({ error: ScriptErrorShape }),
  thread_cancelled: z.object({ by: z.string(), reason: z.string().nullable() }),
  command_refused: z.object({ command: z.string(), requestId: z.string(), code: z.string(), message: z.string() }),
} as const;

export type ScriptEventType = keyof typeof SCRIPT_EVENTS;
export type ScriptEvent = { [K in ScriptEventType]: { readonly type: K; readonly data: z.output<(typeof SCRIPT_EVENTS)[K]> } }[ScriptEventType];
