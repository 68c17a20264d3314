/** Watching threads: pages of events, streams that resume, screens, terminals, and the command line. On a whole real system. */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import WebSocket from 'ws';
import { eventually } from '../support/eventually';
import { Http } from '../support/http';
import { TestThread, completed, spawnThread, type SeenEvent } from '../support/threads';
import { startWorld, type World } from '../support/world';
import { openStream, type SseSeen } from './serve';

let world: World;
let http: Http;
beforeAll(async () => {
  world = await startWorld();
  http = new Http(world);
}, 120_000);
afterAll(() => world.stop(), 60_000);

const path = (thread: TestThread, rest = ''): string => `/managed-threads/${thread.id}${rest}`;
const stream = (thread: TestThread, query = '', headers?: Record<string, string>) => openStream(http.url(path(thread, `/events${query}`)), headers);

/** Messages until the stream ends, or one for which `last` holds. */
async function read(opened: Awaited<ReturnType<typeof openStream>>, last: (seen: SseSeen) => boolean = () => false): Promise<readonly SseSeen[]> {
  const all: SseSeen[] = [];
  for (let next = await opened.message(); next; next = await opened.message()) {
    all.push(next);
    if (last(next)) break;
  }
  return all;
}
const ids = (seen: readonly SseSeen[]): readonly string[] => seen.flatMap(({ id }) => (id === undefined ? [] : [id]));

it('events come in pages, from a seq on, by type; each has the fields of the seed', async () => {
  const thread = await spawnThread(world, { objective: 'tool build 10; say built' });
  await thread.has('the objective is done', completed(1));
  const page = async (query: string) => (await http.get(path(thread, `/events${query}`))).body;
  const all = await page('');
  const count = all.events.length;
  expect(all).toMatchObject({ count, hasMore: false, nextAfter: count });
  expect(all.events.map(({ seq }: SeenEvent) => seq)).toEqual(all.events.map((_: unknown, index: number) => index + 1));
  const { executionId, runtimeName } = await thread.get();
  expect(all.events.find(({ type }: SeenEvent) => type === 'thread_ready')).toEqual({
    id: expect.stringMatching(`^${thread.id}/\\d+$`),
    seq: expect.any(Number),
    threadId: thread.id,
    executionId,
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    type: 'thread_ready',
    data: { sessionId: `${thread.id}.1`, runtimeName },
    by: { subject: expect.any(String), via: 'system' },
  });

  const found: SeenEvent[] = [];
  for (let after = 0, more = true; more;) {
    const next = await page(`?after=${after}&limit=3`);
    expect(next.count).toBeLessThanOrEqual(3);
    found.push(...next.events);
    ({ hasMore: more, nextAfter: after } = next);
  }
  expect(found).toEqual(all.events);
  const some = await page('?type=thread_tool_running&type=thread_turn_complete');
  expect(some.events.map(({ type }: SeenEvent) => type)).toEqual(['thread_tool_running', 'thread_turn_complete']);
  expect(await page(`?after=${count}`)).toMatchObject({ events: [], count: 0, total: 0, hasMore: false, nextAfter: count });
  for (const [query, field] of [
    ['?limit=0', 'limit'],
    ['?limit=1001', 'limit'],
    ['?after=-1', 'after'],
    ['?type=thread_nonsense', 'type.0'],
  ])
    expect(await http.get(path(thread, `/events${query}`))).toMatchObject({ status: 400, body: { field } });
  await thread.stop();
}, 60_000);

