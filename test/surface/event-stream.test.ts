import { connect } from 'node:net';
import { openStream, serve, until, type Served } from './serve';

let served: Served;
beforeEach(async () => {
  served = await serve({ timing: { heartbeatMs: 50, stallMs: 300, retryMs: 2_000 } });
  served.threads.add({ id: 'a', hostId: 'host-1' });
  for (const type of ['thread_started', 'thread_ready', 'thread_turn_complete']) served.threads.emit('a', type);
});
afterEach(() => served.server.close(100));

const stream = (query = '', headers: Record<string, string> = {}) => openStream(`${served.url}/api/managed-threads/a/events${query}`, headers);

describe('the events of a thread as a stream', () => {
  it('gives history, then what happens, each with its seq, and ends with the thread', async () => {
    const { response, message } = await stream();
    const seen = [await message(), await message(), await message()];
    served.threads.emit('a', 'thread_tool_running', { info: { toolName: 'bash' } });
    seen.push(await message());
    served.threads.emit('a', 'thread_stopped');
    seen.push(await message());

    expect(response.headers.get('content-type')).toContain('text/event-stream');
    expect(response.headers.get('x-accel-buffering')).toBe('no');
    expect(response.headers.get('cache-control')).toContain('no-cache');
    expect(seen.map((one) => [one?.id, one?.event])).toEqual([
      ['1', 'thread_started'],
      ['2', 'thread_ready'],
      ['3', 'thread_turn_complete'],
      ['4', 'thread_tool_running'],
      ['5', 'thread_stopped'],
    ]);
    expect(seen[3]?.data).toMatchObject({
      id: 'a/4',
      seq: 4,
      threadId: 'a',
      executionId: 'exec_1',
      type: 'thread_tool_running',
      data: { info: { toolName: 'bash' }, runtimeName: 'host-1' },
    });
    expect(await message()).toBeUndefined();
  });

  it('tells first how long to wait before connecting again', async () => {
    const { next, close } = await stream();

    expect(await next()).toEqual({ retry: 2_000 });
    close();
  });

  it('resumes after Last-Event-ID, which outranks ?after=', async () => {
    const byHeader = await stream('?after=0', { 'Last-Event-ID': '2' });
    const byQuery = await stream('?after=1');

    expect((await byHeader.message())?.id).toBe('3');
    expect((await byQuery.message())?.id).toBe('2');
    byHeader.close();
    byQuery.close();
  });

  it('filters by type and still ends with the thread', async () => {
    const { message } = await stream('?type=thread_ready');
    expect((await message())?.event).toBe('thread_ready');

    served.threads.emit('a', 'thread_failed');

    expect(await message()).toBeUndefined();
  });

  it('answers 204 when the thread has ended and everything was read, so that browsers stop', async () => {
    served.threads.emit('a', 'thread_stopped');

    const all = await stream('', { 'Last-Event-ID': '4' });
    const last = await stream('', { 'Last-Event-ID': '3' });

    expect(all.response.status).toBe(204);
    expect((await last.message())?.event).toBe('thread_stopped');
    expect(await last.message()).toBeUndefined();
  });

  it('sends frames and gaps without an id, only when asked', async () => {
    const { message, close } = await stream('?frames=true');

    expect(await message()).toEqual({ event: 'gap', data: { dropped: 3 } });
    expect(await message()).toEqual({ event: 'frame', data: { type: 'output', data: 'aGVsbG8=' } });
    expect((await message())?.id).toBe('1');
    close();
  });

  it('keeps the connection alive with comments', async () => {
    const { next, close } = await stream('?after=3');
    await next();

    expect(await next()).toEqual({ comment: 'heartbeat' });
    close();
  });

  it('refuses a Last-Event-ID that is none, and an id that nobody has, before it streams', async () => {
    expect((await stream('', { 'Last-Event-ID': 'x' })).response.status).toBe(400);
    expect((await openStream(`${served.url}/api/managed-threads/nobody/events`)).response.status).toBe(404);
  });

  it('lets its source go when the client leaves', async () => {
    const { message, close } = await stream();
    await message();
    expect(served.threads.following).toBe(1);

    close();

    await until(() => served.threads.following === 0, 'the source ends');
  });

  it('tells clients to come back when the server stops', async () => {
    const { next } = await stream('?after=3');
    await next();

    const closed = served.server.close(2_000);
    const blocks = [];
    for (let block = await next(); block; block = await next()) blocks.push(block);

    expect(blocks.at(-1)).toEqual({ retry: 500, comment: 'restarting' });
    await closed;
    expect(served.threads.following).toBe(0);
  });

  it('cuts off a client that does not read, and takes no more from the source meanwhile', async () => {
    let pulled = 0;
    served.threads.feed.thread = async function* (_tenant, _id, _options, signal) {
      while (!signal.aborted) {
        pulled++;
        yield { kind: 'frame', frame: { data: 'x'.repeat(64 * 1024) } };
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    const socket = connect(served.server.port, '127.0.0.1');
    socket.pause();
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => undefined);
    socket.write(`GET /api/managed-threads/a/events?frames=true HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n\r\n`);

    await until(() => served.lines.some((line) => line.msg === 'stream ended'), 'the stream ends');

    expect(served.lines.find((line) => line.msg === 'stream ended')).toMatchObject({ why: 'slow' });
    // What the two kernels buffer, and no more.
    expect(pulled).toBeLessThan(1_000);
    socket.resume();
    await closed;
  });

  it('ends in a way that lets the client come back when its source fails', async () => {
    served.threads.feed.thread = async function* () {
      yield { kind: 'gap', dropped: 1 };
      throw new Error('the database is gone');
    };
    const { next } = await stream('?frames=true');
    const blocks = [];
    for (let block = await next(); block; block = await next()) blocks.push(block);

    expect(blocks.at(-1)).toEqual({ retry: 2_000, comment: 'interrupted' });
    expect(JSON.stringify(blocks)).not.toContain('database');
  });

  it('serves only so many streams at a time', async () => {
    const small = await serve({ maxStreams: 1 });
    small.threads.add({ id: 'a' });
    const first = await openStream(`${small.url}/api/managed-threads/a/events`);
    await first.next();

    const second = await openStream(`${small.url}/api/managed-threads/a/events`);

    expect([second.response.status, await second.response.json()]).toEqual([429, expect.objectContaining({ code: 'stream.too_many' })]);
    first.close();
    await small.server.close(100);
  });
});

describe("the stream of an execution's threads", () => {
  const url = (query = '') => `${served.url}/api/executions/exec_1/threads/stream${query}`;
  beforeEach(() => {
    served.threads.add({ id: 'b', role: 'reviewer', name: 'second' });
    served.threads.add({ id: 'c', executionId: 'exec_2' });
    served.threads.emit('c', 'thread_started');
    served.threads.emit('b', 'thread_ready', { sessionId: 'b.1' });
  });

  it('begins with connected and gives the events of its threads only', async () => {
    const { message, close } = await openStream(url());
    const seen = [];
    for (let n = 0; n < 5; n++) seen.push(await message());

    expect(seen[0]).toEqual({ event: 'connected', data: { executionId: 'exec_1', threadIds: null } });
    expect(seen.slice(1).map((one) => [one?.event, one?.data.threadId])).toEqual([
      ['thread_started', 'a'],
      ['thread_ready', 'a'],
      ['thread_turn_complete', 'a'],
      ['thread_ready', 'b'],
    ]);
    expect(seen[4]?.data).toEqual({
      executionId: 'exec_1',
      threadId: 'b',
      type: 'gateway_thread_ready',
      data: {
        thread_id: 'b',
        event_type: 'thread_ready',
        role: 'reviewer',
        name: 'second',
        data_json: '{"sessionId":"b.1"}',
        timestamp_ms: expect.any(Number),
        sequence: 1,
      },
      timestamp: expect.stringMatching(/Z$/),
    });
    close();
  });

  it('takes only the threads that are named, and resumes by id', async () => {
    const named = await openStream(url('?threadIds=b,%20c'));
    expect((await named.message())?.data.threadIds).toEqual(['b', 'c']);
    const only = await named.message();
    expect(only?.data.threadId).toBe('b');
    named.close();

    const first = await openStream(url());
    await first.message();
    const id = (await first.message())?.id ?? '';
    first.close();
    const resumed = await openStream(url(), { 'Last-Event-ID': id });
    expect((await resumed.message())?.event).toBe('connected');
    expect((await resumed.message())?.data.data.sequence).toBe(2);
    resumed.close();
  });

  it('refuses ids and cursors that are none, and a client that wants no stream', async () => {
    expect((await openStream(url('?threadIds=../x'))).response.status).toBe(400);
    expect((await openStream(url('?after=x'))).response.status).toBe(400);
    expect((await openStream(url(), { 'Last-Event-ID': 'x' })).response.status).toBe(400);
    expect((await openStream(url(), { Accept: 'application/json' })).response.status).toBe(406);
  });
});
