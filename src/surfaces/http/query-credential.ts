/**
 * Credentials in the query, of a WebSocket and of the stream that stands in for one: browsers can send headers with neither (`WebSocket`, `EventSource`). Nothing else reads them there,
 * for addresses end up in logs of proxies.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { Fault } from '../../errors/fault';

const NAMES = ['api_key', 'token'] as const;

/**
 * Puts the credential of the query where every other one comes from, so that the same check decides. A key and a token are told apart by their form, not by their name. Faults as those
 * of headers: `access.credentials_ambiguous` for more than one, `access.credentials_malformed` for one that is empty (unauthenticated).
 */
export function takeQueryCredential(headers: IncomingHttpHeaders, search: URLSearchParams): void {
  const given = NAMES.flatMap((name) => search.getAll(name));
  const [credential] = given;
  if (credential === undefined) return;
  if (given.length > 1 || headers['x-api-key'] !== undefined || headers.authorization !== undefined)
    throw new Fault('unauthenticated', 'access.credentials_ambiguous', 'More than one credential was sent; send exactly one of `api_key` and `token`.');
  if (credential === '') throw new Fault('unauthenticated', 'access.credentials_malformed', 'The credential in the query is empty.');
  headers['x-api-key'] = credential;
}