it('a stream gives history and then what happens, resumes by Last-Event-ID, ends with the thread, and is 204 afterwards', async () => {
  const thread = await spawnThread(world, { objective: 'say past' });
  await thread.has('the objective is done', completed(1));
  const early = await stream(thread);
  expect(early.response.headers.get('content-type')).toMatch(/^text\/event-stream/);
  const history = await read(early, ({ event }) => event === 'thread_turn_complete');
  const second = read(await stream(thread));
  await thread.send('say present');
  const live = await read(early, ({ event }) => event === 'thread_turn_complete');
  early.close();
  const resumeAt = ids(live).at(-2) ?? '';
  const late = read(await stream(thread, '?after=1', { 'Last-Event-ID': resumeAt }));
  const filtered = read(await stream(thread, '?type=thread_turn_complete'));
  await thread.send('bye');

  const all = await second;

  const events = await thread.events();
  expect(ids(all)).toEqual(events.map(({ seq }) => String(seq)));
  expect(all.map(({ data }) => data)).toEqual((await http.get(path(thread, '/events'))).body.events);
  expect(all.map(({ event }) => event)).toEqual(events.map(({ type }) => type));
  expect(all.at(-1)?.event).toBe('thread_completed');
  expect(ids([...history, ...live])).toEqual(ids(all).slice(0, history.length + live.length));
  expect(ids(await late)).toEqual(ids(all).filter((id) => Number(id) > Number(resumeAt)));
  expect((await filtered).map(({ event }) => event)).toEqual(['thread_turn_complete', 'thread_turn_complete']);
  const over = await stream(thread, '', { 'Last-Event-ID': String(events.length) });
  expect(over.response.status).toBe(204);
  expect(ids(await read(await stream(thread, '', { 'Last-Event-ID': '2' })))).toEqual(ids(all).slice(2));
  expect((await stream(thread, '', { 'Last-Event-ID': 'x' })).response.status).toBe(400);
}, 60_000);

it('twenty clients of one thread see the same sequence, whenever they join', async () => {
  const thread = await spawnThread(world, { objective: 'say begin' });
  const clients = [];
  for (let n = 1; n <= 20; n++) {
    clients.push(stream(thread).then((opened) => read(opened)));
    if (n % 4 === 0) await thread.send(`say ${n}`);
  }
  await thread.has('the turns are done', completed(6));
  await thread.send('bye');

  const seen = await Promise.all(clients);

  const expected = (await thread.events()).map(({ seq }) => String(seq));
  for (const each of seen) expect(ids(each)).toEqual(expected);
  await thread.isWhole();
}, 60_000);

it('the stream of an execution carries its threads and no others, resumes, and can be narrowed', async () => {
  const executionId = `exec_${randomUUID().slice(0, 8)}`;
  const open = (query = '', headers?: Record<string, string>) => openStream(http.url(`/executions/${executionId}/threads/stream${query}`), headers);
  const first = await open();
  expect(await first.message()).toEqual({ event: 'connected', data: { executionId, threadIds: null } });
  const stranger = await spawnThread(world, { objective: 'say elsewhere' });
  const [one, two] = (await Promise.all(
    ['one', 'two'].map((name) => spawnThread(world, { objective: `say ${name}`, extra: { executionId, name, role: 'engineer' } })),
  )) as [TestThread, TestThread];
  await Promise.all([stranger, one, two].map((thread) => thread.has('it is done', completed(1))));
  await Promise.all([stranger, one, two].map((thread) => thread.stop()));
  const total = (await one.events()).length + (await two.events()).length;

  let left = total;
  const all = await read(first, () => --left === 0);

  expect(new Set(all.map(({ data }) => data.threadId))).toEqual(new Set([one.id, two.id]));
  for (const thread of [one, two]) {
    const mine = all.filter(({ data }) => data.threadId === thread.id);
    const events = await thread.events();
    expect(mine.map(({ data }) => data.data.sequence)).toEqual(events.map(({ seq }) => seq));
    expect(mine.map(({ event }) => event)).toEqual(events.map(({ type }) => type));
  }
  expect(all.find(({ event, data }) => event === 'thread_turn_complete' && data.threadId === one.id)).toMatchObject({
    id: expect.any(String),
    data: {
      executionId,
      type: 'gateway_thread_turn_complete',
      data: {
        thread_id: one.id,
        event_type: 'thread_turn_complete',
        role: 'engineer',
        name: 'one',
        data_json: expect.stringContaining('"output":"one"'),
        timestamp_ms: expect.any(Number),
      },
      timestamp: expect.stringMatching(/Z$/),
    },
  });

  const middle = all[Math.floor(total / 2)]?.id ?? '';
  const resumed = await open('', { 'Last-Event-ID': middle });
  await resumed.message();
  let rest = total - Math.floor(total / 2) - 1;
  expect(ids(await read(resumed, () => --rest === 0))).toEqual(ids(all).slice(Math.floor(total / 2) + 1));
  const narrow = await open(`?threadIds=${two.id}`);
  expect(await narrow.message()).toMatchObject({ data: { threadIds: [two.id] } });
  const seen = await read(narrow, ({ event }) => event === 'thread_stopped');
  expect(new Set(seen.map(({ data }) => data.threadId))).toEqual(new Set([two.id]));
  for (const opened of [first, resumed, narrow]) opened.close();
}, 60_000);

