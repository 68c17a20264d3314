/** What every route does before its handler: who calls, may they, and what did they send. The same for requests and for sockets. */
import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { z } from 'zod';
import { ANONYMOUS, type Principal } from '../../contracts/principal';
import { NO_TENANT } from '../../contracts/tenant';
import { Fault } from '../../errors/fault';
import type { FailedCredentials } from './failed-credentials';
import { queryObject, readInput, refuseNul } from './input';
import { DIRECT, type Proxies } from './proxies';
import type { Scope } from './scope';

/** Who sent this request. Throws a fault of kind `unauthenticated` when nobody can be named. */
export type Authenticate = (request: IncomingMessage) => Principal | Promise<Principal>;

const NOBODY: Principal = { tenant: NO_TENANT, subject: ANONYMOUS, scopes: [], keyId: null, operator: false };
const REQUEST_ID = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/;
const IDEMPOTENCY_KEY = /^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/;

/** The caller's `X-Request-Id` where it is a plain short word, else a new one. */
export function requestIdOf(headers: IncomingHttpHeaders): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
}

/** Fault `request.invalid` for a key that is empty, too long or not printable. */
export function idempotencyKeyOf(headers: IncomingHttpHeaders): string | null {
  const given = headers['idempotency-key'];
  if (given === undefined) return null;
  if (typeof given === 'string' && IDEMPOTENCY_KEY.test(given)) return given;
  throw new Fault('invalid', 'request.invalid', 'Idempotency-Key: expected 1 to 255 printable ASCII characters', {
    field: 'Idempotency-Key',
    reason: 'expected 1 to 255 printable ASCII characters',
    in: 'header',
  });
}

export interface Admission {
  readonly authenticate: Authenticate;
  readonly failedCredentials?: FailedCredentials;
  readonly proxies?: Proxies;
}

/** Who calls; a public route has nobody. Whether they may is the next question (./scope.ts). */
export async function admit(
  request: IncomingMessage,
  { scope, requestId }: { readonly scope: Scope; readonly requestId: string },
  { authenticate, failedCredentials, proxies = DIRECT }: Admission,
): Promise<Principal> {
  if (scope === 'public') return NOBODY;
  if (!failedCredentials) return authenticate(request);
  return failedCredentials.watch({ address: proxies.addressOf(request), headers: request.headers, requestId }, () => authenticate(request));
}

export function readAddress(
  route: { readonly params?: z.ZodType; readonly query?: z.ZodType },
  params: Readonly<Record<string, string>>,
  search: URLSearchParams,
): { params: unknown; query: unknown } {
  refuseNul(params);
  return {
    params: route.params && readInput(route.params, params, 'path'),
    query: route.query && readInput(route.query, queryObject(route.query, search), 'query'),
  };
}
