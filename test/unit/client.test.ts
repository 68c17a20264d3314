/** The client alone, over a fetch of the test: what it repeats and what not, how it waits, what it makes of answers and of streams. */
import fc from 'fast-check';
import { EverthreadClient, RateLimitedError, TimeoutError, UnavailableError, type ClientOptions, type EverthreadError } from '../../src/client/client';
import { EventParser } from '../../src/client/event-stream';

interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  readonly body: string;
}

const json =
  (status: number, body: unknown, headers: Record<string, string> = {}) =>
  () =>
    new Response(status === 204 ? null : JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } });
const events = (text: string) => () => new Response(text, { status: 200, headers: { 'content-type': 'text/event-stream' } });
const broken = () => {
  throw new TypeError('fetch failed');
};

/** Answers in their order; the last one is repeated. */
function clientOf(answers: readonly (() => Response)[], options: Partial<ClientOptions> = {}) {
  const asked: Asked[] = [];
  const fetch = async (input: Parameters<typeof globalThis.fetch>[0], init?: RequestInit): Promise<Response> => {
    const request = new Request(input, init);
    asked.push({ method: request.method, url: request.url, headers: request.headers, body: await request.text() });
    return (answers[Math.min(asked.length, answers.length) - 1] ?? broken)();
  };
  return { asked, client: new EverthreadClient({ baseUrl: 'http://api.example/', fetch, ...options }) };
}

const THREAD = { id: 'thr_1', lastSeq: 0 };
const down = json(503, { error: 'Not now.', code: 'temporal.unavailable', requestId: 'r-1' }, { 'retry-after': '0' });
const failureOf = (promise: Promise<unknown>): Promise<EverthreadError> => promise.then(fail, (error: unknown) => error as EverthreadError);
const fail = (): never => {
  throw new Error('it did not fail');
};

describe('repeating', () => {
  it('reads again what failed in passing, with the same credential and tenant', async () => {
    const { client, asked } = clientOf([broken, down, json(200, THREAD)], { apiKey: 'pk_live_x', tenant: 'acme' });

    expect(await client.managedThreads.get('thr 1')).toEqual(THREAD);

    expect(asked.map(({ method, url }) => `${method} ${url}`)).toEqual(Array(3).fill('GET http://api.example/api/managed-threads/thr%201'));
    expect(asked.map(({ headers }) => [headers.get('authorization'), headers.get('x-organization-id')])).toEqual(Array(3).fill(['Bearer pk_live_x', 'acme']));
  });

  it('commands again under one Idempotency-Key, with the same body', async () => {
    const { client, asked } = clientOf([broken, down, json(200, { sent: true })]);

    await client.managedThreads.send('thr_1', { message: 'hello' });

    expect(new Set(asked.map(({ headers }) => headers.get('idempotency-key'))).size).toBe(1);
    expect(asked[0]?.headers.get('idempotency-key')).toMatch(/^[0-9a-f-]{36}$/);
    expect(asked.map(({ body }) => body)).toEqual(Array(3).fill('{"message":"hello"}'));
  });

  it('does not repeat a command without a key', async () => {
    const { client, asked } = clientOf([down]);

    expect(await failureOf(client.managedThreads.prepare({ executionId: 'e', name: 'n', objective: 'o' }))).toBeInstanceOf(UnavailableError);

    expect(asked).toHaveLength(1);
  });

  it.each([400, 401, 403, 404, 409, 500, 501])('takes %i for the last word', async (status) => {
    const { client, asked } = clientOf([json(status, { error: 'No.', code: 'some.code', requestId: 'r' })]);

    expect(await failureOf(client.managedThreads.get('thr_1'))).toMatchObject({ status, code: 'some.code' });

    expect(asked).toHaveLength(1);
  });

  it('ends after its attempts', async () => {
    const { client, asked } = clientOf([down], { attempts: 3 });

    expect(await failureOf(client.managedThreads.list())).toMatchObject({ code: 'temporal.unavailable', requestId: 'r-1' });

    expect(asked).toHaveLength(3);
  });

  it('waits as long as Retry-After asks, but not longer than it was told to', async () => {
    const busy = (seconds: string) => json(429, { error: 'Slower.', code: 'access.rate', requestId: 'r' }, { 'retry-after': seconds });
    const { client } = clientOf([busy('1'), json(200, THREAD)]);
    const began = Date.now();
    await client.managedThreads.get('thr_1');
    expect(Date.now() - began).toBeGreaterThanOrEqual(990);

    const patient = clientOf([busy('120')]);
    const error = await failureOf(patient.client.managedThreads.get('thr_1'));
    expect(error).toBeInstanceOf(RateLimitedError);
    expect(error.retryAfterMs).toBe(120_000);
    expect(patient.asked).toHaveLength(1);
  });

  it('stops as soon as the caller does, also while it waits', async () => {
    const { client, asked } = clientOf([json(429, { error: 'Slower.' }, { 'retry-after': '20' })]);
    const stop = new AbortController();
    const failing = failureOf(client.managedThreads.get('thr_1', { signal: stop.signal }));
    setTimeout(() => stop.abort(), 50);

    expect(await failing).toMatchObject({ name: 'AbortError' });

    expect(asked).toHaveLength(1);
  });

  it('gives up on an answer that does not come', async () => {
    const fetch: typeof globalThis.fetch = (_input, init) =>
      new Promise((_resolve, reject) => (init?.signal ?? (_input as Request).signal).addEventListener('abort', () => reject(new Error('aborted'))));
    const { client } = clientOf([], { fetch, timeoutMs: 30, attempts: 1 });

    expect(await failureOf(client.managedThreads.get('thr_1'))).toBeInstanceOf(TimeoutError);
  });
});

