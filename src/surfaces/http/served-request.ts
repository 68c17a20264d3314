/** What a handler is given for one request. The signal, at which most handlers never look, is made when it is looked at. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Context } from 'koa';
import type { Principal } from '../../contracts/principal';
import type { Proxies } from './proxies';
import type { RouteRequest } from './route';

type Read = Omit<RouteRequest, 'headers' | 'address' | 'signal'>;

export class ServedRequest implements RouteRequest {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
  readonly bytes: Buffer;
  readonly search: URLSearchParams;
  readonly principal: Principal;
  readonly requestId: string;
  readonly idempotencyKey: string | null;
  readonly headers: IncomingHttpHeaders;
  readonly address: string | null;
  #left: AbortController | undefined;

  readonly #ctx: Context;

  constructor(ctx: Context, proxies: Proxies, { params, query, body, bytes, search, principal, requestId, idempotencyKey }: Read) {
    this.#ctx = ctx;
    this.params = params;
    this.query = query;
    this.body = body;
    this.bytes = bytes;
    this.search = search;
    this.principal = principal;
    this.requestId = requestId;
    this.idempotencyKey = idempotencyKey;
    this.headers = ctx.req.headers;
    this.address = proxies.addressOf(ctx.req);
  }

  get signal(): AbortSignal {
    if (!this.#left) {
      const left = new AbortController();
      this.#left = left;
      if (this.#ctx.res.closed) left.abort();
      else this.#ctx.res.once('close', () => left.abort());
    }
    return this.#left.signal;
  }
}
