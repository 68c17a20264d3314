/** Which faults an operation may answer with, by what it takes and does. There is no `default`: an answer that is not listed is a defect, and found. */
import type { Method } from './route';
import type { Scope } from './scope';

type Json = Record<string, unknown>;

interface Status {
  readonly name: string;
  readonly description: string;
  readonly retry?: true;
}

/** Statuses of faults (src/errors/fault.ts, ./fault-status.ts) with the name of their answer in the document. */
const STATUSES: Readonly<Record<number, Status>> = {
  400: { name: 'Invalid', description: 'Something of the request is not what it should be; the body says which field, and why.' },
  401: { name: 'Unauthenticated', description: 'No credential, or one that is not valid.' },
  403: { name: 'Forbidden', description: 'The credential lacks the scope, or the request comes from where it may not.' },
  404: { name: 'NotFound', description: 'There is no such thing, or it belongs to another tenant.' },
  406: { name: 'NotAcceptable', description: 'The address does not answer in a form that `Accept` allows.' },
  408: { name: 'Timeout', description: 'It was not done in time.', retry: true },
  409: { name: 'Conflict', description: 'The state of things does not allow it.' },
  410: { name: 'Gone', description: 'What is asked for has ended for good.' },
  413: { name: 'TooLarge', description: 'The body has more bytes than are read.' },
  415: { name: 'WrongContentType', description: 'The body is not what the route reads, or in an encoding that is not known.' },
  422: { name: 'Unprocessable', description: 'The body is JSON, and not what the route takes; the body says which field, and why.' },
  426: { name: 'UpgradeRequired', description: 'The address is a WebSocket.' },
  429: { name: 'Exhausted', description: 'Too many requests, or a queue or a table is full.', retry: true },
  500: { name: 'Internal', description: 'Something failed that should not have; the log has the cause under the request id.' },
  501: { name: 'Unsupported', description: 'This is not installed or not configured here.' },
  503: { name: 'Unavailable', description: 'Something that is needed does not answer now.', retry: true },
};

export interface Asked {
  /** Null for a WebSocket. */
  readonly method: Method | null;
  readonly path: string;
  readonly scope: Scope;
  readonly takesBody: boolean;
  readonly faults: readonly number[];
}

/** In ascending order. */
export function faultStatuses({ method, path, scope, takesBody, faults }: Asked): readonly number[] {
  const found = [400, 403, 429, 500, 503, ...faults];
  if (scope !== 'public') found.push(401);
  if (path.includes('/:')) found.push(404);
  if (method === null) found.push(409, 426);
  else if (method !== 'get') found.push(409, 501);
  if (takesBody) found.push(413, 415);
  return [...new Set(found)].sort((a, b) => a - b);
}

export const faultReference = (status: number): Json => ({ $ref: `#/components/responses/${STATUSES[status]?.name ?? 'Internal'}` });

const REQUEST_ID = { 'X-Request-Id': { description: 'The id of this exchange; give it to the operator.', schema: { type: 'string' } } };
const RATE_LIMITS = {
  'X-RateLimit-Limit': { description: 'Requests a minute, where a limit of requests refused this one.', schema: { type: 'string' } },
  'X-RateLimit-Remaining': { description: 'Those that are left.', schema: { type: 'string' } },
  'X-RateLimit-Reset': { description: 'When all are there again, in seconds since 1970.', schema: { type: 'string' } },
};
const RETRY_AFTER = { 'Retry-After': { description: 'Seconds to wait before trying again.', schema: { type: 'string' } } };

/** `components.responses`: one for each status that `used` holds. */
export function faultAnswers(used: ReadonlySet<number>, schema: Json): Json {
  const entries = [...used]
    .sort((a, b) => a - b)
    .flatMap((status) => {
      const found = STATUSES[status];
      if (!found) return [];
      const answer = {
        description: `${found.description} \`code\` says what exactly; docs/errors.md lists the codes.`,
        headers: { ...REQUEST_ID, ...(found.retry ? RETRY_AFTER : {}), ...(status === 429 ? RATE_LIMITS : {}) },
        content: { 'application/json': { schema } },
      };
      return [[found.name, answer] as const];
    });
  return Object.fromEntries(entries);
}
