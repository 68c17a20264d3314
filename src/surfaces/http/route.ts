/**
 * One route as a value: what it takes, what it asks for, what it answers. The shell (./app.ts) serves it, the OpenAPI document
 * (./openapi.ts) describes it, and the tests walk it; nothing about a route is said twice.
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { z } from 'zod';
import type { WebSocket } from 'ws';
import type { Principal } from '../../contracts/principal';
import type { TextBody } from './body';
import type { LimitClass } from './limits';
import type { Scope } from './scope';
import type { SseAnswer } from './sse';

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** A JSON value that an answer may hold, without insisting on mutable arrays. */
export type Deep<T> = unknown extends T
  ? T
  : T extends readonly (infer I)[]
    ? readonly Deep<I>[]
    : T extends object
      ? { readonly [K in keyof T]: Deep<T[K]> }
      : T;

/** What a handler is given: everything is parsed, and the principal holds the route's scope. */
export interface RouteRequest<P = unknown, Q = unknown, B = unknown> {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  /** The body as it came; of routes that are `raw` only. */
  readonly bytes: Buffer;
  /** Whence the request came, as far as the connection knows. */
  readonly address: string | null;
  readonly search: URLSearchParams;
  readonly principal: Principal;
  /** The `X-Request-Id` of this exchange, for logs and error bodies. */
  readonly requestId: string;
  /** The caller's `Idempotency-Key`, 1 to 255 printable characters, or null. */
  readonly idempotencyKey: string | null;
  readonly headers: IncomingHttpHeaders;
  /** Aborted when the client goes away. */
  readonly signal: AbortSignal;
}