it('the screen is what a person would see', async () => {
  const thread = await spawnThread(world, { agentType: 'shell', objective: "printf '\\033[31mred\\033[0m \\033[1mbold\\033[0m\\n'" });
  await thread.has('it is done', completed(1));

  const { status, body } = await http.get(path(thread, '/screen'));

  expect(status).toBe(200);
  expect(body).toMatchObject({ size: { cols: 120, rows: 40 }, cursor: { x: 12, visible: true }, alternate: false, sessionId: `${thread.id}.1` });
  expect(body.lines).toHaveLength(40);
  expect(body.lines).toContain('red bold');
  expect(body.lines[body.cursor.y]).toBe('everthread$');
  expect(body.text).toBe(body.lines.join('\n'));
  await thread.stop();
}, 60_000);

it('a terminal attaches: bytes out, input in, resize; what people type is in the journal, how much and by whom', async () => {
  const thread = await spawnThread(world, { agentType: 'shell', objective: "printf '\\033[31mred\\033[0m\\n'" });
  await thread.has('it is done', completed(1));
  const attach = () => {
    const socket = new WebSocket(http.url(path(thread, '/terminal')).replace('http', 'ws'));
    const seen = { socket, text: '', closed: false };
    socket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) seen.text += data.toString();
    });
    socket.on('close', () => (seen.closed = true));
    return seen;
  };
  const one = attach();
  const two = attach();
  await eventually('both show the screen with its colours', () => [one, two].every(({ text }) => text.includes('\u001b[31mred')));

  one.socket.send(JSON.stringify({ type: 'resize', cols: 101, rows: 33 }));
  await eventually('it is resized', async () => (await http.get(path(thread, '/screen'))).body.size.cols === 101);
  one.socket.send('echo "size $(stty size)"\r');
  await eventually('both see what it prints', () => [one, two].every(({ text }) => text.includes('size 33 101')));
  two.socket.send(Buffer.from('echo from $((1 + 1))\r'));
  await eventually('the other too', () => one.text.includes('from 2'));
  await thread.has('the journal says so', (events) => events.filter(({ type, data }) => type === 'thread_input' && data['kind'] === 'terminal').length >= 1);
  await eventually('all of it', async () => {
    const typed = (await thread.events()).filter(({ type, data }) => type === 'thread_input' && data['kind'] === 'terminal');
    return (
      typed.reduce((sum, { data }) => sum + Number.parseInt(String(data['preview']), 10), 0) ===
      'echo "size $(stty size)"\r'.length + 'echo from $((1 + 1))\r'.length
    );
  });
  expect((await thread.events()).find(({ data }) => data['kind'] === 'terminal')?.data).toMatchObject({ outcome: 'done', answeredBy: expect.any(String) });

  await thread.reaches('ready');
  one.socket.terminate();
  await thread.send('echo after $((1 + 0)) left');
  await eventually('the other still sees', () => two.text.includes('after 1 left'));
  await thread.stop();
  await eventually('it ends with the session', () => two.closed);
  const refused = new WebSocket(http.url(path(thread, '/terminal')).replace('http', 'ws'));
  const answer = await new Promise<number>((resolve) => {
    refused.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
    refused.on('error', () => undefined);
  });
  expect(answer).toBe(409);
}, 60_000);

