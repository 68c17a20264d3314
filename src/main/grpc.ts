/** The gRPC server of an API process, where it has one. */
import { readFileSync } from 'node:fs';
import type { Config } from '../config/config';
import type { GrpcConfig } from '../config/grpc';
import { sealingKeysOf } from '../config/kept';
import { Fault } from '../errors/fault';
import { Cursors } from '../surfaces/http/cursor';
import { Downloads } from '../surfaces/scriptum/downloads';
import type { GrpcOptions } from '../surfaces/scriptum/grpc/calls';
import { serveGrpc, type GrpcServer } from '../surfaces/scriptum/grpc/server';
import type { ScriptumHealth, ScriptumPorts } from '../surfaces/scriptum/ports';
import type { ScriptPorts } from './scripts';

/** Fault `config.grpc_tls` (invalid) for a file that cannot be read. */
function tlsOf({ tls }: GrpcConfig): { readonly cert: Buffer; readonly key: Buffer } | null {
  const read = (file: string, variable: string): Buffer => {
    try {
      return readFileSync(file);
    } catch (problem) {
      throw new Fault('invalid', 'config.grpc_tls', `${variable}: ${(problem as Error).message}`, { variable });
    }
  };
  return tls && { cert: read(tls.certFile, 'EVERTHREAD_GRPC_TLS_CERT'), key: read(tls.keyFile, 'EVERTHREAD_GRPC_TLS_KEY') };
}

/** `baseUrl`: where this process itself is found, for what no public address was configured for. */
export function scriptumPorts(config: Config, scripts: ScriptPorts, health: ScriptumHealth, baseUrl: () => string): ScriptumPorts {
  const { current, keys } = sealingKeysOf(config);
  return { ...scripts, health, downloads: new Downloads(new Cursors(keys[current] as Uint8Array), () => config.publicUrl ?? baseUrl()) };
}

/** Null: `EVERTHREAD_GRPC_PORT` is 0. */
export const startGrpc = async ({ grpc }: Pick<Config, 'grpc'>, ports: ScriptumPorts, options: GrpcOptions): Promise<GrpcServer | null> =>
  grpc.port === 0 ? null : serveGrpc(ports, { ...options, host: grpc.host, port: grpc.port, tls: tlsOf(grpc) });
