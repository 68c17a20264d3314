/** The shell with the managed-threads surface over fakes, on a free loopback port. */
import { until as waitFor } from '../support/eventually';
import { Writable } from 'node:stream';
import { OPEN_PRINCIPAL } from '../../src/contracts/principal';
import { apiMetrics, type ApiMetrics } from '../../src/main/metrics';
import type { HealthPorts } from '../../src/surfaces/control-plane/health';
import { controlPlane } from '../../src/surfaces/control-plane/surface';
import { createLog } from '../../src/surfaces/http/log';
import { serveHttp, type HttpServer, type HttpServerOptions } from '../../src/surfaces/http/server';
import { bind } from '../../src/surfaces/http/surface';
import { Patterns } from '../../src/gateway/patterns';
import { managedThreads } from '../../src/surfaces/managed-threads/surface';
import { Cursors } from '../../src/surfaces/http/cursor';
import { runSurface } from '../../src/surfaces/runs/surface';
import { agentProtocol } from '../../src/surfaces/agent-protocol/surface';
import { agUi } from '../../src/surfaces/ag-ui/surface';
import { threadSurface } from '../../src/surfaces/threads/surface';
import { Downloads } from '../../src/surfaces/scriptum/downloads';
import type { ScriptumPorts } from '../../src/surfaces/scriptum/ports';
import { scriptum } from '../../src/surfaces/scriptum/surface';
import { FakeConversations } from '../support/fake-conversations';
import { FakeScripts } from '../support/fake-scripts';
import { FakeAgents } from './fake-agents';
import { FakeAudit } from './fake-audit';
import { FakeBatches, FakeExecutions } from './fake-executions';
import { FakeKeys } from './fake-keys';
import { FakePatternStore } from './fake-patterns';
import { FakeRuns } from './fake-runs';
import { FakeSchedules } from './fake-schedules';
import { fakeSubscriptions } from './fake-subscriptions';
import { FakeThreads } from './fake-threads';

export interface Served {
  readonly server: HttpServer;
  readonly url: string;
  readonly threads: FakeThreads;
  readonly keys: FakeKeys;
  readonly schedules: FakeSchedules;
  readonly patterns: Patterns;
  readonly agents: FakeAgents;
  readonly executions: FakeExecutions;
  readonly batches: FakeBatches;
  readonly subscriptions: ReturnType<typeof fakeSubscriptions>;
  readonly runs: FakeRuns;
  readonly conversations: FakeConversations;
  readonly scripts: FakeScripts;
  /** What the surface of scripts stands on, for a gRPC server beside this one. */
  readonly scriptumPorts: ScriptumPorts;
  readonly audit: FakeAudit;
  readonly metrics: ApiMetrics;
  readonly health: { -readonly [K in keyof HealthPorts]: HealthPorts[K] };
  /** Log lines so far, parsed. */
  readonly lines: Record<string, unknown>[];
  /** `fetch` below `/api` unless told otherwise; `body` is sent as JSON. */
  call(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
    below?: '' | '/api' | '/agent-protocol' | '/ag-ui' | '/v1/scriptum',
  ): Promise<{ status: number; headers: Headers; body: any }>;
}

