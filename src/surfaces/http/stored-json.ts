/** What of bodies is stored as it comes: any JSON, with a bound, without what the database refuses. */
import { z } from 'zod';

/** Characters of one JSON value. */
export const JSON_MAX = 256 * 1024;

const hasNoNul = (value: unknown): boolean => !(JSON.stringify(value) ?? '').includes('\\u0000');
/** No text that is stored holds a NUL. */
export const storable = <T extends z.ZodType>(schema: T) => schema.refine(hasNoNul, 'expected text without NUL characters');

/** Any JSON of at most 256 KiB. */
export const boundedJson = z.json().refine((value) => JSON.stringify(value).length <= JSON_MAX, 'expected at most 256 KiB of JSON');
