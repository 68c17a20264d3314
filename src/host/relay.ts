/**
 * The host's own small server, for API processes only: a session's screen, its terminal as a WebSocket, and the preview of a preparation.
 *
 * Every request carries the bearer token that the host put in the registry. The query's `tenant` and `thread` name the thread that the caller checked
 * access to: a session of another thread is 404. `subject` (or the header `x-everthread-subject`) names the person at the terminal.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import type { ActorRef, Envelope } from '../contracts/actor';
import { Fault, faultFrom, KINDS } from '../errors/fault';
import type { Ptyd, SessionInfo, Snapshot } from '../ptyd/protocol';
import type { Screen } from '../../activities/agents/adapter';
import { redactedScreen } from '../../activities/terminal/screen-text';
import { AttachedTerminal } from './attached-terminal';
import { RELAY_PATHS } from './relay-paths';

export interface RelayDependencies {
  readonly hostId: string;
  readonly ptyd: Ptyd;
  readonly token: string;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default: any free port. */
  readonly port?: number;
  /** How API processes reach this server; default: its own address. */
  readonly publicUrl?: string;
  actorOf(labels: SessionInfo['labels']): ActorRef | null;
  signal(address: string, command: 'report', envelope: Envelope): Promise<void>;
  redactionFor(actor: ActorRef): Promise<(text: string) => string>;
  /** `POST /prepare`: the body as it came, parsed; what it returns is the answer. */
  prepare(body: unknown, signal: AbortSignal): Promise<unknown>;
  log(message: string, facts?: object): void;
}

export interface Relay {
  readonly url: string;
  readonly token: string;
  close(): Promise<void>;
}

const BODY_MAX = 64 * 1024 * 1024;
const MESSAGE_MAX = 256 * 1024;
const TERMINALS_MAX = 1_000;

const header = (request: IncomingMessage, name: string): string | null => {
  const value = request.headers[name];
  return typeof value === 'string' && value.length <= 1_024 ? value : null;
};

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Compares digests, so that neither length nor content of the token shows in the time it takes. */
function assertToken(request: IncomingMessage, token: string): void {
  const given = /^Bearer (.+)$/.exec(header(request, 'authorization') ?? '')?.[1] ?? '';
  if (!timingSafeEqual(digest(given), digest(token))) throw new Fault('unauthenticated', 'relay.unauthenticated', 'A valid token is needed.');
}

const SESSION_PATH = /^\/sessions\/([^/]{1,300})\/(screen|terminal)$/;

interface Asked {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly session: string | null;
  readonly what: string | null;
}

function asked(request: IncomingMessage): Asked {
  const { pathname: path, searchParams: query } = new URL(request.url ?? '/', 'http://relay');
  const match = SESSION_PATH.exec(path);
  try {
    return { path, query, session: match?.[1] ? decodeURIComponent(match[1]) : null, what: match?.[2] ?? null };
  } catch {
    return { path, query, session: null, what: null };
  }
}

async function sessionFor({ ptyd, actorOf }: RelayDependencies, session: string, query: URLSearchParams): Promise<{ snapshot: Snapshot; actor: ActorRef }> {
  const snapshot = await ptyd.screen(session);
  const actor = actorOf(snapshot.labels);
  if (!actor || query.get('tenant') !== actor.tenant || query.get('thread') !== actor.id)
    throw new Fault('not_found', 'ptyd.no_session', `There is no session ${session}.`, { session });
  return { snapshot, actor };
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    if ((size += chunk.length) > BODY_MAX) throw new Fault('invalid', 'relay.body_too_large', `A body may have ${BODY_MAX} bytes.`, { max: BODY_MAX });
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw new Fault('invalid', 'relay.bad_json', 'The body is not JSON.');
  }
}

/** A session's facts and its screen, in one object, without the thread's secrets in what is shown. */
async function shown(deps: RelayDependencies, { screen, ...info }: Snapshot, actor: ActorRef | null): Promise<SessionInfo & Screen> {
  const redact = actor ? await deps.redactionFor(actor) : (text: string) => text;
  return { ...info, ...redactedScreen(screen, redact) };
}

