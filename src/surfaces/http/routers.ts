/**
 * Finds the route of a path among many: a router tries its routes one after the other, so those that begin alike have one of their own (`/api/patterns`, `/runs`), and a
 * request is only held against those that its path could be.
 */
import type Koa from 'koa';
import type { Middleware } from 'koa';
import Router from '@koa/router';

/** Segments by which routes are told apart. */
const SEGMENTS_MAX = 2;

export class Routers<S> {
  readonly #byBeginning = new Map<string, Router<S>>();

  register(path: string, method: string, serve: Middleware<S>): void {
    const key = beginning(path);
    let router = this.#byBeginning.get(key);
    if (!router) this.#byBeginning.set(key, (router = new Router<S>()));
    router.register(path, [method], serve as never);
  }

  /** Serves what matches; goes on to the next middleware with what does not. */
  middleware(): Middleware<S> {
    const serving = new Map([...this.#byBeginning].map(([key, router]) => [key, router.routes() as unknown as Middleware<S>]));
    return (ctx, next) => {
      // The longer beginning first: words are meant before parameters.
      const able: Middleware<S>[] = [];
      for (const key of beginnings(ctx.path)) {
        const serve = serving.get(key);
        if (serve) able.push(serve);
      }
      const from = (at: number): Promise<unknown> => {
        const serve = able[at];
        return serve ? (serve(ctx as Koa.ParameterizedContext<S>, () => from(at + 1) as Promise<void>) as Promise<unknown>) : next();
      };
      return from(0);
    };
  }

  /** The methods by which a path is served. */
  methodsOf(path: string, method: string): readonly string[] {
    const found = beginnings(path).flatMap((key) => this.#byBeginning.get(key)?.match(path, method).path ?? []);
    // A path in words (`/prepare`) also fits a pattern with a parameter (`/:id`), which is not what was meant.
    const fewest = Math.min(...found.map((layer) => layer.paramNames.length));
    return [...new Set(found.filter((layer) => layer.paramNames.length === fewest).flatMap((layer) => layer.methods))];
  }
}

/** The words that a route begins with: `/api/patterns/:name` by `api/patterns`, `/runs/:id` by `runs`. */
function beginning(path: string): string {
  const segments = path.split('/').slice(1, 1 + SEGMENTS_MAX);
  const open = segments.findIndex((segment) => /[:*{(]/.test(segment));
  return (open === -1 ? segments : segments.slice(0, open)).join('/');
}

/** Of a path that came, all beginnings that its route may have, longest first. */
function beginnings(path: string): readonly string[] {
  const second = path.indexOf('/', 1);
  if (second === -1) return [path.slice(1), ''];
  const third = path.indexOf('/', second + 1);
  return [path.slice(1, third === -1 ? undefined : third), path.slice(1, second), ''];
}
