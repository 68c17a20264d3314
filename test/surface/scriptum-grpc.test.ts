import { Code, createClient, type ConnectError } from '@connectrpc/connect';
import { createGrpcTransport, Http2SessionManager } from '@connectrpc/connect-node';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OPEN_PRINCIPAL } from '../../src/contracts/principal';
import { RateLimits } from '../../src/surfaces/http/limits';
import { Health, HealthCheckResponse_ServingStatus } from '../../src/surfaces/scriptum/generated/grpc/health/v1/health_pb';
import { ScriptumService } from '../../src/surfaces/scriptum/generated/dodil/scriptum/v1/scriptum_pb';
import { BadRequestSchema, ErrorInfoSchema, RequestInfoSchema } from '../../src/surfaces/scriptum/generated/google/rpc/error_details_pb';
import { ExecutionMode, Pause_Kind, Thread_Status } from '../../src/surfaces/scriptum/generated/dodil/scriptum/v1/threads_pb';
import { apiMetrics } from '../../src/main/metrics';
import type { FakeScriptThreads } from '../support/fake-script-threads';
import { grpcClient, grpcOver, type ServedGrpc } from '../support/grpc-client';
import { serve, until, type Served } from './serve';

let served: Served;
let grpc: ServedGrpc;
let threads: FakeScriptThreads;
beforeAll(async () => {
  served = await serve();
  threads = served.scripts.threads;
  grpc = await grpcOver(served.scriptumPorts, { audit: served.audit });
});
afterAll(async () => {
  await grpc.close();
  await served.server.close(100);
});

let names = 0;
const published = async (): Promise<string> => (await served.scripts.publishOne(OPEN_PRINCIPAL, `grpc-${++names}`)).scriptName;
const started = async (): Promise<string> => (await grpc.client.createThread({ scriptName: await published() })).threadId;
const refusalOf = (call: Promise<unknown>): Promise<ConnectError> =>
  call.then(
    () => Promise.reject(new Error('it was not refused')),
    (problem: unknown) => problem as ConnectError,
  );

