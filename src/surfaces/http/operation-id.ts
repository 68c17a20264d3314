/** A name for an operation that has none of its own, made from its method and path so that it stays while these stay. */
import type { Method } from './route';

const capitalised = (word: string): string => `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
const camel = (segment: string): string =>
  segment
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '')
    .map(capitalised)
    .join('');

/** `webhooks` to `webhook`; words that are no plural stay. */
const singular = (word: string): string => (/ies$/.test(word) ? word.replace(/ies$/, 'y') : /[^s]s$/.test(word) ? word.slice(0, -1) : word);

const VERBS: Readonly<Record<Method, string>> = { get: 'get', post: 'create', put: 'update', patch: 'update', delete: 'delete' };

/**
 * `GET /api/webhooks` is `listWebhooks`, `GET /api/webhooks/:id` is `getWebhook`, `POST /api/webhooks` is `createWebhook`,
 * `POST /api/webhooks/:id/test` is `testWebhook`, `GET /api/webhooks/:id/deliveries` is `listWebhookDeliveries`.
 */
export function operationIdOf(method: Method, path: string): string {
  const segments = path.split('/').filter((segment) => segment !== '' && segment !== 'api');
  const last = segments.at(-1) ?? '';
  // What stands before a parameter is one of many; the last segment is named below.
  const owners = segments.slice(0, -1).flatMap((segment, index) => {
    if (segment.startsWith(':')) return [];
    return [camel((segments[index + 1] ?? '').startsWith(':') ? singular(segment) : segment)];
  });
  const owner = owners.join('');
  if (last.startsWith(':')) return `${VERBS[method]}${owner}`;
  const afterOne = segments.at(-2)?.startsWith(':') ?? false;
  if (method === 'post' && afterOne && !/s$/.test(last)) return `${camel(last).charAt(0).toLowerCase()}${camel(last).slice(1)}${owner}`;
  if (method === 'get') return `${/s$/.test(last) ? 'list' : 'get'}${owner}${camel(last)}`;
  return `${VERBS[method]}${owner}${camel(method === 'post' ? singular(last) : last)}`;
}
