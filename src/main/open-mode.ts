/** Open mode: no keys, everybody who can reach the port may do everything. So nobody but this machine may reach it. */
import { isIP } from 'node:net';
import type { Config } from '../config/config';
import { Fault } from '../errors/fault';

export const isLoopback = (host: string): boolean => {
  const bare = host.replace(/^\[|\]$/g, '');
  return bare === 'localhost' || bare === '::1' || (isIP(bare) === 4 && bare.startsWith('127.'));
};

/** True when the configuration alone says that nobody comes in without a credential. */
export const isClosedByConfig = ({ auth }: Pick<Config, 'auth'>): boolean =>
  auth.mode === 'required' || auth.jwt.jwksUrl !== null || auth.jwt.publicKeyFile !== null || auth.jwt.secret !== null;

/** Fault `config.open_beyond_loopback` (invalid) for an API that others could reach. */
export function assertOpenModeIsSafe(config: Config): void {
  const { api } = config;
  if (!isLoopback(api.host) && !isClosedByConfig(config)) {
    const message = `EVERTHREAD_API_HOST: ${api.host} is not loopback, and no authentication is configured. Anybody who reaches the API can run commands on the hosts, so it listens on 127.0.0.1 only. Set EVERTHREAD_AUTH=required and make a key with \`everthread keys create\`, or configure tokens.`;
    throw new Fault('invalid', 'config.open_beyond_loopback', message, { variable: 'EVERTHREAD_API_HOST', host: api.host });
  }
}
