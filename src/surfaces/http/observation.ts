/**
 * Where requests, streams and sockets are watched from outside: metrics and traces are observers, and the shell knows neither. What an observer is told is
 * bounded: a route is its pattern, never a path, and a method that nobody serves is `OTHER`.
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { Context, Middleware } from 'koa';
import { ownerOf, type Surface } from './surface';

export interface Begun {
  /** Upper case. */
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
}

export interface Ended {
  /** The surface to which the path belongs; `shell` for what belongs to none. */
  readonly surface: string;
  /** The route's pattern (`/api/managed-threads/:id`), or `unmatched`. */
  readonly route: string;
  readonly status: number;
  readonly requestId: string;
  /** True for a stream: its length says how long somebody watched, not how long they waited. */
  readonly streamed: boolean;
}

export type Transport = 'sse' | 'websocket' | 'grpc';

export interface Observer {
  /** Calls `serve` exactly once and waits for it. */
  around(request: Begun, serve: () => Promise<Ended>): Promise<void>;
  /** A stream or a socket was opened; the returned function says that it is over. */
  opened(surface: string, transport: Transport): () => void;
}

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Several observers as one: the first is outermost. */
export const observers = (all: readonly Observer[]): Observer => ({
  async around(request, serve) {
    let ended: Ended | undefined;
    const inner = all.reduceRight<() => Promise<Ended>>(
      (next, observer) => async () => {
        await observer.around(request, async () => (ended = await next()));
        return ended as Ended;
      },
      serve,
    );
    await inner();
  },
  opened(surface, transport) {
    const closes = all.map((observer) => observer.opened(surface, transport));
    return () => closes.forEach((close) => close());
  },
});

export const surfaceNameOf = (surfaces: readonly Surface[], path: string): string => ownerOf(surfaces, path)?.name ?? 'shell';

/** Outermost in the shell, so that what it sees is what the client saw. */
export function observed({ surfaces, observer }: { readonly surfaces: readonly Surface[]; readonly observer?: Observer }): Middleware {
  if (!observer) return (_ctx, next) => next();
  // Routes are few; paths are not.
  const owners = new Map<string, string>();
  return async (ctx, next) => {
    const method = METHODS.has(ctx.method) ? ctx.method : 'OTHER';
    await observer.around({ method, headers: ctx.req.headers }, async () => {
      await next();
      return endOf(ctx, surfaces, owners);
    });
  };
}

function endOf(ctx: Context, surfaces: readonly Surface[], owners: Map<string, string>): Ended {
  const { _matchedRoute: route } = ctx as unknown as { _matchedRoute?: unknown };
  const streamed = ctx.respond === false;
  const matched = typeof route === 'string' ? route : null;
  let surface = matched === null ? undefined : owners.get(matched);
  if (surface === undefined) {
    surface = surfaceNameOf(surfaces, ctx.path);
    if (matched !== null) owners.set(matched, surface);
  }
  return {
    surface,
    route: matched ?? 'unmatched',
    status: streamed ? ctx.res.statusCode : ctx.status,
    requestId: String((ctx.state as { requestId?: unknown }).requestId ?? ''),
    streamed,
  };
}
