/** The gRPC server: the service of scripts, its health and its reflection on one port, over HTTP/2, with TLS or on loopback without. */
import { createSecureServer, createServer, type Http2SecureServer, type Http2Server, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { createContextValues, type ConnectRouter } from '@connectrpc/connect';
import { connectNodeAdapter } from '@connectrpc/connect-node';
import { Fault } from '../../../errors/fault';
import { ScriptumService } from '../generated/dodil/scriptum/v1/scriptum_pb';
import { Health } from '../generated/grpc/health/v1/health_pb';
import { heardByMany } from '../../http/heard-by-many';
import { METHODS } from '../method-table';
import type { ScriptumPorts } from '../ports';
import { CHUNK_BYTES } from '../results';
import { Calls, type GrpcOptions } from './calls';
import { healthService } from './health';
import { remember } from './peer';
import { reflection } from './reflection';
import { Sessions } from './sessions';

/** Bytes of one request. */
const REQUEST_MAX = 4 * 1024 * 1024;
/** Bytes of one answer: a chunk of a result with what is around it. */
const ANSWER_MAX = CHUNK_BYTES.max + 1024 * 1024;
const SETTINGS = { maxConcurrentStreams: 250, maxHeaderListSize: 64 * 1024 } as const;
const UNIMPLEMENTED = '12';

export interface GrpcServerOptions extends GrpcOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Certificate chain and key in PEM; null: plaintext. */
  readonly tls: { readonly cert: Buffer; readonly key: Buffer } | null;
}

export interface GrpcServer {
  /** `127.0.0.1:50051` */
  readonly address: string;
  readonly port: number;
  /** Health says that it stops, streams end with UNAVAILABLE, calls finish; whatever is still there after `graceMs` is cut off. */
  close(graceMs?: number): Promise<void>;
}

function routes(calls: Calls, ports: ScriptumPorts, stopping: AbortSignal) {
  const implementation = METHODS.map((method) => {
    const { localName, methodKind } = method.descriptor;
    const serve: unknown =
      methodKind === 'server_streaming'
        ? (input: object, context: never) => calls.streamed(method, input, context)
        : (input: object, context: never) => calls.unary(method, input, context);
    return [localName, serve];
  });
  return (router: ConnectRouter): void => {
    router.service(ScriptumService, Object.fromEntries(implementation) as never);
    router.service(Health, healthService(ports.health, stopping));
    reflection(router, [ScriptumService, Health]);
  };
}

/** What is no method of any service. */
function unimplemented(_request: unknown, response: unknown): void {
  const answer = response as Http2ServerResponse;
  answer.writeHead(200, { 'content-type': 'application/grpc', 'grpc-status': UNIMPLEMENTED, 'grpc-message': 'There is no such method.' });
  answer.end();
}

/** Resolves when the port is open. Fault `grpc.listen` (unavailable) when it cannot be. */
export async function serveGrpc(ports: ScriptumPorts, options: GrpcServerOptions): Promise<GrpcServer> {
  const stopping = heardByMany();
  const calls = new Calls(options, ports, stopping.signal);
  const answer = connectNodeAdapter({
    routes: routes(calls, ports, stopping.signal),
    ...{ grpc: true, grpcWeb: false, connect: false },
    ...{ readMaxBytes: REQUEST_MAX, writeMaxBytes: ANSWER_MAX },
    contextValues: (request) => remember(createContextValues(), request),
    fallback: unimplemented,
  });
  const serve = (request: Http2ServerRequest, response: Http2ServerResponse): void => answer(request, response);
  const { tls, host } = options;
  const server = tls ? createSecureServer({ ...tls, settings: SETTINGS, minVersion: 'TLSv1.2' }, serve) : createServer({ settings: SETTINGS }, serve);
  const sessions = new Sessions(server);
  await listen(server, options);
  const { port } = server.address() as AddressInfo;
  let closed: Promise<void> | undefined;
  return {
    address: `${host.includes(':') ? `[${host}]` : host}:${port}`,
    port,
    close: (graceMs = 10_000) => {
      stopping.abort();
      return (closed ??= sessions.close(graceMs));
    },
  };
}

function listen(server: Http2Server | Http2SecureServer, { host, port }: GrpcServerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (error: Error): void =>
      reject(new Fault('unavailable', 'grpc.listen', `Cannot listen on ${host}:${port}: ${error.message}`, { host, port }, error));
    server.once('error', failed);
    server.listen(port, host, () => {
      server.off('error', failed);
      resolve();
    });
  });
}
