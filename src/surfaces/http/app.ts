/**
 * The Koa shell: request ids, security headers, the guard of open mode, routing, faults in each surface's own words, one log line per request.
 * Surfaces bring routes; everything that is the same for all of them is here.
 */
import { performance } from 'node:perf_hooks';
import Koa, { type Context } from 'koa';
import type { Principal } from '../../contracts/principal';
import { Fault } from '../../errors/fault';
import { actionOf, audited, type AuditLog } from './audit';
import { readBody } from './body';
import { crossOrigin } from './cross-origin';
import { serveDocs } from './docs-page';
import { admit, idempotencyKeyOf, readAddress, requestIdOf, type Authenticate } from './exchange';
import { onCredentialEnd } from './credential-end';
import type { FailedCredentials } from './failed-credentials';
import { faultHeaders, shownFault, statusOf } from './fault-status';
import { openNow, refuseForeign, type OpenNow } from './foreign';
import { readInput } from './input';
import { limitClassOf, type RateLimits } from './limits';
import type { Log } from './log';
import { openapi } from './openapi';
import { observed, surfaceNameOf, type Observer } from './observation';
import { matches } from './path';
import { DIRECT, type Proxies } from './proxies';
import { takeQueryCredential } from './query-credential';
import { readRawBody } from './raw-body';
import { wantsStream } from './resume';
import type { Answer, Route } from './route';
import { Routers } from './routers';
import { assertScope, type Scope } from './scope';
import { ServedRequest } from './served-request';
import { FRAMINGS } from './stream-framing';
import { isStream, serveSse, SSE_TIMING, type SseAnswer, type SseTiming, Streams } from './sse';
import { ownerOf, type FaultBody, type Surface } from './surface';

export interface ShellOptions {
  readonly surfaces: readonly Surface[];
  readonly authenticate: Authenticate;
  /** Not null exactly while no authentication is configured. */
  readonly open: OpenNow;
  readonly log: Log;
  /** Where what changes something is written down; without it nothing is, which only tests of other things want. */
  readonly audit?: AuditLog;
  readonly limits?: RateLimits;
  /** What becomes of credentials that are not valid; without it nothing is counted, which only tests of other things want. */
  readonly failedCredentials?: FailedCredentials;
  /** Which proxies are believed about who called; none by default. */
  readonly proxies?: Proxies;
  /** Origins of web pages that may call, as browsers send them. */
  readonly corsOrigins?: readonly string[];
  /** Told of every request, stream and socket. */
  readonly observer?: Observer;
  readonly timing?: SseTiming;
  /** Streams that one process serves at a time. */
  readonly maxStreams?: number;
}

/** What the shell keeps for one request. */
interface State {
  requestId: string;
  subject?: string;
  tenant?: string;
}

const SECURITY_HEADERS = Object.entries({
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-store',
});

const NO_BYTES = Buffer.alloc(0);

/** To whom the server was reached by https, it says that it always will be: for a year, and for this name alone. */
const STRICT_TRANSPORT = { 'Strict-Transport-Security': 'max-age=31536000' } as const;

const flat: FaultBody = (fault, requestId) => ({ error: fault.message, code: fault.code, requestId });

/** The dialect of the surface to which a path belongs. */
export const dialectOf = (surfaces: readonly Surface[], path: string): FaultBody => ownerOf(surfaces, path)?.faultBody ?? flat;

/** The app and the requests that are being answered. `stopping` makes its streams end and tell their clients to come back. */
export function httpApp(options: ShellOptions & { readonly stopping: AbortSignal }): Koa<State> {
  const app = new Koa<State>();
  const routers = new Routers<State>();
  const streams = new Streams(options.maxStreams ?? 1_000);
  for (const surface of options.surfaces) {
    for (const route of surface.routes)
      routers.register(route.path, route.method, (ctx) => serve(ctx as unknown as Context, { route, surface }, options, streams));
    const document = JSON.stringify(openapi(surface), null, 2);
    routers.register(`/openapi/${surface.name}.json`, 'get', (ctx) => {
      ctx.type = 'json';
      ctx.body = document;
    });
  }
  serveDocs(routers, options.surfaces);
  app.silent = true;
  app.on('error', (error: unknown) => options.log.debug({ err: error }, 'connection failed'));
  app.use(observed(options));
  app.use(shell(options));
  app.use(crossOrigin(options.corsOrigins ?? []));
  app.use(routers.middleware());
  app.use((ctx) => refuseUnmatched(ctx as unknown as Context, routers, options.surfaces));
  return app;
}