async function answer(deps: RelayDependencies, request: IncomingMessage, response: ServerResponse): Promise<unknown> {
  assertToken(request, deps.token);
  const { path, query, session, what } = asked(request);
  if (request.method === 'GET' && session !== null && what === 'screen') {
    const { snapshot, actor } = await sessionFor(deps, session, query);
    return shown(deps, snapshot, actor);
  }
  if (request.method === 'POST' && path === RELAY_PATHS.prepare) {
    const left = new AbortController();
    response.on('close', () => left.abort());
    return deps.prepare(await bodyOf(request), left.signal);
  }
  throw new Fault('not_found', 'relay.no_route', 'There is nothing here.');
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  if (response.destroyed) return;
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}

/** An error as JSON; what nobody declared is logged and shown without its words. */
function errorBody(
  deps: RelayDependencies,
  error: unknown,
): { status: number; body: { error: { code: string; kind: string; message: string; facts: object } } } {
  const { kind, code, message, facts, cause } = faultFrom(error);
  if (kind === 'internal') deps.log('a relay request failed', { reason: cause instanceof Error ? (cause.stack ?? cause.message) : message });
  return { status: KINDS[kind].http, body: { error: { code, kind, message, facts } } };
}

export async function startRelay(deps: RelayDependencies): Promise<Relay> {
  const terminals = new Set<AttachedTerminal>();
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MESSAGE_MAX, perMessageDeflate: false });
  const server = createServer({ requestTimeout: 120_000, headersTimeout: 10_000 }, (request, response) => {
    answer(deps, request, response).then(
      (body) => reply(response, 200, body),
      (error: unknown) => {
        const { status, body } = errorBody(deps, error);
        reply(response, status, body);
      },
    );
  });
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    const attach = async (): Promise<void> => {
      assertToken(request, deps.token);
      const { query, session, what } = asked(request);
      if (session === null || what !== 'terminal') throw new Fault('not_found', 'relay.no_route', 'There is nothing here.');
      if (terminals.size >= TERMINALS_MAX)
        throw new Fault('exhausted', 'relay.too_many_terminals', `${TERMINALS_MAX} terminals are attached already.`, { max: TERMINALS_MAX });
      const { actor } = await sessionFor(deps, session, query);
      const subject = query.get('subject') ?? header(request, 'x-everthread-subject') ?? 'unknown';
      sockets.handleUpgrade(request, socket, head, (client) => {
        const terminal = new AttachedTerminal({
          client,
          session,
          actor,
          subject: subject.slice(0, 256) || 'unknown',
          ptyd: deps.ptyd,
          hostId: deps.hostId,
          signal: deps.signal,
          log: deps.log,
        });
        terminals.add(terminal);
        client.once('close', () => terminals.delete(terminal));
      });
    };
    attach().catch((error: unknown) => {
      const { status, body } = errorBody(deps, error);
      const text = JSON.stringify(body);
      socket.end(
        `HTTP/1.1 ${status} Refused\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(text)}\r\nconnection: close\r\n\r\n${text}`,
      );
    });
  });
  await listen(server, deps.port ?? 0, deps.host ?? '127.0.0.1');
  const { address, port, family } = server.address() as AddressInfo;
  return {
    url: deps.publicUrl ?? `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`,
    token: deps.token,
    close: async () => {
      for (const terminal of terminals) terminal.close('the host is stopping');
      const closed = new Promise<void>((settle) => server.close(() => settle()));
      server.closeAllConnections();
      await closed;
      sockets.close();
    },
  };
}

const listen = (server: Server, port: number, host: string): Promise<void> =>
  new Promise((ready, fail) => {
    server.once('error', fail);
    server.listen(port, host, () => {
      server.off('error', fail);
      ready();
    });
  });