describe('a call', () => {
  it('does what the same request does over HTTP', async () => {
    const made = await grpc.client.createThread({ scriptName: await published(), executionMode: ExecutionMode.LOCAL, metadata: { source: 'scheduler' } });
    expect(made).toMatchObject({ status: Thread_Status.RUNNING, executionMode: ExecutionMode.LOCAL, metadata: { source: 'scheduler' } });

    const read = (await served.call('GET', `/threads/${made.threadId}`, undefined, {}, '/v1/scriptum')).body;

    expect([read.threadId, read.createdAtMs]).toEqual([made.threadId, String(made.createdAtMs)]);
  });

  it('is refused with what was wrong, by field', async () => {
    const refusal = await refusalOf(grpc.client.createThread({ version: -1, scriptName: 'x' }));

    expect([refusal.code, refusal.findDetails(ErrorInfoSchema)[0]?.reason]).toEqual([Code.InvalidArgument, 'REQUEST_INVALID']);
    expect(refusal.findDetails(BadRequestSchema)[0]?.fieldViolations).toMatchObject([
      { field: 'version', description: 'expected a number that is not negative' },
    ]);
    expect(refusal.findDetails(RequestInfoSchema)[0]?.requestId).toBe(refusal.metadata.get('x-request-id'));
  });

  it('tells that an ask has expired, that a name is taken, that nothing is there', async () => {
    const threadId = await started();
    threads.pause(threadId);
    const late = await refusalOf(grpc.client.resumeThread({ threadId, stepInputOverrideJson: '"late"' }));
    expect([late.code, late.findDetails(ErrorInfoSchema)[0]]).toMatchObject([Code.FailedPrecondition, { reason: 'ASK_EXPIRED', domain: 'everthread' }]);
    await grpc.client.createScript({ name: 'grpc-taken' });
    expect((await refusalOf(grpc.client.createScript({ name: 'grpc-taken' }))).code).toBe(Code.AlreadyExists);
    expect((await refusalOf(grpc.client.getThread({ threadId: 'thr_none' }))).code).toBe(Code.NotFound);
  });

  it('under one key is done once, and its request id is the caller’s', async () => {
    const scriptName = await published();
    const told: unknown[] = [];
    const onHeader = (headers: Headers): void => void told.push([headers.get('x-request-id'), headers.get('idempotency-replayed')]);
    const once = () => grpc.client.createThread({ scriptName }, { headers: { 'idempotency-key': scriptName, 'x-request-id': 'mine-1' }, onHeader });

    expect((await once()).threadId).toBe((await once()).threadId);
    expect(told).toEqual([
      ['mine-1', null],
      ['mine-1', 'true'],
    ]);
  });

  it('leaves the entry in the audit log that HTTP leaves', async () => {
    const threadId = await started();
    await grpc.client.cancelThread({ threadId });
    await grpc.client.getThread({ threadId });

    expect(served.audit.entries.at(-1)).toMatchObject({ action: 'scriptum.cancelThread', resourceId: threadId, outcome: 'succeeded', status: 200 });
  });

  it('ends with its deadline, whatever it waits for', async () => {
    const scriptName = await published();
    let release = (): void => undefined;
    threads.hold = new Promise((resolve) => (release = resolve));
    const began = performance.now();

    const refusal = await refusalOf(grpc.client.createThread({ scriptName }, { timeoutMs: 150 }));
    threads.hold = null;
    release();

    expect(refusal.code).toBe(Code.DeadlineExceeded);
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  it('of no method is unimplemented', async () => {
    const { client, abort } = grpcClient(`http://${grpc.server.address}`);
    const transport = createGrpcTransport({ baseUrl: `http://${grpc.server.address}/nothing` });

    const refusal = await refusalOf(createClient(Health, transport).check({}));
    await client.healthCheck({});
    abort();

    expect(refusal.code).toBe(Code.Unimplemented);
  });
});

describe('a watch', () => {
  it('tells what happened and what happens, and ends with the thread', async () => {
    const threadId = await started();
    threads.pause(threadId);
    const seen: (string | undefined)[] = [];
    for await (const { event, sequence } of grpc.client.watchThread({ threadId })) {
      seen.push(`${sequence} ${event.case}`);
      if (event.case === 'threadPaused') {
        expect(event.value.pause).toMatchObject({ kind: Pause_Kind.ASK, stepPath: '1' });
        threads.complete(threadId, { value: true });
      }
    }

    expect(seen).toEqual(['1 threadStarted', '2 threadPaused', '3 threadCompleted']);
  });

  it('that its client leaves is over at once', async () => {
    const threadId = await started();
    const left = new AbortController();
    const before = threads.watching;

    const refusal = await refusalOf(
      (async () => {
        for await (const _event of grpc.client.watchThread({ threadId }, { signal: left.signal })) left.abort();
      })(),
    );

    expect(refusal.code).toBe(Code.Canceled);
    await until(() => threads.watching === before, 'the watch is over');
  });

  it('ends with its deadline', async () => {
    const threadId = await started();

    const refusal = await refusalOf(
      (async () => {
        for await (const _event of grpc.client.watchThread({ threadId }, { timeoutMs: 200 }));
      })(),
    );

    expect(refusal.code).toBe(Code.DeadlineExceeded);
  });

  it('is refused beyond as many as are served at a time', async () => {
    const small = await grpcOver(served.scriptumPorts, { maxStreams: 1 });
    const threadId = await started();
    const first = small.client.watchThread({ threadId })[Symbol.asyncIterator]();
    await first.next();

    const refusal = await refusalOf(small.client.watchThread({ threadId })[Symbol.asyncIterator]().next());

    expect(refusal.code).toBe(Code.ResourceExhausted);
    await first.return?.();
    await small.close();
  });

  it('that nobody reads any more does not keep the server from stopping', async () => {
    const other = await grpcOver(served.scriptumPorts);
    const [one, two] = [await started(), await started()];
    // The client leaves the streams as they are, open and unread.
    for (const threadId of [one, two]) for await (const _event of other.client.watchThread({ threadId })) break;

    await other.server.close(100);
    await other.close();
  }, 20_000);

  it('is told to come back when the server stops, and calls finish', async () => {
    const other = await grpcOver(served.scriptumPorts);
    const threadId = await started();
    const watch = other.client.watchThread({ threadId })[Symbol.asyncIterator]();
    await watch.next();

    const [refusal] = await Promise.all([refusalOf(watch.next()), other.server.close(2_000)]);

    expect([refusal.code, refusal.findDetails(ErrorInfoSchema)[0]?.reason]).toEqual([Code.Unavailable, 'STREAM_RESTARTING']);
    await other.close();
  });
});

describe('results', () => {
  it('come in chunks', async () => {
    const threadId = await started();
    const bytes = Buffer.alloc(200_000, 'x');
    threads.blobs.set('c'.repeat(64), bytes);
    threads.complete(threadId, { ref: 'c'.repeat(64), bytes: bytes.byteLength });
    const sizes: number[] = [];

    for await (const { part } of grpc.client.streamThreadResult({ threadId, maxChunkBytes: 1 })) {
      if (part.case === 'meta') expect(part.value).toMatchObject({ totalBytes: 200_000n, totalChunks: 4 });
      if (part.case === 'chunk') sizes.push(part.value.data.byteLength);
    }

    expect(sizes).toEqual([65_536, 65_536, 65_536, 3_392]);
  });
});

describe('the health', () => {
  const healthOf = (address: string) => createClient(Health, createGrpcTransport({ baseUrl: `http://${address}` }));

  it('is told of the server and of the service, and of no other', async () => {
    const health = healthOf(grpc.server.address);
    for (const service of ['', 'dodil.scriptum.v1.ScriptumService'])
      expect((await health.check({ service })).status).toBe(HealthCheckResponse_ServingStatus.SERVING);
    expect((await refusalOf(health.check({ service: 'other' }))).code).toBe(Code.NotFound);
  });

  it('that is watched tells when the server is about to stop', async () => {
    const other = await grpcOver(served.scriptumPorts);
    const sessions = new Http2SessionManager(`http://${other.server.address}`);
    const health = createClient(Health, createGrpcTransport({ baseUrl: `http://${other.server.address}`, sessionManager: sessions }));
    const seen: HealthCheckResponse_ServingStatus[] = [];
    for await (const { status } of health.watch({})) {
      seen.push(status);
      if (seen.length === 1) void other.server.close(2_000);
    }

    expect(seen).toEqual([HealthCheckResponse_ServingStatus.SERVING, HealthCheckResponse_ServingStatus.NOT_SERVING]);
    sessions.abort();
    await other.close();
  });
});

describe('around calls', () => {
  it('limits hold as over HTTP', async () => {
    const limits = new RateLimits({ read: 1, write: null, execute: null }, (_name, max) => {
      let left = max;
      return { take: async (_caller, count) => ({ granted: Math.min(count, left), remaining: (left = Math.max(0, left - count)), resetMs: 60_000 }) };
    });
    const limited = await grpcOver(served.scriptumPorts, { limits, authenticate: () => ({ ...OPEN_PRINCIPAL, open: undefined, keyId: 'key_1' }) });
    await limited.client.listThreads({});

    expect((await refusalOf(limited.client.listThreads({}))).code).toBe(Code.ResourceExhausted);
    await limited.close();
  });

  it('requests and streams are measured by method', async () => {
    const metrics = apiMetrics();
    const measured = await grpcOver(served.scriptumPorts, { observer: metrics.observer });
    await measured.client.listThreads({});
    const text = await metrics.page();

    expect(text).toMatch(
      /everthread_http_request_duration_seconds_count\{surface="scriptum",route="\/dodil.scriptum.v1.ScriptumService\/ListThreads",method="POST",status="2xx"\} 1/,
    );
    await measured.close();
  });

  it('a name that is not this machine’s is refused while the door is open', async () => {
    const sessions = new Http2SessionManager(`http://${grpc.server.address}`);
    const transport = createGrpcTransport({
      baseUrl: `http://${grpc.server.address}`,
      sessionManager: sessions,
      interceptors: [
        (next) => (request) => {
          request.header.set('origin', 'https://page.example');
          return next(request);
        },
      ],
    });

    expect((await refusalOf(createClient(ScriptumService, transport).listThreads({}))).code).toBe(Code.PermissionDenied);
    sessions.abort();
  });

  it('TLS is spoken where there is a certificate', async () => {
    const file = (name: string) => readFileSync(join(__dirname, '..', 'support', 'certificates', name));
    const secure = await grpcOver(served.scriptumPorts, { open: null, tls: { cert: file('server.pem'), key: file('server-key.pem') } });
    const { client, abort } = grpcClient(`https://localhost:${secure.server.port}`, { ca: file('authority.pem'), servername: 'temporal.test' });

    expect((await client.healthCheck({})).version).toBe('0.0.0');
    abort();
    await secure.close();
  });
});
