/** Web pages of other origins (CORS): those on the list may call, all others are not answered to. Credentials are headers here, never cookies, so none are allowed along. */
import cors from '@koa/cors';
import type { Middleware } from 'koa';

const EXPOSED = ['X-Request-Id', 'X-RateLimit-Limit', 'X-RateLimit-Remaining', 'X-RateLimit-Reset', 'Retry-After', 'Location'];
const PREFLIGHT_S = 600;

/** `origins` as browsers send them (`https://app.example`); none: nothing is added to any answer. */
export function crossOrigin(origins: readonly string[]): Middleware {
  if (origins.length === 0) return (_ctx, next) => next();
  const answer = cors({
    origin: (ctx) => (origins.includes(ctx.get('Origin')) ? ctx.get('Origin') : ''),
    allowMethods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    exposeHeaders: EXPOSED,
    maxAge: PREFLIGHT_S,
  });
  return async (ctx, next) => {
    await answer(ctx, next);
    // Pages of these origins may read what the default of ours keeps to itself.
    if (origins.includes(ctx.get('Origin'))) ctx.set('Cross-Origin-Resource-Policy', 'cross-origin');
  };
}
