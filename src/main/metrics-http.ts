/** How long requests take, and who watches: fed by the HTTP shell. */
import { Gauge, Histogram, type Registry } from 'prom-client';
import type { Observer } from '../surfaces/http/observation';

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Labels are bounded: patterns of routes, known methods, five classes of status, surfaces. */
export function httpMetrics(register: Registry): Observer {
  const duration = new Histogram({
    name: 'everthread_http_request_duration_seconds',
    help: 'Time from the first byte of a request to its answer, without streams',
    labelNames: ['surface', 'route', 'method', 'status'],
    buckets: SECONDS,
    registers: [register],
  });
  const clients = new Gauge({
    name: 'everthread_stream_clients',
    help: 'Streams (sse; grpc) and sockets (websocket) that this process serves now',
    labelNames: ['surface', 'transport'],
    registers: [register],
  });
  // As many as there are combinations of labels, which are bounded; to find one among them by its labels costs more than to count.
  const known = new Map<string, ReturnType<typeof duration.labels>>();
  const durationOf = (surface: string, route: string, method: string, status: string): ReturnType<typeof duration.labels> => {
    const key = `${surface} ${route} ${method} ${status}`;
    let found = known.get(key);
    if (!found) known.set(key, (found = duration.labels(surface, route, method, status)));
    return found;
  };
  return {
    async around({ method }, serve) {
      const began = performance.now();
      const { surface, route, status, streamed } = await serve();
      if (!streamed) durationOf(surface, route, method, `${Math.floor(status / 100)}xx`).observe((performance.now() - began) / 1_000);
    },
    opened(surface, transport) {
      clients.inc({ surface, transport });
      return () => clients.dec({ surface, transport });
    },
  };
}
