/** Fields that several bodies of this surface have. */
import { z } from 'zod';

const METADATA_MAX = 16 * 1024;

export const hasNoNul = (value: unknown): boolean => !JSON.stringify(value).includes('\\u0000');
/** The database holds no text with NUL characters. */
export const text = (max: number) => z.string().max(max).refine(hasNoNul, 'expected text without NUL characters');

/** Whatever its maker wants to find there again. */
export const metadata = z
  .record(z.string().max(128), z.json())
  .refine((value) => JSON.stringify(value).length <= METADATA_MAX, 'expected at most 16 KiB of JSON')
  .refine(hasNoNul, 'expected text without NUL characters');

export const EmptyBody = z.strictObject({});
export const RotateBody = z.strictObject({
  graceSeconds: z
    .int()
    .min(0)
    .max(30 * 86_400)
    .default(0)
    .describe('For so long the old one stays valid beside the new one.'),
});
