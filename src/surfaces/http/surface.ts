/** A surface: the routes of one dialect with its own error body, and the same bound to what its handlers need. */
import type { z } from 'zod';
import type { Fault } from '../../errors/fault';
import type { Route, SocketRoute } from './route';

/** How a dialect speaks a fault. The shell has replaced what may not be shown before it asks. */
export type FaultBody = (fault: Fault, requestId: string) => Readonly<Record<string, unknown>>;

export interface SurfaceDefinition<D> {
  /** Names the OpenAPI document: `/openapi/<name>.json`. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** Paths that belong to this surface even when no route matches, so that a 404 below them speaks its dialect. */
  readonly prefixes: readonly string[];
  readonly faultBody: FaultBody;
  /** Another status than the kind of the fault has everywhere (./fault-status.ts), where the dialect has its own. */
  readonly faultStatus?: (fault: Fault) => number | undefined;
  /** The schema of `faultBody`, for the OpenAPI document. */
  readonly faultSchema: z.ZodType;
  readonly routes: readonly Route<D>[];
  readonly sockets?: readonly SocketRoute<D>[];
}

/** A surface with its dependencies inside. */
export interface Surface extends Omit<SurfaceDefinition<void>, 'routes' | 'sockets'> {
  readonly routes: readonly Route<void>[];
  readonly sockets: readonly SocketRoute<void>[];
}

/** Whether the path is the prefix or below it; a segment `:name` of the prefix stands for any one. */
function covers(prefix: string, path: string): boolean {
  const given = path.split('/');
  return prefix.split('/').every((segment, at) => (segment.startsWith(':') ? (given[at] ?? '') !== '' : given[at] === segment));
}

/** The surface to which a path belongs: the longest prefix wins. */
export function ownerOf(surfaces: readonly Surface[], path: string): Surface | undefined {
  const owners = surfaces.flatMap((surface) => surface.prefixes.map((prefix) => ({ prefix, surface })));
  const mine = owners.filter(({ prefix }) => covers(prefix, path)).sort((a, b) => b.prefix.length - a.prefix.length);
  return mine[0]?.surface;
}

export function bind<D>(definition: SurfaceDefinition<D>, deps: D): Surface {
  return {
    ...definition,
    routes: definition.routes.map((route) => ({ ...route, handle: (request) => route.handle(request, deps) })),
    sockets: (definition.sockets ?? []).map((socket) => ({ ...socket, open: (request) => socket.open(request, deps) })),
  };
}
