/** The one credential of a request, from the headers in which clients send it. What it is worth is somebody else's question. */
import type { IncomingHttpHeaders } from 'node:http';
import { Fault } from '../../errors/fault';

/** Longer credentials are refused unread: keys have 51 characters, tokens rarely more than a few thousand. */
const CREDENTIAL_MAX = 16 * 1024;

/**
 * The key or token, or null when none was sent. `Authorization: Bearer …` and `ApiKey …` (also a bare key, as the peer's older clients send it), and
 * `X-API-Key`. `authorizations` are all headers `Authorization` that came: Node keeps the first in `headers` and drops the rest, where a proxy before us
 * may have looked at another. Fault `access.credentials_ambiguous` or `access.credentials_malformed` (unauthenticated).
 */
export function credentialOf(headers: IncomingHttpHeaders, authorizations: readonly (string | undefined)[] = [headers.authorization]): string | null {
  const found = [...authorizations.map(fromAuthorization), fromKeyHeader(headers['x-api-key'])].filter((value) => value !== null);
  const [first] = found;
  if (first === undefined) return null;
  if (found.some((other) => other !== first))
    throw new Fault('unauthenticated', 'access.credentials_ambiguous', 'Two different credentials were sent; send one.');
  return first;
}

const malformed = (what: string): Fault =>
  new Fault('unauthenticated', 'access.credentials_malformed', `${what}: expected one API key or token, such as \`Authorization: Bearer pk_live_…\`.`);

function fromAuthorization(value: string | undefined): string | null {
  if (value === undefined) return null;
  const match = /^(?:(?:bearer|apikey) +)?(?!(?:bearer|apikey) *$)([A-Za-z0-9._~+/=-]+) *$/i.exec(value.length > CREDENTIAL_MAX ? '' : value);
  if (!match?.[1]) throw malformed('Authorization');
  return match[1];
}

function fromKeyHeader(value: string | string[] | undefined): string | null {
  if (value === undefined) return null;
  if (typeof value !== 'string' || value.length > CREDENTIAL_MAX || !/^[A-Za-z0-9._~+/=-]+$/.test(value)) throw malformed('X-API-Key');
  return value;
}