describe('refusals', () => {
  it.each([
    ['flat', { error: 'name: is required', code: 'request.invalid', field: 'name', requestId: 'r-2' }],
    ['nested', { error: { code: 'VALIDATION_ERROR', message: 'name: is required', details: { code: 'request.invalid', field: 'name' } }, requestId: 'r-2' }],
  ])('are read in the %s form', async (_form, body) => {
    const { client } = clientOf([json(400, body)]);

    expect(await failureOf(client.managedThreads.get('x'))).toMatchObject({
      name: 'InvalidError',
      message: 'name: is required',
      code: 'request.invalid',
      facts: { field: 'name' },
      requestId: 'r-2',
    });
  });

  it('that are not ours keep their text', async () => {
    const { client } = clientOf([() => new Response('<html>Bad gateway</html>', { status: 502 })], { attempts: 1 });

    expect(await failureOf(client.managedThreads.get('x'))).toMatchObject({ name: 'UnavailableError', code: 'http.502', message: '<html>Bad gateway</html>' });
  });

  it('of the server’s own readiness are its answer', async () => {
    const { client, asked } = clientOf([json(503, { ready: false, status: 'draining', checks: {} })]);

    expect(await client.controlPlane.ready()).toEqual({ ready: false, status: 'draining', checks: {} });

    expect(asked).toHaveLength(1);
  });

  it('options that cannot be meant are refused', () => {
    expect(() => new EverthreadClient({ baseUrl: 'localhost:8080' })).toThrow('baseUrl');
    expect(() => new EverthreadClient({ baseUrl: 'http://x', apiKey: 'a', token: 'b' })).toThrow('one of them');
  });
});

describe('streams', () => {
  const event = (seq: number, type = 'thread_output') => `id: ${seq}\nevent: ${type}\ndata: ${JSON.stringify({ seq, type })}\n\n`;
  const follow = async (answers: readonly (() => Response)[], options: Partial<ClientOptions> = {}) => {
    const { client, asked } = clientOf(answers, options);
    const seen: number[] = [];
    const reading = (async () => {
      for await (const { seq } of client.managedThreads.follow('thr_1')) seen.push(seq);
    })();
    const problem = await reading.then(
      () => null,
      (error: unknown) => error,
    );
    return { seen, problem, from: asked.map(({ headers }) => headers.get('last-event-id')) };
  };

  it('go on after the last event when their connection breaks, in the middle of an event too', async () => {
    const half = event(2).slice(0, 12);
    const { seen, from, problem } = await follow([
      events(event(1) + half),
      broken,
      down,
      events(`: heartbeat\n\n${event(2)}`),
      events(event(3, 'thread_stopped')),
    ]);

    expect({ seen, from, problem }).toEqual({ seen: [1, 2, 3], from: ['0', '1', '1', '1', '2'], problem: null });
  });

  it('end when there is nothing more', async () => {
    expect(await follow([events(event(1)), json(204, null)])).toMatchObject({ seen: [1], problem: null });
  });

  it('end with a refusal', async () => {
    const { problem } = await follow([json(404, { error: 'Thread not found', code: 'thread.not_found', requestId: 'r' })]);

    expect(problem).toMatchObject({ name: 'NotFoundError' });
  });

  it('end quietly when the caller leaves or aborts, and close their connection', async () => {
    let cancelled = 0;
    const endless = () =>
      new Response(
        new ReadableStream({
          start: (controller) => controller.enqueue(new TextEncoder().encode(event(1))),
          cancel: () => void cancelled++,
        }),
      );
    const fetch: typeof globalThis.fetch = async (_input, init) => {
      const response = endless();
      init?.signal?.addEventListener('abort', () => void response.body?.cancel().catch(() => cancelled++));
      return response;
    };
    const { client } = clientOf([], { fetch });
    for await (const { seq } of client.managedThreads.follow('thr_1')) {
      expect(seq).toBe(1);
      break;
    }
    expect(cancelled).toBe(1);

    const stop = new AbortController();
    stop.abort();
    for await (const _event of client.managedThreads.follow('thr_1', { signal: stop.signal })) fail();
  });
});

describe('the parser of streams', () => {
  const TEXT = ': hello\r\n\r\nid: 1\nevent: a\ndata: {"x":"é"}\n\nretry: 2000\r\rid: 2\rdata: one\rdata:two\r\rdata\n\nevent: nothing\n\n';
  const SEEN = [
    { id: '1', event: 'a', data: '{"x":"é"}' },
    { id: '2', event: 'message', data: 'one\ntwo' },
    { id: null, event: 'message', data: '' },
  ];

  it('finds the same events in whatever pieces they come', () => {
    const bytes = new TextEncoder().encode(TEXT);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: bytes.length }), { maxLength: 20 }), (cuts) => {
        const parser = new EventParser();
        const places = [0, ...cuts.sort((a, b) => a - b), bytes.length];
        const found = places.slice(1).flatMap((end, index) => parser.push(bytes.slice(places[index], end)));
        expect(found).toEqual(SEEN);
      }),
    );
  });

  it('has a bound', () => {
    const parser = new EventParser();
    const megabyte = new Uint8Array(1024 * 1024).fill(97);

    expect(() => {
      for (let n = 0; n < 20; n++) parser.push(megabyte);
    }).toThrow('characters');
  });
});
