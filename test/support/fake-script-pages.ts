/** Pages of lists in memory. */
import type { ListPage, PageRequest } from '../../src/contracts/script/ports';
import { Fault } from '../../src/errors/fault';

/** Pages by a position that is the token itself. Fault `script.page_token`. */
export function pageOf<T>(rows: readonly T[], { pageSize, pageToken }: PageRequest): ListPage<T> {
  if (pageSize > 1_000)
    throw new Fault('invalid', 'script.request', 'page_size: expected at most 1000', { field: 'page_size', reason: 'expected at most 1000' });
  if (!/^(?:at-\d{1,6})?$/.test(pageToken))
    throw new Fault('invalid', 'script.page_token', 'page_token: expected one of the page before', {
      field: 'page_token',
      reason: 'expected one of the page before',
    });
  const from = pageToken === '' ? 0 : Number(pageToken.slice(3));
  const size = pageSize === 0 ? 50 : pageSize;
  return { items: rows.slice(from, from + size), nextPageToken: from + size < rows.length ? `at-${from + size}` : '' };
}
