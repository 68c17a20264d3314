/** The command that ends an actor which works towards an end: an execution, a batch, a run. */
import { z } from 'zod';
import { command } from './actor';

/** Characters of a reason. */
export const REASON_MAX = 500;

/** Whoever is at work is told and stops, children are cancelled with it. Twice shows the first time. */
export const cancel = command(
  'cancel',
  z.strictObject({ reason: z.string().max(REASON_MAX).optional() }),
  z.object({ seq: z.int().min(0), cancelledAt: z.string(), reason: z.string().nullable(), repeated: z.boolean() }),
);