function shell({ surfaces, open, log, proxies = DIRECT }: ShellOptions): Koa.Middleware<State> {
  const unguarded: ReadonlySet<string> = new Set(surfaces.flatMap(({ routes }) => routes.filter((route) => route.unguarded).map(({ path }) => path)));
  // The line of a request has only the fields below, none of which is secret: to look for more in each line costs as much as the line.
  const lines = log.child({}, { redact: [] });
  return async (ctx, next) => {
    const began = performance.now();
    ctx.state.requestId = requestIdOf(ctx.req.headers);
    // Straight to Node: Koa looks at each of them again.
    for (const [name, value] of SECURITY_HEADERS) ctx.res.setHeader(name, value);
    ctx.res.setHeader('X-Request-Id', ctx.state.requestId);
    if (proxies.isSecure(ctx.req)) ctx.set(STRICT_TRANSPORT);
    try {
      const mode = unguarded.has(ctx.path) ? null : await openNow(open);
      if (mode) refuseForeign(ctx.req.headers, mode);
      await next();
    } catch (thrown) {
      answerFault(ctx as unknown as Context, thrown, { body: dialectOf(surfaces, ctx.path), status: ownerOf(surfaces, ctx.path)?.faultStatus }, log);
    }
    const facts = { requestId: ctx.state.requestId, method: ctx.method, path: ctx.path, status: ctx.respond === false ? ctx.res.statusCode : ctx.status };
    lines.info({ ...facts, ms: Math.round((performance.now() - began) * 10) / 10, tenant: ctx.state.tenant, subject: ctx.state.subject }, 'request');
  };
}

interface Dialect {
  readonly body: FaultBody;
  readonly status: ((fault: Fault) => number | undefined) | undefined;
}

function answerFault(ctx: Context, thrown: unknown, dialect: Dialect, log: Log): void {
  const fault = shownFault(thrown);
  const requestId = (ctx.state as State).requestId;
  if (fault.kind === 'internal') log.error({ err: thrown, requestId, method: ctx.method, path: ctx.path }, 'request failed');
  if (ctx.headerSent || ctx.respond === false) {
    ctx.res.destroy();
    return;
  }
  ctx.status = statusOf(fault, dialect.status);
  ctx.set(faultHeaders(fault));
  ctx.body = dialect.body(fault, requestId);
  ctx.type = 'json';
}

interface Served {
  readonly route: Route<void>;
  readonly surface: Surface;
}

async function serve(ctx: Context, served: Served, options: ShellOptions & { readonly stopping: AbortSignal }, streams: Streams): Promise<void> {
  const { route } = served;
  const asked = new URLSearchParams(ctx.querystring);
  const search = route.respell?.query(asked) ?? asked;
  const scope = route.scopeFor?.(search) ?? route.scope;
  const state = ctx.state as State;
  if (route.queryCredential && wantsStream(ctx.req)) takeQueryCredential(ctx.req.headers, search);
  const principal = await admit(ctx.req, { scope, requestId: state.requestId }, options);
  state.tenant = principal.tenant;
  state.subject = principal.subject;
  const answer = await recorded(ctx, served, principal, options, () => handle(ctx, route, { scope, search, principal }, options));
  if (isStream(answer)) await streams.hold(() => stream(ctx, answer, principal, options));
  else plain(ctx, route, answer);
}

/** What changes something leaves its entry in the audit log; what only reads does not. */
function recorded(
  ctx: Context,
  { route, surface }: Served,
  principal: Principal,
  { audit, log, proxies = DIRECT }: ShellOptions,
  work: () => Promise<Answer<unknown> | SseAnswer>,
): Promise<Answer<unknown> | SseAnswer> {
  if (!audit || route.method === 'get' || route.readsOnly || route.scope === 'public') return work();
  const { requestId } = ctx.state as State;
  const { params } = ctx as unknown as { params: unknown };
  const attempt = {
    action: actionOf(surface.name, route),
    resourceType: route.resource ?? surface.name,
    address: proxies.addressOf(ctx.req),
    params,
    principal,
    requestId,
  };
  return audited({ audit, log, faultStatus: surface.faultStatus }, attempt, work, (answer) =>
    isStream(answer) ? { status: 200 } : { status: answer.status ?? route.reply.status, body: answer.body },
  );
}

interface Asking {
  /** The one that this query needs. */
  readonly scope: Scope;
  readonly search: URLSearchParams;
  readonly principal: Principal;
}

