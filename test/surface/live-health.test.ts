/** Health and metrics of a whole real system: numbers that move with what happens, and a lost worker that is noticed. */
import { POLLED_WITHIN_MS } from '../../src/gateway/task-queue';
import { eventually, until } from '../support/eventually';
import { Http } from '../support/http';
import { readPrometheus, type Page } from '../support/prometheus';
import { connectAgent } from '../support/socket-agent';
import { completed, spawnThread } from '../support/threads';
import { startWorld, type World } from '../support/world';

let world: World;
let http: Http;
beforeAll(async () => {
  world = await startWorld({ env: { EVERTHREAD_TEMPORAL_METRICS_ADDRESS: '127.0.0.1:0', EVERTHREAD_HOST_ID: 'box' } });
  http = new Http(world);
}, 120_000);
afterAll(() => world.stop(), 60_000);

async function pageAt(url: string): Promise<Page> {
  const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
  expect(response.status).toBe(200);
  return readPrometheus(await response.text());
}
const scrape = (): Promise<Page> => pageAt(http.url('/metrics'));
const pageOfRole = (role: 'worker' | 'host'): Promise<Page> => pageAt(String(world.process(role).facts['metricsUrl']));

it('shows a thread, its session, its request and its commits on the page of the API, and forgets the session when it ends', async () => {
  const before = await scrape();
  expect(before.value('everthread_threads', { status: 'ready' })).toBe(0);
  const thread = await spawnThread(world, { objective: 'say hello' });
  await thread.has('the objective was worked through', completed(1));

  const page = await until('the page has the thread and its session', async () => {
    const now = await scrape();
    return now.value('everthread_threads', { status: 'ready' }) === 1 && now.value('everthread_sessions', { host: 'box' }) === 1 ? now : null;
  });

  expect(page.value('everthread_http_request_duration_seconds_count', { route: '/api/managed-threads', method: 'POST', status: '2xx' })).toBe(1);
  expect(page.value('everthread_journal_lag_seconds_count')).toBeGreaterThan(0);
  expect(page.value('everthread_journal_listening')).toBe(1);
  expect(page.value('everthread_thread_messages_queued')).toBe(0);
  expect(page.value('everthread_task_queue_pollers', { queue: 'everthread', type: 'workflow' })).toBe(1);
  expect(page.value('everthread_task_queue_pollers', { queue: 'host-box', type: 'activity' })).toBe(1);
  expect(page.samples('everthread_scrape_failures_total').map(({ value }) => value)).not.toContain(1);
  await http.delete(`/managed-threads/${thread.id}`);
  await until('the session has left the page', async () => {
    const now = await scrape();
    return now.value('everthread_sessions', { host: 'box' }) === 0 && now.value('everthread_threads', { status: 'stopped' }) === 1;
  });
});

it('shows the process and Temporal’s SDK on the pages of worker and host', async () => {
  await spawnThread(world, { objective: 'say hello' });
  for (const role of ['worker', 'host'] as const) {
    const page = await until(`the page of the ${role} tells of tasks`, async () => {
      const now = await pageOfRole(role);
      return now.samples('temporal_activity_execution_latency_seconds_count').length > 0 ? now : null;
    });
    expect(page.value('nodejs_heap_size_used_bytes')).toBeGreaterThan(0);
    expect(page.samples('nodejs_eventloop_lag_p99_seconds')).toHaveLength(1);
    expect(page.samples('temporal_worker_task_slots_available').length).toBeGreaterThan(0);
  }
  expect((await pageOfRole('worker')).samples('temporal_sticky_cache_size').length).toBeGreaterThan(0);
  const elsewhere = await fetch(String(world.process('worker').facts['metricsUrl']).replace('/metrics', '/'));
  expect(elsewhere.status).toBe(404);
});

it('is healthy in detail, with the numbers of its executions', async () => {
  const thread = await spawnThread(world, { objective: 'say hello' });
  await thread.has('the objective was worked through', completed(1));
  await http.delete(`/managed-threads/${thread.id}`);

  const body = await until(
    'an execution has ended',
    async () => {
      const { body: health } = await http.get('/health?detailed=true');
      return health.metrics.avgExecutionTime === null ? null : health;
    },
    40_000,
  );

  expect(body).toMatchObject({
    status: 'healthy',
    components: {
      database: 'healthy',
      temporal: 'healthy',
      feed: 'healthy',
      workers: { status: 'healthy', polling: 1 },
      hosts: { status: 'healthy', connected: 1 },
      agents: { connected: 0, healthy: 0 },
    },
  });
  expect(body.metrics.executionsTotal).toBeGreaterThan(body.metrics.executionsActive);
  expect(body.metrics.avgExecutionTime).toBeGreaterThan(0);
}, 90_000);

it('counts the executions of patterns with the rest, and tells Prometheus of them and of the agents, by the names that dashboards know', async () => {
  const definition =
    'name: counted\nversion: 1.0.0\nagents: { capabilities: [counting], min: 1 }\naggregation: { strategy: first }\noutput: { n: $first.result }';
  expect((await http.post('/patterns', { name: 'counted', version: '1.0.0', definition })).status).toBe(201);
  const { body: before } = await http.get('/health?detailed=true');
  const agent = await connectAgent(world.apiUrl, { capabilities: ['counting'] }, () => 1);
  const done = await http.post('/patterns/counted/execute', { input: {} });
  expect([done.status, done.body.status]).toEqual([200, 'completed']);

  const labels = { pattern: 'counted', status: 'completed' };
  const page = await until(
    'the page has the execution and the agent',
    async () => {
      const now = await scrape();
      return now.value('parallax_executions_total', labels) === 1 && now.value('parallax_agents_connected', { region: '' }) === 1 ? now : null;
    },
    40_000,
  );
  expect(page.value('parallax_execution_duration_seconds_count', { pattern: 'counted' })).toBe(1);
  expect(page.value('parallax_execution_duration_seconds_bucket', { pattern: 'counted', le: '+Inf' })).toBe(1);
  const sum = page.value('parallax_execution_duration_seconds_sum', { pattern: 'counted' })!;
  expect(Math.abs(sum - done.body.duration / 1_000)).toBeLessThan(0.001);

  const { metrics } = await until(
    'the execution is counted',
    async () => {
      const { body } = await http.get('/health?detailed=true');
      return body.metrics.executionsTotal === before.metrics.executionsTotal + 1 && body.components.agents.connected === 1 ? body : null;
    },
    40_000,
  );
  expect(metrics.executionsActive).toBe(before.metrics.executionsActive);
  agent.close();
  await until('the agent has left the page', async () => !(await scrape()).value('parallax_agents_connected', { region: '' }), 40_000);
}, 150_000);

it('is degraded without a host, and ready all the same; without a worker it is unhealthy and not ready, until one comes', async () => {
  await world.kill('host');
  await eventually('the host is missed', async () => (await http.get('/health')).body.status === 'degraded');
  expect((await http.get('/health/ready')).status).toBe(200);

  await world.kill('worker');
  const down = await until(
    'the worker is missed',
    async () => {
      const answer = await http.get('/health/ready');
      return answer.status === 503 ? answer : null;
    },
    POLLED_WITHIN_MS + 20_000,
  );

  expect(down.body).toEqual({ ready: false, status: 'unavailable', checks: { database: 'up', temporal: 'up', workers: 'down' } });
  expect((await http.get('/health?detailed=true')).body).toMatchObject({ status: 'unhealthy', components: { workers: { status: 'unhealthy', polling: 0 } } });
  await world.start('worker');
  await eventually('the new worker is seen', async () => (await http.get('/health/ready')).status === 200);
}, 150_000);
