/**
 * The envelope of every answer (digest §1.1): `{data, meta: {requestId}}`. Pages have `hasMore` and `nextCursor` in `meta`, where the prose of the peer has them, and at the top, where its
 * description has them.
 */
import { z } from 'zod';

const requestId = z.string().describe('The id of this exchange; also `X-Request-Id`.');
const page = {
  hasMore: z.boolean(),
  nextCursor: z.string().nullable().describe('Ask with this as `cursor` for what comes next; null on the last page.'),
};

export const enveloped = <T extends z.ZodType>(data: T) => z.object({ data, meta: z.object({ requestId }) });
export const paged = <T extends z.ZodType>(data: T) => z.object({ data, meta: z.object({ requestId, ...page }), ...page });

interface Asked {
  readonly requestId: string;
}

export const envelope = <T>({ requestId: id }: Asked, data: T) => ({ data, meta: { requestId: id } });

export function pageEnvelope<T>({ requestId: id }: Asked, data: T, nextCursor: string | null) {
  const found = { hasMore: nextCursor !== null, nextCursor };
  return { data, meta: { requestId: id, ...found }, ...found };
}