export interface Answer<R> {
  /** Defaults to the status of the route's `reply`. */
  readonly status?: number;
  readonly body?: R;
  /** The `text` of the documented answer that this is, where several have its status. */
  readonly as?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One documented answer. Without a body it is empty; `stream` names an answer that is a stream of server-sent events. */
export interface Reply<R extends z.ZodType = z.ZodType> {
  readonly status: number;
  readonly description: string;
  readonly body?: R;
  readonly stream?: true;
  /** Of a stream: lines of JSON where the client accepts nothing else. */
  readonly lines?: true;
  /** The media type of a body that is text and goes out as it is; without it the body is JSON. */
  readonly text?: string;
  /** What a stream says, by the names of its events; for the description only. */
  readonly events?: Readonly<Record<string, z.ZodType>>;
}

/** Examples for the description. A test holds them against the route's schemas. */
export interface Examples {
  /** Bodies by a name that says what each is for. */
  readonly bodies?: Readonly<Record<string, unknown>>;
  /** The body of `reply`. */
  readonly reply?: unknown;
}

export interface Respelling {
  query(search: URLSearchParams): URLSearchParams;
  body(value: unknown): unknown;
}

interface Described {
  /** Path with `:name` parameters, absolute. */
  readonly path: string;
  readonly summary: string;
  readonly scope: Scope;
  /**
   * Answers without the guard of open mode, which may have to wait for the database. Only for a public GET whose answer is the same for everybody and says nothing.
   */
  readonly unguarded?: true;
  /** Another scope than `scope` for some queries. */
  readonly scopeFor?: (search: URLSearchParams) => Scope;
  /** How generated clients call this, unique in its surface. Without it the name is made from method and path (./operation-id.ts). */
  readonly operationId?: string;
  /** The rate limit that it counts against; without it `read` for GET and `write` for the rest. */
  readonly limit?: LimitClass;
  /** Changes nothing although it is no GET, as a search with a body: it leaves no entry in the audit log. */
  readonly readsOnly?: true;
  /** What it is about, for the audit log (`managed-thread`, `api-key`); without it the surface's name. */
  readonly resource?: string;
  /** Other spellings of its fields that are taken too, made into those of its schemas. */
  readonly respell?: Respelling;
  /** Statuses of faults that the route may answer beside those that every route of its kind may (./fault-answers.ts). */
  readonly faults?: readonly number[];
}

export interface RouteDefinition<D, P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, R extends z.ZodType, A extends z.ZodType> extends Described {
  readonly method: Method;
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  /** Text that is taken as a body too; what it stands for is held against `body`. */
  readonly textBody?: TextBody;
  readonly reply: Reply<R>;
  /** Other answers that are not faults. */
  readonly also?: readonly Reply<A>[];
  readonly examples?: Examples;
  /** The body may be of any type, and the handler gets its bytes too: for signatures. */
  readonly raw?: true;
  /** Bytes of a body of a `raw` route, where more than other bodies may have. */
  readonly bodyMax?: number;
  /** A request without a body is refused as one of the wrong type (415), or as JSON that ends too early (400). */
  readonly bodyRequired?: true;
  /** Whether `Idempotency-Key` means something here (documentation; every handler may read it). */
  readonly idempotent?: true;
  /** The credential of a stream of server-sent events may stand in the query too, as `api_key` or `token`. */
  readonly queryCredential?: true;
  handle(request: RouteRequest<z.output<P>, z.output<Q>, z.output<B>>, deps: D): Promise<Answer<Deep<z.output<R>> | Deep<z.output<A>>> | SseAnswer>;
}

/** A route whose schemas' types are forgotten: what the shell works with. `D` is what its surface must be given. */
export interface Route<D> extends Described {
  readonly method: Method;
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  readonly textBody?: TextBody;
  readonly reply: Reply;
  readonly also?: readonly Reply[];
  readonly examples?: Examples;
  readonly raw?: true;
  readonly bodyMax?: number;
  readonly bodyRequired?: true;
  readonly idempotent?: true;
  readonly queryCredential?: true;
  handle(request: RouteRequest, deps: D): Promise<Answer<unknown> | SseAnswer>;
}

export const route = <
  D,
  P extends z.ZodType = z.ZodUndefined,
  Q extends z.ZodType = z.ZodUndefined,
  B extends z.ZodType = z.ZodUndefined,
  R extends z.ZodType = z.ZodUndefined,
  A extends z.ZodType = z.ZodNever,
>(
  definition: RouteDefinition<D, P, Q, B, R, A>,
): Route<D> => definition as unknown as Route<D>;

/** What to do with the socket once the upgrade is done. A rejection is logged; the socket is closed by then. */
export type OnSocket = (socket: WebSocket) => void | Promise<void>;

type NotOfSockets = 'body' | 'bytes' | 'address' | 'search' | 'idempotencyKey';

/** What the handler of a WebSocket is given. */
export interface SocketRequest<P = unknown, Q = unknown> extends Omit<RouteRequest<P, Q>, NotOfSockets> {
  /** Of this socket alone; the client reads it as `X-Connection-Id`. */
  readonly connectionId: string;
}

interface SocketDescribed extends Described {
  /** Bytes of one message from a client; without it 64 KiB. */
  readonly messageMax?: number;
  /** The credential may stand in the query too, as `api_key` or `token`. */
  readonly queryCredential?: true;
  /** What is sent before the socket is closed because its credential ended. */
  readonly lastWords?: () => string;
}

/** A WebSocket address. `open` runs before the upgrade: what it throws is answered as plain HTTP. */
export interface SocketDefinition<D, P extends z.ZodType, Q extends z.ZodType> extends SocketDescribed {
  readonly params?: P;
  readonly query?: Q;
  open(request: SocketRequest<z.output<P>, z.output<Q>>, deps: D): Promise<OnSocket>;
}

export interface SocketRoute<D> extends SocketDescribed {
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  open(request: SocketRequest, deps: D): Promise<OnSocket>;
}

export const socketRoute = <D, P extends z.ZodType = z.ZodUndefined, Q extends z.ZodType = z.ZodUndefined>(
  definition: SocketDefinition<D, P, Q>,
): SocketRoute<D> => definition as unknown as SocketRoute<D>;
