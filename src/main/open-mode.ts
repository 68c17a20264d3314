/** Open mode: no keys, everybody who can reach the port may do everything. So nobody but this machine may reach it. */
import { isIP } from 'node:net';
import type { Config } from '../config/config';
import { Fault } from '../errors/fault';

export const isLoopback = (host: string): boolean => {
  const bare = host.replace(/^\[|\]$/g, '');
  return bare === 'localhost' || bare === '::1' || (isIP(bare) === 4 && bare.startsWith('127.'));
};

/** Fault `config.open_beyond_loopback` (invalid) for an API that others could reach. */
export function assertOpenModeIsSafe({ api }: Config): void {
  if (!isLoopback(api.host)) {
    const message = `EVERTHREAD_API_HOST: ${api.host} is not loopback, and no authentication is configured. Anybody who reaches the API can run commands on the hosts, so it listens on 127.0.0.1 only.`;
    throw new Fault('invalid', 'config.open_beyond_loopback', message, { variable: 'EVERTHREAD_API_HOST', host: api.host });
  }
}
