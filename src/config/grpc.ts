/** Where the API speaks gRPC, and under which address clients find what it gives out addresses of. */
import type { z } from 'zod';
import { address, path, port, url } from './fields';

export const GRPC_FIELDS = {
  EVERTHREAD_GRPC_PORT: port(50_051),
  EVERTHREAD_GRPC_HOST: address.default('127.0.0.1'),
  EVERTHREAD_GRPC_TLS_CERT: path.optional(),
  EVERTHREAD_GRPC_TLS_KEY: path.optional(),
  EVERTHREAD_PUBLIC_URL: url(['http:', 'https:']).optional(),
};

type GrpcSettings = z.output<z.ZodObject<typeof GRPC_FIELDS>>;

export interface GrpcConfig {
  readonly host: string;
  /** 0: no gRPC. */
  readonly port: number;
  /** Files in PEM; null: plaintext, on loopback only. */
  readonly tls: { readonly certFile: string; readonly keyFile: string } | null;
}

export const grpcOf = (values: GrpcSettings): { readonly grpc: GrpcConfig; readonly publicUrl: string | null } => ({
  grpc: {
    host: values.EVERTHREAD_GRPC_HOST,
    port: values.EVERTHREAD_GRPC_PORT,
    tls:
      values.EVERTHREAD_GRPC_TLS_CERT !== undefined && values.EVERTHREAD_GRPC_TLS_KEY !== undefined
        ? { certFile: values.EVERTHREAD_GRPC_TLS_CERT, keyFile: values.EVERTHREAD_GRPC_TLS_KEY }
        : null,
  },
  publicUrl: values.EVERTHREAD_PUBLIC_URL?.replace(/\/+$/, '') ?? null,
});

/** A certificate without a key is of no use, nor a key without a certificate. */
export function grpcIssues({
  EVERTHREAD_GRPC_TLS_CERT: cert,
  EVERTHREAD_GRPC_TLS_KEY: key,
}: Partial<GrpcSettings>): readonly { variable: string; reason: string }[] {
  if ((cert === undefined) === (key === undefined)) return [];
  return cert === undefined
    ? [{ variable: 'EVERTHREAD_GRPC_TLS_CERT', reason: 'expected with EVERTHREAD_GRPC_TLS_KEY' }]
    : [{ variable: 'EVERTHREAD_GRPC_TLS_KEY', reason: 'expected with EVERTHREAD_GRPC_TLS_CERT' }];
}