export async function serve(options: Partial<HttpServerOptions> = {}): Promise<Served> {
  const threads = new FakeThreads();
  const keys = new FakeKeys();
  const schedules = new FakeSchedules();
  const patterns = new Patterns(new FakePatternStore());
  const agents = new FakeAgents();
  const executions = new FakeExecutions();
  const batches = new FakeBatches();
  const subscriptions = fakeSubscriptions();
  const runs = new FakeRuns();
  const conversations = new FakeConversations();
  const scripts = new FakeScripts();
  const audit = new FakeAudit();
  const health: Served['health'] = {
    version: '0.0.0',
    needed: {},
    wanted: {},
    draining: () => false,
    numbers: {
      workers: async () => 0,
      hosts: async () => ({ connected: 0, sessions: 0, capacity: 0 }),
      agents: async () => ({ connected: 0, healthy: 0 }),
      executions: async () => ({ total: 0, active: 0, averageMs: null }),
    },
  };
  const metrics = apiMetrics();
  const lines: Record<string, unknown>[] = [];
  const to = new Writable({
    write(chunk: Buffer, _encoding, done) {
      for (const text of chunk.toString().split('\n').filter(Boolean)) lines.push(JSON.parse(text) as Record<string, unknown>);
      done();
    },
  });
  const cursors = new Cursors(Buffer.alloc(32, 7));
  let url = '';
  const scriptumPorts: ScriptumPorts = {
    ...{ scripts: scripts.scripts, environment: scripts.environment, threads: scripts.threads.threads },
    downloads: new Downloads(cursors, () => url),
    health: { version: '0.0.0', serving: async () => true },
  };
  const server = await serveHttp({
    host: '127.0.0.1',
    port: 0,
    surfaces: [
      bind(managedThreads, threads),
      bind(runSurface, runs),
      bind(threadSurface, {
        ...{ conversations: conversations.conversations, reads: conversations.reads, feed: conversations.feed, agents: conversations.agents },
        ...{ cursors, runWaitMs: 500 },
      }),
      bind(agentProtocol, conversations),
      bind(agUi, conversations),
      bind(scriptum, scriptumPorts),
      bind(controlPlane, { ...{ health, metrics, keys, audit, schedules, patterns, agents, executions, batches }, ...subscriptions }),
    ],
    authenticate: () => OPEN_PRINCIPAL,
    open: {},
    observer: metrics.observer,
    audit,
    log: createLog({ level: 'debug', to }),
    ...options,
  });
  url = server.url;
  const call: Served['call'] = async (method, path, body, headers = {}, below = '/api') => {
    const response = await fetch(`${server.url}${below}${path}`, {
      method,
      headers: { ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: parsed(response.headers, text) };
  };
  return {
    server,
    url: server.url,
    threads,
    keys,
    schedules,
    patterns,
    agents,
    executions,
    batches,
    subscriptions,
    runs,
    conversations,
    scripts,
    scriptumPorts,
    audit,
    metrics,
    health,
    lines,
    call,
  };
}

const parsed = (headers: Headers, text: string): unknown => {
  if (text === '') return undefined;
  return headers.get('content-type')?.startsWith('application/json') ? JSON.parse(text) : text;
};

/** A request whose every header is as given, for what `fetch` does not let through (`Host`). */
export { request as rawRequest } from 'node:http';

/** Waits for a condition of a server in this process, which needs no longer than five seconds. */
export const until = (condition: () => boolean, what: string): Promise<unknown> => waitFor(what, condition, 5_000);

export interface SseSeen {
  id?: string;
  event?: string;
  data?: any;
  retry?: number;
  comment?: string;
}

/** Server-sent events as they come. `next` resolves undefined when the stream has ended. */
export async function openStream(url: string, headers: Record<string, string> = {}) {
  const controller = new AbortController();
  const response = await fetch(url, { headers: { Accept: 'text/event-stream', ...headers }, signal: controller.signal });
  let reader: ReadableStreamDefaultReader<string> | undefined;
  let rest = '';
  const next = async (): Promise<SseSeen | undefined> => {
    for (;;) {
      const end = rest.indexOf('\n\n');
      if (end >= 0) {
        const block = rest.slice(0, end);
        rest = rest.slice(end + 2);
        return seen(block);
      }
      reader ??= response.body?.pipeThrough(new TextDecoderStream()).getReader();
      const chunk = await reader?.read();
      if (!chunk || chunk.done) return undefined;
      rest += chunk.value;
    }
  };
  /** The next message that carries data. */
  const message = async (): Promise<SseSeen | undefined> => {
    for (;;) {
      const block = await next();
      if (!block || block.data !== undefined) return block;
    }
  };
  return { response, next, message, close: () => controller.abort() };
}

function seen(block: string): SseSeen {
  const found: SseSeen = {};
  for (const line of block.split('\n')) {
    if (line.startsWith('id: ')) found.id = line.slice(4);
    else if (line.startsWith('event: ')) found.event = line.slice(7);
    else if (line.startsWith('data: ')) found.data = JSON.parse(line.slice(6));
    else if (line.startsWith('retry: ')) found.retry = Number(line.slice(7));
    else if (line.startsWith(': ')) found.comment = line.slice(2);
  }
  return found;
}
