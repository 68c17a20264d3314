/** Ports on this machine: finding a free one, and telling early and clearly that one is taken. */
import { createServer } from 'node:net';
import { Fault } from '../errors/fault';

const listen = (port: number, host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port, host, exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : port));
    });
  });

/**
 * The port itself when it is free, any free one for 0. Fault `start.port_in_use` (conflict) names the variable that chooses another. The port is free at this moment only:
 * whoever takes it next must be ready to fail.
 */
export async function freePort(port: number, variable: string, host = '127.0.0.1'): Promise<number> {
  try {
    return await listen(port, host);
  } catch (problem) {
    const why = (problem as NodeJS.ErrnoException).code === 'EADDRINUSE' ? 'is taken by another program' : `cannot be used (${(problem as Error).message})`;
    throw new Fault('conflict', 'start.port_in_use', `Port ${port} on ${host} ${why}. Set ${variable} to another one.`, { port, variable });
  }
}
