/**
 * Open mode's own guard (design: no keys, loopback only). A web page that a person visits must not be able to run commands through their
 * browser, so a request must name this machine as its `Host` (a page whose name was re-pointed to 127.0.0.1 names itself) and, where it has an
 * `Origin`, come from this very server.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { Fault } from '../../errors/fault';

export interface OpenMode {
  /** Host names by which this server may be called; the loopback names are always among them. */
  readonly hosts?: readonly string[];
  /** Origins beside the server's own, written as browsers send them (`http://localhost:3000`). */
  readonly origins?: readonly string[];
}

/** Open mode as it is for this request: it ends for good when the first key is made. */
export type OpenNow = OpenMode | null | (() => Promise<OpenMode | null>);

export const openNow = (open: OpenNow): Promise<OpenMode | null> | OpenMode | null => (typeof open === 'function' ? open() : open);

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

function hostOf(authority: string): string | null {
  try {
    const url = new URL(`http://${authority}`);
    return url.username || url.password || url.pathname !== '/' || url.search || url.hash ? null : url.hostname;
  } catch {
    return null;
  }
}

function authorityOf(origin: string): string | null {
  try {
    const url = new URL(origin);
    return url.protocol === 'http:' || url.protocol === 'https:' ? url.host : null;
  } catch {
    return null;
  }
}

/** Throws `access.foreign_host` or `access.foreign_origin` (forbidden). */
export function refuseForeign(headers: IncomingHttpHeaders, mode: OpenMode): void {
  const authority = headers.host ?? '';
  const host = hostOf(authority);
  if (host === null || ![...LOOPBACK, ...(mode.hosts ?? [])].includes(host)) {
    throw new Fault('forbidden', 'access.foreign_host', 'Without keys configured, this server answers only to its own loopback names.', {
      host: authority.slice(0, 255),
    });
  }
  const { origin } = headers;
  if (origin === undefined || mode.origins?.includes(origin)) return;
  const own = new URL(`http://${authority}`).host;
  if (authorityOf(origin) !== own) {
    throw new Fault('forbidden', 'access.foreign_origin', 'Without keys configured, requests from other web pages are refused.', {
      origin: origin.slice(0, 255),
    });
  }
}
