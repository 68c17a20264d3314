/**
 * The metrics of a worker or a host process, which serve nothing else over HTTP: the process's own (memory, event loop, garbage collection) and those of Temporal's SDK (polls, slots,
 * the cache of workflows, latencies), on one page at `/metrics`. Nobody is asked who they are, so the address decides who can read it.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Config } from '../config/config';
import { freePort } from '../embedded/ports';
import { Fault } from '../errors/fault';
import { PROMETHEUS_TEXT } from '../surfaces/control-plane/metrics';

export interface MetricsPage {
  /** Where the SDK's runtime serves its part, for this page to fetch; null when no page was asked for. */
  readonly runtimeAddress: string | null;
  readonly facts: { readonly metricsUrl?: string };
  close(): Promise<void>;
}

const NONE: MetricsPage = { runtimeAddress: null, facts: {}, close: () => Promise.resolve() };
const RUNTIME_MS = 2_000;
const RUNTIME_BYTES = 8 * 1024 * 1024;

/** Fault `metrics.listen` (unavailable) when the address cannot be had. */
export async function metricsPage({ metrics }: Pick<Config, 'metrics'>): Promise<MetricsPage> {
  if (metrics === null) return NONE;
  const { Registry, collectDefaultMetrics } = await import('prom-client');
  const register = new Registry();
  collectDefaultMetrics({ register });
  const runtimeAddress = `127.0.0.1:${await freePort(0, 'EVERTHREAD_TEMPORAL_METRICS_ADDRESS')}`;
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 5_000 }, (request, response) => {
    answer(request, response, async () => (await register.metrics()) + (await runtimePart(runtimeAddress))).catch(() => response.destroy());
  });
  server.maxConnections = 32;
  await listen(server, metrics);
  const { port } = server.address() as AddressInfo;
  return {
    runtimeAddress,
    facts: { metricsUrl: `http://${metrics.host.includes(':') ? `[${metrics.host}]` : metrics.host}:${port}/metrics` },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(request: IncomingMessage, response: ServerResponse, page: () => Promise<string>): Promise<void> {
  const known = request.url?.split('?')[0] === '/metrics';
  if (!known || (request.method !== 'GET' && request.method !== 'HEAD')) {
    response.writeHead(known ? 405 : 404, { 'content-type': 'text/plain; charset=utf-8' });
    response.end('GET /metrics\n');
    return;
  }
  const text = await page();
  response.writeHead(200, { 'content-type': PROMETHEUS_TEXT, 'content-length': Buffer.byteLength(text), 'cache-control': 'no-store' });
  response.end(request.method === 'HEAD' ? undefined : text);
}

/** The SDK's part. A runtime that does not answer leaves its part off: the process's own numbers say more about why. */
async function runtimePart(address: string): Promise<string> {
  try {
    const response = await fetch(`http://${address}/metrics`, { signal: AbortSignal.timeout(RUNTIME_MS), redirect: 'error' });
    const text = await response.text();
    return response.ok && text.length <= RUNTIME_BYTES ? text : '';
  } catch {
    return '';
  }
}

function listen(server: Server, { host, port }: { readonly host: string; readonly port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (problem) =>
      reject(
        new Fault(
          'unavailable',
          'metrics.listen',
          `EVERTHREAD_TEMPORAL_METRICS_ADDRESS: cannot listen on ${host}:${port}: ${problem.message}`,
          { host, port },
          problem,
        ),
      ),
    );
    server.listen(port, host, () => resolve());
  });
}
