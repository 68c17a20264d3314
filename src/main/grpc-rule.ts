/** Who may reach the gRPC server: what is said on it is as secret as what is said to the API. */
import type { Config } from '../config/config';
import { Fault } from '../errors/fault';
import { isClosedByConfig, isLoopback } from './open-mode';

/** Faults `config.grpc_plaintext`, `config.open_beyond_loopback` (invalid) for a server that others could reach without TLS, or without a credential. */
export function assertGrpcIsSafe(config: Pick<Config, 'auth' | 'grpc'>): void {
  const { host, port, tls } = config.grpc;
  if (port === 0 || isLoopback(host)) return;
  const facts = { variable: 'EVERTHREAD_GRPC_HOST', host };
  if (!tls) {
    const message = `EVERTHREAD_GRPC_HOST: ${host} is not loopback, and gRPC without TLS would show credentials to the network. Set EVERTHREAD_GRPC_TLS_CERT and EVERTHREAD_GRPC_TLS_KEY, or let a proxy on this machine end TLS.`;
    throw new Fault('invalid', 'config.grpc_plaintext', message, facts);
  }
  if (!isClosedByConfig(config))
    throw new Fault(
      'invalid',
      'config.open_beyond_loopback',
      `EVERTHREAD_GRPC_HOST: ${host} is not loopback, and no authentication is configured. Set EVERTHREAD_AUTH=required.`,
      facts,
    );
}