async function handle(
  ctx: Context,
  route: Route<void>,
  { scope, search, principal }: Asking,
  { limits, proxies = DIRECT }: ShellOptions,
): Promise<Answer<unknown> | SseAnswer> {
  assertScope(principal, scope);
  if (limits && scope !== 'public')
    for (const [name, value] of Object.entries(await limits.spend(limitClassOf(route), principal))) ctx.res.setHeader(name, value);
  const read = readAddress(route, (ctx as unknown as { params: Record<string, string> }).params, search);
  const idempotencyKey = idempotencyKeyOf(ctx.req.headers);
  const { bytes, value } = route.raw
    ? await readRawBody(ctx, route.bodyMax)
    : { bytes: NO_BYTES, value: route.body && (await readBody(ctx, route.textBody, route.bodyRequired)) };
  const body = route.body && readInput(route.body, route.respell ? route.respell.body(value) : value, 'body');
  const { requestId } = ctx.state as State;
  // Written out: an object that is spread into another has a shape of its own each time, and building those is a twentieth of a read.
  const { params, query } = read;
  return route.handle(new ServedRequest(ctx, proxies, { params, query, body, bytes, search, principal, requestId, idempotencyKey }), undefined);
}

function plain(ctx: Context, route: Route<void>, answer: Answer<unknown>): void {
  ctx.status = answer.status ?? route.reply.status;
  if (answer.headers) ctx.set(answer.headers as Record<string, string>);
  if (answer.body === undefined) {
    ctx.body = null;
    ctx.status = answer.status ?? route.reply.status;
    return;
  }
  const { text } =
    [route.reply, ...(route.also ?? [])].find((reply) => reply.status === ctx.status && (answer.as === undefined || reply.text === answer.as)) ?? {};
  // Before the body, which would be looked through for its type.
  ctx.res.setHeader('Content-Type', text ?? 'application/json; charset=utf-8');
  ctx.body = text === undefined ? JSON.stringify(answer.body) : answer.body;
}

async function stream(
  ctx: Context,
  answer: SseAnswer,
  principal: Principal,
  { stopping, log, surfaces, observer, timing = SSE_TIMING }: ShellOptions & { readonly stopping: AbortSignal },
): Promise<void> {
  ctx.respond = false;
  ctx.res.statusCode = 200;
  for (const [name, value] of Object.entries({ ...FRAMINGS[answer.framing ?? 'sse'].headers, ...answer.headers })) ctx.res.setHeader(name, value);
  if (ctx.method === 'HEAD') {
    ctx.res.end();
    return;
  }
  ctx.res.flushHeaders();
  // A stream ends with the process, and with the credential that opened it: whoever comes back is asked again.
  const over = new AbortController();
  const stop = (): void => over.abort();
  stopping.addEventListener('abort', stop, { once: true });
  if (stopping.aborted) over.abort();
  const unwatch = onCredentialEnd(principal, stop);
  const closed = observer?.opened(surfaceNameOf(surfaces, ctx.path), 'sse');
  const end = await serveSse(ctx.res, answer, { stopping: over.signal, timing }).finally(closed);
  unwatch();
  stopping.removeEventListener('abort', stop);
  const requestId = (ctx.state as State).requestId;
  if (end.why === 'failed') log.error({ err: end.error, requestId, path: ctx.path }, 'stream failed');
  else log.debug({ requestId, path: ctx.path, why: end.why }, 'stream ended');
}

/** Nothing matched: another method would, or nothing is there. */
function refuseUnmatched(ctx: Context, routers: Routers<State>, surfaces: readonly Surface[]): void {
  const methods = routers.methodsOf(ctx.path, ctx.method);
  const socket = surfaces.some((surface) => surface.sockets.some((candidate) => matches(candidate.path, ctx.path) !== null));
  if (methods.length === 0 && socket) {
    ctx.set('Upgrade', 'websocket');
    throw new Fault('invalid', 'request.upgrade_required', 'This address is a WebSocket: connect with an upgrade.', {});
  }
  if (methods.length === 0)
    throw new Fault('not_found', 'request.unknown_route', 'Nothing is served here.', { method: ctx.method, path: ctx.path.slice(0, 500) });
  ctx.set('Allow', methods.join(', '));
  if (ctx.method === 'OPTIONS') {
    ctx.status = 204;
    return;
  }
  throw new Fault('invalid', 'request.method', `${ctx.method} is not served here.`, { allowed: methods });
}
