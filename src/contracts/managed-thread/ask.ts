/** A prompt of an agent that waits for an answer, and the answer (seed 000 `thread_blocked`; digest §1.10 lists the kinds). */
import { z } from 'zod';

export const AskKind = z.enum([
  'permission',
  'trust',
  'login',
  'update',
  'config',
  'tos',
  'model_select',
  'project_select',
  'tool_wait',
  'question',
  'unknown',
]);
export type AskKind = z.output<typeof AskKind>;

/** What the agent wants to do, as far as its prompt tells. Presets decide by `category` (digest §1.11). */
export const AskAction = z.object({
  category: z.enum(['file_read', 'file_write', 'shell', 'web', 'agent', 'planning', 'unknown']),
  command: z.string().max(4_000).optional(),
  path: z.string().max(4_096).optional(),
  reason: z.string().max(2_000).optional(),
});

export const Ask = z.object({
  /** Deterministic: `<turn id>/ask-<n>`, so that a retry adopts the ask that exists. */
  id: z.string().min(1).max(256),
  kind: AskKind,
  /** The prompt's own words, from the rendered screen or the CLI's own event. */
  text: z.string().max(8_000),
  /** Choices in screen order, numbered from 1. Empty: free text. */
  options: z.array(z.object({ option: z.int().min(1), label: z.string().max(500) })).max(50),
  /** Which option means yes or no, where the adapter knows. */
  approveOption: z.int().min(1).optional(),
  denyOption: z.int().min(1).optional(),
  action: AskAction.optional(),
  url: z.string().max(2_048).optional(),
  code: z.string().max(64).optional(),
});
export type Ask = z.output<typeof Ask>;

/** Exactly one of the three. */
export const Answer = z.union([
  z.strictObject({ approve: z.boolean() }),
  z.strictObject({ option: z.int().min(1).max(50) }),
  z.strictObject({ text: z.string().min(1).max(8_000) }),
]);
export type Answer = z.output<typeof Answer>;
