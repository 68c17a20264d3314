/** The service of scripts over gRPC: a server over the fakes of a served shell, and a typed client of it. */
import { createClient, type Client } from '@connectrpc/connect';
import { createGrpcTransport, Http2SessionManager } from '@connectrpc/connect-node';
import { OPEN_PRINCIPAL } from '../../src/contracts/principal';
import { createLog } from '../../src/surfaces/http/log';
import { ScriptumService } from '../../src/surfaces/scriptum/generated/dodil/scriptum/v1/scriptum_pb';
import { serveGrpc, type GrpcServer, type GrpcServerOptions } from '../../src/surfaces/scriptum/grpc/server';
import type { ScriptumPorts } from '../../src/surfaces/scriptum/ports';

export type ScriptumClient = Client<typeof ScriptumService>;

export interface ServedGrpc {
  readonly server: GrpcServer;
  readonly client: ScriptumClient;
  close(): Promise<void>;
}

export function grpcClient(
  baseUrl: string,
  nodeOptions: { readonly ca?: Buffer; readonly servername?: string } = {},
): { readonly client: ScriptumClient; readonly abort: () => void } {
  const sessionManager = new Http2SessionManager(baseUrl, {}, nodeOptions);
  return { client: createClient(ScriptumService, createGrpcTransport({ baseUrl, sessionManager })), abort: () => sessionManager.abort() };
}

export async function grpcOver(ports: ScriptumPorts, options: Partial<GrpcServerOptions> = {}): Promise<ServedGrpc> {
  const log = createLog({ level: 'silent' });
  const server = await serveGrpc(ports, { host: '127.0.0.1', port: 0, tls: null, authenticate: () => OPEN_PRINCIPAL, open: {}, log, ...options });
  const { client, abort } = grpcClient(`http://${server.address}`);
  return {
    server,
    client,
    close: async () => {
      await server.close(100);
      abort();
    },
  };
}