it('a page of another site may neither read, nor command, nor attach a terminal', async () => {
  const thread = await spawnThread(world, { agentType: 'shell', objective: 'true' });
  await thread.has('it is done', completed(1));
  const foreign = { Origin: 'https://elsewhere.invalid' };
  const refused = { status: 403, body: { code: 'access.foreign_origin' } };

  expect(await http.call('GET', path(thread), undefined, foreign)).toMatchObject(refused);
  expect(await http.post(path(thread, '/send'), { message: 'rm -rf /' }, foreign)).toMatchObject(refused);
  expect((await stream(thread, '', foreign)).response.status).toBe(403);
  const socket = new WebSocket(http.url(path(thread, '/terminal')).replace('http', 'ws'), { headers: foreign });
  const status = await new Promise<number>((resolve) => {
    socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
    socket.on('open', () => resolve(101));
    socket.on('error', () => undefined);
  });
  expect(status).toBe(403);
  await thread.stop();
}, 60_000);

it('frames carry what the terminal prints, as it is printed, without ids, and only when asked for', async () => {
  const thread = await spawnThread(world, { agentType: 'shell', objective: 'true' });
  await thread.has('it is done', completed(1));
  const after = (await thread.events()).length;
  const [framed, plain] = await Promise.all([stream(thread, `?frames=true&after=${after}`), stream(thread, `?after=${after}`)]);
  await thread.send('for n in 1 2 3; do echo "tick $n"; sleep 0.3; done');

  const turn = ({ event }: SseSeen): boolean => event === 'thread_turn_complete';
  const seen = await read(framed, turn);

  const frames = seen.filter(({ event }) => event === 'frame');
  expect(frames.every(({ id, data }) => id === undefined && data.type === 'terminal' && typeof data.offset === 'number')).toBe(true);
  const text = frames.map(({ data }) => Buffer.from(data.data, 'base64').toString()).join('');
  expect([...text.matchAll(/^tick (\d)/gm)].map(([, n]) => n)).toEqual(['1', '2', '3']);
  expect(frames.length).toBeGreaterThanOrEqual(3);
  expect((await read(plain, turn)).map(({ event }) => event)).toEqual(seen.flatMap(({ event }) => (event === 'frame' ? [] : [event])));
  framed.close();
  plain.close();
  await thread.stop();
}, 60_000);

it('the command line does the same: spawn, list, get, send, events, approve, screen, stop', async () => {
  const cli = async (...args: readonly string[]): Promise<string> => {
    const program = join(__dirname, '..', '..', 'dist', 'src', 'cli', 'everthread.js');
    const { stdout } = await promisify(execFile)(process.execPath, [program, 'threads', '--url', world.apiUrl, ...args], {
      env: { PATH: process.env['PATH'] ?? '' },
      timeout: 60_000,
    });
    return stdout.trimEnd();
  };
  const id = await cli('spawn', 'ask shell make; say made', '--agent', 'scripted', '--execution', 'exec-cli', '--name', 'from the shell');
  const thread = new TestThread(world, id, '');
  const following = cli('events', id, '--follow');
  await thread.reaches('blocked');

  expect(await cli('list', '--execution', 'exec-cli')).toMatch(new RegExp(`^${id} +blocked +scripted +from the shell$`));
  expect(JSON.parse(await cli('get', id))).toMatchObject({ id, status: 'blocked', objective: 'ask shell make; say made' });
  expect(JSON.parse(await cli('approve', id))).toMatchObject({ answer: { approve: true }, repeated: false });
  await thread.has('the turn is done', completed(1));
  expect(JSON.parse(await cli('send', id, 'say sent', '--key', 'once'))).toMatchObject({ sent: true, position: 0 });
  await thread.has('that too', completed(2));
  expect(await cli('screen', id)).toContain('• sent');
  await cli('stop', id);

  const lines = (await cli('events', id)).split('\n');
  const events = await thread.events();
  expect(lines.map((line) => line.split(' ').slice(0, 2))).toEqual(events.map(({ seq, type }) => [String(seq), type]));
  const parsed = (line: string): unknown => JSON.parse(line.replace(/^\d+ \w+ /, ''));
  expect((await following).split('\n').map(parsed)).toEqual(lines.map(parsed));
  // Everything was read and the thread has ended: nothing to wait for.
  expect(await cli('events', id, '--follow', '--after', String(events.length))).toBe('');
  await expect(cli('send', id, 'say too late')).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('thread.stopped') });
}, 60_000);
