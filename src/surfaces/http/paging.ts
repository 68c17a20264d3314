/** Pages of lists, the same on every surface (seed 001 "Pagination"): `limit` and `offset` in, `total` and `hasMore` beside them out. */
import { z } from 'zod';

export interface Page {
  readonly limit: number;
  readonly offset: number;
}

/** A number in a query string. */
export const queryInt = (min: number, max: number) => z.coerce.number('expected a number').int('expected a whole number').min(min).max(max);

/** A limit that is capped, not refused, as the peers of some surfaces have it. */
export const cappedLimit = (standard: number, max: number) =>
  queryInt(1, Number.MAX_SAFE_INTEGER)
    .default(standard)
    .describe(`At most ${max}; more is as much as that.`)
    .transform((limit) => Math.min(limit, max));

/** Yes or no in a query string. */
export const queryFlag = z.enum(['true', 'false']).transform((value) => value === 'true');

export const pageShape = ({ limit = 20, max = 100 } = {}) => ({ limit: queryInt(1, max).default(limit), offset: queryInt(0, 1_000_000).default(0) });
export const pageQuery = (sizes: { readonly limit?: number; readonly max?: number } = {}) => z.object(pageShape(sizes));

/** Of the answer's schema. */
export const PAGE_FIELDS = { total: z.int().describe('What the filter finds, on this page or not.'), limit: z.int(), offset: z.int(), hasMore: z.boolean() };

export const pageOf = ({ limit, offset }: Page, shown: number, total: number) => ({ total, limit, offset, hasMore: offset + shown < total });
