/** What a schedule or a trigger starts: one word for the kind of work, and the body that the work's own route would take. */
import { z } from 'zod';

export const TARGET_KINDS = ['managed-thread', 'thread-message', 'pattern', 'run', 'script', 'thread'] as const;
export type TargetKind = (typeof TARGET_KINDS)[number];

/** `input` is checked by the kind of work itself, before anything is stored. */
export const Target = z.strictObject({ kind: z.enum(TARGET_KINDS), input: z.record(z.string(), z.unknown()) });
export type Target = z.output<typeof Target>;

/** What was started: the id that clients know it by. */
export interface StartedTarget {
  readonly kind: TargetKind;
  readonly id: string;
}
