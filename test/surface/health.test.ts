import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Principal } from '../../src/contracts/principal';
import { Fault } from '../../src/errors/fault';
import { WebSocket, WebSocketServer } from 'ws';
import { until } from '../support/eventually';
import { readPrometheus } from '../support/prometheus';
import { openStream, serve, type Served } from './serve';

let served: Served;
afterEach(() => served.server.close(100));

const up = () => Promise.resolve();
const down = () => Promise.reject(new Error('down'));

const KEYS: Record<string, Principal> = {
  operator: { tenant: 'default', subject: 'operator', scopes: ['metrics:read'], keyId: null, operator: false },
  reader: { tenant: 'default', subject: 'reader', scopes: ['threads:read'], keyId: null, operator: false },
};
const authenticate = (request: { headers: { authorization?: string } }): Principal => {
  const who = KEYS[(request.headers.authorization ?? '').replace('Bearer ', '')];
  if (!who) throw new Fault('unauthenticated', 'access.no_credentials', 'Send a key.');
  return who;
};
const bearer = (name: string) => ({ Authorization: `Bearer ${name}` });

describe('health', () => {
  it.each([
    ['healthy', up, up, 200],
    ['degraded', up, down, 200],
    ['unhealthy', down, up, 503],
  ] as const)('is %s by what is needed and what is wanted, and ready by what is needed alone', async (status, needed, wanted, ready) => {
    served = await serve();
    served.health.needed = { database: needed };
    served.health.wanted = { hosts: wanted };

    const health = await served.call('GET', '/health');

    expect([health.status, health.body]).toEqual([200, { status, version: '0.0.0', uptime: expect.any(Number) }]);
    expect((await served.call('GET', '/health/ready')).status).toBe(ready);
  });

  it('says in detail which, with numbers, and null where nobody can say', async () => {
    served = await serve();
    served.health.needed = { database: up, temporal: up, workers: down };
    served.health.wanted = { hosts: up, feed: down };
    served.health.numbers = {
      workers: async () => 0,
      hosts: async () => ({ connected: 2, sessions: 5, capacity: 20 }),
      executions: () => Promise.reject(new Error('down')),
    };

    const { body } = await served.call('GET', '/health?detailed=true');

    expect(body).toEqual({
      status: 'unhealthy',
      version: '0.0.0',
      uptime: expect.any(Number),
      components: {
        database: 'healthy',
        temporal: 'healthy',
        feed: 'degraded',
        workers: { status: 'unhealthy', polling: 0 },
        hosts: { status: 'healthy', connected: 2, sessions: 5, capacity: 20 },
        agents: { connected: 0, healthy: 0 },
      },
      metrics: { executionsTotal: null, executionsActive: null, avgExecutionTime: null },
    });
  });

  it('takes a check that does not answer in time for down', async () => {
    served = await serve();
    served.health.needed = { database: () => new Promise(() => undefined) };

    const answer = await served.call('GET', '/health/ready');

    expect([answer.status, answer.body.checks]).toEqual([503, { database: 'down' }]);
  });

  it('refuses another word for detailed', async () => {
    served = await serve();

    const answer = await served.call('GET', '/health?detailed=yes');

    expect([answer.status, answer.body.error.code, answer.body.error.details.field]).toEqual([400, 'VALIDATION_ERROR', 'detailed']);
  });

  it('says that the process lives while nobody can tell whether the door is open, and leaves all else to wait', async () => {
    let tell: (mode: null) => void = () => undefined;
    const unknown = new Promise<null>((resolve) => (tell = resolve));
    served = await serve({ open: () => unknown });
    const waits = served.call('GET', '/health/ready');
    const first = await Promise.race([waits.then(() => 'ready'), served.call('GET', '/health/live').then(({ status, body }) => [status, body.status])]);
    tell(null);

    expect(first).toEqual([200, 'ok']);
    expect((await waits).status).toBe(200);
  });

  it('is for everybody in brief, and in detail for who may read metrics', async () => {
    served = await serve({ open: null, authenticate });

    const asked = [
      await served.call('GET', '/health'),
      await served.call('GET', '/health?detailed=true'),
      await served.call('GET', '/health?detailed=true', undefined, bearer('reader')),
      await served.call('GET', '/health?detailed=true', undefined, bearer('operator')),
    ];

    expect(asked.map(({ status }) => status)).toEqual([200, 401, 403, 200]);
  });
});

describe('metrics', () => {
  const pageOf = async (headers: Record<string, string> = {}) => {
    const response = await fetch(`${served.url}/api/metrics`, { headers });
    return { response, text: await response.text() };
  };

  it('are a page of Prometheus text', async () => {
    served = await serve();

    const { response, text } = await pageOf();

    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(readPrometheus(text).value('process_resident_memory_bytes')).toBeGreaterThan(0);
  });

  it('need a scope of their own', async () => {
    served = await serve({ open: null, authenticate });

    const asked = [await pageOf(), await pageOf(bearer('reader')), await pageOf(bearer('operator'))];

    expect(asked.map(({ response }) => response.status)).toEqual([401, 403, 200]);
  });

  it('time requests by the pattern of their route, with everything else as one', async () => {
    served = await serve();
    served.threads.add({ id: 'thr_1' });
    for (const id of ['thr_1', 'thr_2', 'thr_3']) await served.call('GET', `/managed-threads/${id}`);
    for (const path of ['/made-up-1', '/made-up-2']) await served.call('GET', path);

    const page = readPrometheus((await pageOf()).text);

    const count = (labels: Record<string, string>) => page.value('everthread_http_request_duration_seconds_count', labels);
    expect(count({ surface: 'managed-threads', route: '/api/managed-threads/:id', method: 'GET', status: '2xx' })).toBe(1);
    expect(count({ surface: 'managed-threads', route: '/api/managed-threads/:id', method: 'GET', status: '4xx' })).toBe(2);
    expect(count({ surface: 'control-plane', route: 'unmatched', method: 'GET', status: '4xx' })).toBe(2);
    expect(page.samples('everthread_http_request_duration_seconds_count')).toHaveLength(3);
  });

  it('count streams and sockets while they are open, and time no stream', async () => {
    served = await serve();
    served.threads.add({ id: 'thr_1', status: 'ready', hostId: 'host-1', sessionId: 'thr_1.1' });
    const clients = async (transport: string) =>
      readPrometheus((await pageOf()).text).value('everthread_stream_clients', { surface: 'managed-threads', transport });
    const stream = await openStream(`${served.url}/api/managed-threads/thr_1/events`);
    expect(await clients('sse')).toBe(1);

    stream.close();
    await until('the stream is no longer counted', async () => (await clients('sse')) === 0);
    const host = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    await once(host, 'listening');
    served.threads.terminalUrl = `ws://127.0.0.1:${(host.address() as AddressInfo).port}/terminal`;
    const socket = new WebSocket(`${served.url.replace('http', 'ws')}/api/managed-threads/thr_1/terminal`);
    await until('the socket is counted', async () => (await clients('websocket')) === 1);
    socket.terminate();
    await until('the socket is no longer counted', async () => (await clients('websocket')) === 0);
    host.close();

    const page = readPrometheus((await pageOf()).text);
    expect(page.value('everthread_http_request_duration_seconds_count', { route: '/api/managed-threads/:id/events' })).toBeUndefined();
  });
});
